import { describe, expect, it } from 'vitest';
import type { FrameRecord } from '../../src/domain/frame.ts';
import { cameraId, runId, shapeId, trackId } from '../../src/domain/ids.ts';
import { parseSource } from '../../src/source/parseSource.ts';
import { CameraSession } from '../../src/station/cameraSession.ts';
import { StillKeeper } from '../../src/station/stills.ts';

const t0 = Date.parse('2026-03-29T10:00:00Z');
const hall = {
  kind: 'zone' as const,
  id: shapeId('hall'),
  name: 'Hall',
  polygon: [
    { x: 0.2, y: 0.2 },
    { x: 0.8, y: 0.2 },
    { x: 0.8, y: 0.9 },
    { x: 0.2, y: 0.9 },
  ],
};

/** Someone who stands at a place from `fromMs` to `toMs` after the run's first frame, in frames 100 ms apart. */
interface Stay {
  readonly x: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What happens at the zone in a run in which one person is at these places in turn. */
function eventsOf(goesOn: boolean, stays: readonly Stay[]): string[] {
  const session = new CameraSession(
    { id: cameraId('gate'), name: 'Gate', source: parseSource('test:ball'), shapes: [hall] },
    new StillKeeper('/nowhere'),
  );
  const progress = { frame: 9, mediaTimeMs: 900, timeMs: t0 - 100 };
  session.begin(runId(2), progress, goesOn);
  session.setRunning(4 / 3, undefined);
  const lastMs = stays.at(-1)?.toMs ?? 0;
  const events = Array.from({ length: lastMs / 100 + 1 }, (_, i) => i * 100).flatMap((ms) => {
    const place = stays.find(({ fromMs, toMs }) => ms >= fromMs && ms <= toMs);
    const box = place && { x1: place.x - 0.05, y1: 0.3, x2: place.x + 0.05, y2: 0.6 };
    const record: FrameRecord = {
      camera: cameraId('gate'),
      frame: 10 + ms / 100,
      mediaTimeMs: 1000 + ms,
      timeMs: t0 + ms,
      detections: [],
      tracks: box
        ? [
            {
              trackId: trackId('gate-2-1'),
              label: 'person',
              points: [{ timeMs: t0 + ms, box, confidence: 0.9 }],
            },
          ]
        : [],
      ended: ms === lastMs ? [trackId('gate-2-1')] : [],
      dropped: 0,
    };
    return session.accept(record, t0 + ms);
  });
  return events.map(({ type }) => type);
}

const inside = (fromMs: number, toMs: number): Stay => ({ x: 0.5, fromMs, toMs });
const outside = (fromMs: number, toMs: number): Stay => ({ x: 0.05, fromMs, toMs });

describe('whoever is in a zone when a run begins', () => {
  it('was there before where the run before broke off, and only leaves', () => {
    expect(eventsOf(true, [inside(200, 1000), outside(1100, 1500)])).toEqual(['exit']);
  });

  it('has come in where the run before had ended, as all had left then', () => {
    expect(eventsOf(false, [inside(200, 1000), outside(1100, 1500)])).toEqual(['enter', 'exit']);
  });
});

describe('where the run before broke off', () => {
  it('who is first seen in a zone later than a second after has come in', () => {
    expect(eventsOf(true, [inside(1100, 1500)])).toEqual(['enter', 'exit']);
  });

  it('who is seen outside first has come in', () => {
    expect(eventsOf(true, [outside(200, 500), inside(600, 1000)])).toEqual(['enter', 'exit']);
  });
});
