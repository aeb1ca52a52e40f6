import { describe, expect, it } from 'vitest';
import type { Box } from '../../src/domain/box.ts';
import type { FrameRecord } from '../../src/domain/frame.ts';
import { cameraId, trackId } from '../../src/domain/ids.ts';
import { createIgnorer, type IgnoreZone } from '../../src/events/ignored.ts';

const corner: IgnoreZone = {
  polygon: [
    { x: 0.7, y: 0.6 },
    { x: 1, y: 0.6 },
    { x: 1, y: 1 },
    { x: 0.7, y: 1 },
  ],
};
const boxAt = (x: number, y: number): Box => ({ x1: x - 0.05, x2: x + 0.05, y1: y - 0.3, y2: y });

/** Frames of one track along the places, and what is left of them. */
function seen(
  zones: readonly IgnoreZone[],
  places: readonly (readonly [number, number])[],
  label = 'person',
) {
  const ignore = createIgnorer(zones);
  const id = trackId('c-1-1');
  const frames = places.map(([x, y], n): FrameRecord => {
    const [box, timeMs] = [boxAt(x, y), n * 100];
    return {
      camera: cameraId('c'),
      frame: n,
      mediaTimeMs: timeMs,
      timeMs,
      detections: [{ box, label, confidence: 0.9, trackId: id }],
      tracks: [{ trackId: id, label, points: [{ timeMs, box, confidence: 0.9 }] }],
      ended: n === places.length - 1 ? [id] : [],
      dropped: 0,
    };
  });
  const left = frames.map(ignore);
  return {
    times: left.flatMap(({ tracks }) => tracks.flatMap(({ points }) => points.map(({ timeMs }) => timeMs))),
    detections: left.reduce((sum, { detections }) => sum + detections.length, 0),
    ended: left.flatMap(({ ended }) => ended),
  };
}

const along = (from: number, to: number, y = 0.9) =>
  Array.from({ length: 11 }, (_, n) => [from + ((to - from) * n) / 10, y] as const);

describe('in an ignored area', () => {
  it('what never leaves is not there, also when it trembles over the edges of the area and of the picture', () => {
    const places = Array.from(
      { length: 50 },
      (_, n) => [0.71 + 0.02 * Math.sin(n), 1 + 0.02 * Math.cos(n)] as const,
    );
    expect(seen([corner], places)).toEqual({ times: [], detections: 0, ended: [] });
  });

  it('who comes in from outside is followed through', () => {
    expect(seen([corner], along(0.2, 0.9)).times).toHaveLength(11);
  });

  it('who comes out is there from outside on', () => {
    const { times, detections, ended } = seen([corner], along(0.9, 0.2));
    expect(times[0]).toBe(400);
    expect(times.at(-1)).toBe(1000);
    expect(detections).toBe(times.length);
    expect(ended).toHaveLength(1);
  });

  it('of some classes others are seen', () => {
    const people = [{ ...corner, labels: ['person'] }];
    expect(seen(people, along(0.8, 0.9), 'person').times).toEqual([]);
    expect(seen(people, along(0.8, 0.9), 'car').times).toHaveLength(11);
  });

  it('nothing is left out where there is none', () =>
    expect(seen([], along(0.8, 0.9)).times).toHaveLength(11));
});
