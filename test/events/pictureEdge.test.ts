import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { crossingsOf, verticalLines } from '../../bench/metrics/crossings.ts';
import { readSequences } from '../../bench/mot15.ts';
import { frameTimesMs } from '../../bench/trackers.ts';
import { replayDetections } from '../../src/commands/replay.ts';
import { parseMotDetections } from '../../src/commands/motFormat.ts';
import type { Box } from '../../src/domain/box.ts';
import type { Shape, TrackEvent } from '../../src/domain/event.ts';
import type { AnchorKind, Point } from '../../src/domain/geometry.ts';
import { cameraId, shapeId, trackId } from '../../src/domain/ids.ts';
import type { TrackPoint } from '../../src/domain/track.ts';
import { createEventEngine } from '../../src/events/engine.ts';
import { shared } from '../fixtures/shared.ts';

const camera = cameraId('c');
const anchors: readonly AnchorKind[] = ['bottom', 'centre'];

/** A scene drawn for the lower edge, turned so that it happens at another edge. */
const turns = {
  lower: ({ x, y }: Point): Point => ({ x, y }),
  upper: ({ x, y }: Point): Point => ({ x, y: 1 - y }),
  right: ({ x, y }: Point): Point => ({ x: y, y: x }),
  left: ({ x, y }: Point): Point => ({ x: 1 - y, y: x }),
} as const;
type Turn = (point: Point) => Point;
const edges = Object.keys(turns) as (keyof typeof turns)[];

const zoneOf = (turn: Turn, corners: readonly Point[]): Shape => ({
  kind: 'zone',
  id: shapeId('z'),
  name: 'z',
  polygon: corners.map(turn),
});
const lineOf = (turn: Turn, a: Point, b: Point): Shape => ({
  kind: 'line',
  id: shapeId('l'),
  name: 'l',
  line: { a: turn(a), b: turn(b) },
});

/** A box whose anchor is there. */
function boxAt({ x, y }: Point, anchor: AnchorKind): Box {
  const [w, h] = [0.1, 0.3];
  return {
    x1: x - w / 2,
    x2: x + w / 2,
    y1: anchor === 'bottom' ? y - h : y - h / 2,
    y2: anchor === 'bottom' ? y : y + h / 2,
  };
}

function happen(shape: Shape, anchor: AnchorKind, path: readonly Point[]): TrackEvent[] {
  const engine = createEventEngine(camera, [shape], { aspect: 1, anchor });
  const id = trackId('t');
  const points = path.map((place, n): TrackPoint => ({
    timeMs: n * 100,
    box: boxAt(place, anchor),
    confidence: 1,
  }));
  return [...engine.update({ trackId: id, label: 'person', points }), ...engine.end(id)];
}

const jitter = (n: number) => 0.02 * Math.sin(n * 2.3);

describe.each(edges)('at the %s edge of the picture', (edge) => {
  const turn = turns[edge];
  const drawn = { exactly: 1, 'nearly, as by hand': 0.993 };

  describe.each(anchors)('with the %s of the box as anchor', (anchor) => {
    it.each(Object.entries(drawn))(
      'who stands with a trembling anchor at the edge visits a zone that reaches it %s',
      (_, end) => {
        const zone = zoneOf(turn, [
          { x: 0.2, y: 0.5 },
          { x: 0.8, y: 0.5 },
          { x: 0.8, y: end },
          { x: 0.2, y: end },
        ]);
        const path = Array.from({ length: 100 }, (__, n) =>
          turn({ x: 0.5 + jitter(n) / 4, y: 1 + jitter(n) }),
        );
        const events = happen(zone, anchor, path);
        expect(events.map(({ type, timeMs }) => [type, timeMs])).toEqual([
          ['enter', 0],
          ['exit', 9900],
        ]);
      },
    );

    it.each(Object.entries(drawn))(
      'who walks along it with an anchor at or beyond it crosses a line that ends there %s',
      (_, end) => {
        const line = lineOf(turn, { x: 0.5, y: 0.3 }, { x: 0.5, y: end });
        const path = Array.from({ length: 30 }, (__, n) => turn({ x: 0.1 + n * 0.027, y: 1.02 + jitter(n) }));
        expect(happen(line, anchor, path)).toHaveLength(1);
      },
    );

    it('a slanted line that ends there is crossed once, also beyond the edge', () => {
      const line = lineOf(turn, { x: 0.3, y: 0.4 }, { x: 0.5, y: 1 });
      const path = Array.from({ length: 30 }, (__, n) => turn({ x: 0.1 + n * 0.027, y: 1.03 }));
      expect(happen(line, anchor, path)).toHaveLength(1);
    });

    it('a line that ends before the edge is not crossed there', () => {
      const line = lineOf(turn, { x: 0.5, y: 0.3 }, { x: 0.5, y: 0.8 });
      const path = Array.from({ length: 30 }, (__, n) => turn({ x: 0.1 + n * 0.027, y: 1.02 }));
      expect(happen(line, anchor, path)).toHaveLength(0);
    });

    it('who leaves a zone along the edge exits where its side is passed', () => {
      const zone = zoneOf(turn, [
        { x: 0.2, y: 0.5 },
        { x: 0.5, y: 0.5 },
        { x: 0.5, y: 1 },
        { x: 0.2, y: 1 },
      ]);
      const path = Array.from({ length: 31 }, (__, n) => turn({ x: 0.35 + n * 0.01, y: 1.01 }));
      const exit = happen(zone, anchor, path).find(({ type }) => type === 'exit');
      expect(exit?.timeMs).toBeCloseTo(1500, -2);
    });
  });
});

it('a zone of the whole picture is entered at the first point and left at the last, wherever that is', () => {
  const whole = zoneOf(turns.lower, [
    { x: 0, y: 0 },
    { x: 1, y: 0 },
    { x: 1, y: 1 },
    { x: 0, y: 1 },
  ]);
  for (const place of [
    { x: 0, y: 0 },
    { x: 1.02, y: 1.02 },
    { x: -0.01, y: 0.5 },
  ]) {
    const events = happen(whole, 'bottom', [place, place, place, place]);
    expect(events.map(({ type }) => type)).toEqual(['enter', 'exit']);
  }
});

const zoneFile = shared('cases/zone-picture-edge.txt');
const lineFile = shared('cases/line-picture-edge.txt');
const framesOf = (path: string) =>
  parseMotDetections(readFileSync(path, 'utf8'), path, { width: 1000, height: 1000 });

it.skipIf(zoneFile.missing)(
  `a person cut off by the lower edge for 20 s visits the zone once${zoneFile.missing ? `: ${zoneFile.missing}` : ''}`,
  () => {
    const zone = zoneOf(turns.lower, [
      { x: 0.2, y: 0.5 },
      { x: 0.8, y: 0.5 },
      { x: 0.8, y: 1 },
      { x: 0.2, y: 1 },
    ]);
    const { events } = replayDetections(framesOf(zoneFile.path), {
      framesPerSecond: 10,
      shapes: [zone],
      aspect: 1,
    });
    expect(events.map(({ type, durationMs }) => [type, durationMs])).toEqual([
      ['enter', undefined],
      ['exit', 19_900],
    ]);
  },
);

it.skipIf(lineFile.missing).each(anchors)(
  `a person who walks out of the picture crosses the line that ends at its edge, by the %s of the box${lineFile.missing ? `: ${lineFile.missing}` : ''}`,
  (anchor) => {
    const [line] = verticalLines([0.5]);
    if (!line) throw new Error('there is a line');
    const { events } = replayDetections(framesOf(lineFile.path), {
      framesPerSecond: 10,
      shapes: [line],
      aspect: 1,
      anchor,
    });
    expect(events).toHaveLength(1);
  },
);

const truth = shared('mot15/PETS09-S2L1/gt.txt');

it.skipIf(truth.missing)(
  `crossings of PETS 2009 are the same in a picture cut off through the people's legs${truth.missing ? `: ${truth.missing}` : ''}`,
  () => {
    const sequence = readSequences().find(({ name }) => name === 'PETS09-S2L1');
    if (!sequence) throw new Error('PETS09-S2L1 is there');
    const shapes = verticalLines([0.2, 0.35, 0.5, 0.65, 0.8]);
    const times = frameTimesMs(sequence);
    /** Tracks in a picture of which only the upper part is left; boxes are cut off there, or end a little beyond. */
    const tracksAt = (height: number, cut: boolean) => {
      const tracks = new Map<string, TrackPoint[]>();
      for (const [frame, objects] of sequence.truth.entries())
        for (const { id, box } of objects) {
          if (box.y1 > 0.9 * height) continue;
          const y2 = cut ? Math.min(box.y2 / height, 1 + jitter(frame) / 2) : box.y2;
          const scaled = { ...box, y1: cut ? box.y1 / height : box.y1, y2 };
          const points = tracks.get(String(id)) ?? [];
          points.push({ timeMs: times[frame] ?? NaN, box: scaled, confidence: 1 });
          tracks.set(String(id), points);
        }
      return tracks;
    };
    for (const height of [0.7, 0.5]) {
      const whole = crossingsOf(tracksAt(height, false), sequence, 0.25, shapes, 'bottom');
      const cut = crossingsOf(
        tracksAt(height, true),
        { ...sequence, height: sequence.height * height },
        0.25,
        shapes,
        'bottom',
      );
      expect(whole.length).toBeGreaterThan(50);
      expect(cut).toHaveLength(whole.length);
    }
  },
);
