import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArgusError } from '../../src/domain/errors.ts';
import type { LineShape, Shape, ZoneShape } from '../../src/domain/event.ts';
import type { Point } from '../../src/domain/geometry.ts';
import { cameraId, shapeId, trackId } from '../../src/domain/ids.ts';
import type { TrackPoint } from '../../src/domain/track.ts';
import type { EventEngineOptions } from '../../src/events/contract.ts';
import { createEventEngine } from '../../src/events/engine.ts';

const camera = cameraId('dock');
const track = trackId('dock-1-1');
const p = (x: number, y: number): Point => ({ x, y });
const line = (a: Point, b: Point): LineShape => ({
  kind: 'line',
  id: shapeId('line'),
  name: 'Line',
  line: { a, b },
});
const zone = (polygon: Point[], dwellMs?: number): ZoneShape => ({
  kind: 'zone',
  id: shapeId('zone'),
  name: 'Zone',
  polygon,
  ...(dwellMs === undefined ? {} : { dwellMs }),
});
const down = line(p(0.5, 0), p(0.5, 1));
const square = [p(0.4, 0.4), p(0.8, 0.4), p(0.8, 0.8), p(0.4, 0.8)];

/** A point a second later than the one before, its bottom centre at x, y; 0.08 wide: a dead band of 0.02. */
const path = (places: readonly (readonly [x: number, y: number])[], width = 0.08): TrackPoint[] =>
  places.map(([x, y], k) => ({
    timeMs: k * 1000,
    box: { x1: x - width / 2, y1: y - 0.2, x2: x + width / 2, y2: y },
    confidence: 0.9,
  }));

function eventsOf(shapes: Shape[], points: TrackPoint[], options: Partial<EventEngineOptions> = {}) {
  const engine = createEventEngine(camera, shapes, { aspect: 1, minPoints: 1, ...options });
  const live = engine.update({ trackId: track, label: 'person', points });
  return [...live, ...engine.end(track)];
}
const brief = (events: ReturnType<typeof eventsOf>) =>
  events.map((e) => [e.direction ?? e.type, e.timeMs, ...(e.durationMs === undefined ? [] : [e.durationMs])]);
const row = (xs: number[], y = 0.5) => xs.map((x): [number, number] => [x, y]);

describe('of two points in one ms', () => {
  it('the second is as if it had never been, as in the store', () => {
    const [first, ...rest] = path(row([0.3, 0.30045, 0.7]));
    const second = path([[0.301, 0.5]]).map((point) => ({ ...point, timeMs: 0.4 }));
    const events = first && eventsOf([down], [first, ...second, ...rest]);
    expect(events).toHaveLength(1);
    expect(events).toEqual(first && eventsOf([down], [first, ...rest]));
  });
});

describe('a line', () => {
  it.each<[string, [number, number][], unknown[]]>([
    ['left to right is forward', row([0.3, 0.4, 0.6, 0.7]), [['forward', 1500]]],
    ['right to left is backward', row([0.7, 0.6, 0.4, 0.3]), [['backward', 1500]]],
    ['there and back are two', row([0.3, 0.6, 0.4]), [['forward', 667], ['backward', 1500]]], // prettier-ignore
    ['not yet out of the dead band', row([0.4, 0.49, 0.51]), []],
    ['out of it later: dated at the line', row([0.4, 0.49, 0.51, 0.515, 0.6]), [['forward', 1500]]],
    ['trembling on the line counts once', row([0.4, 0.51, 0.49, 0.51, 0.49, 0.51, 0.6]), [['forward', 4500]]],
    ['touching and turning back', row([0.4, 0.51, 0.49, 0.4]), []],
    ['in one great step', row([0.1, 0.9]), [['forward', 500]]],
    ['a stop on the very line', row([0.4, 0.5, 0.5, 0.6]), [['forward', 1000]]],
    ['starting within the dead band, before the line', row([0.49, 0.6, 0.7]), [['forward', 91]]],
    ['starting within the dead band, behind the line', row([0.51, 0.6, 0.7]), []],
    ['starting on the line but for a tremble', row([0.497, 0.6, 0.7]), []],
    ['no movement', row([0.4, 0.4, 0.4]), []],
  ])('%s', (_, places, expected) => expect(brief(eventsOf([down], path(places)))).toEqual(expected));

  const short = line(p(0.5, 0.2), p(0.5, 0.4));
  it.each<[string, [number, number][], unknown[]]>([
    ['through its extent', row([0.3, 0.7], 0.3), [['forward', 500]]],
    ['past its lower end', row([0.3, 0.7], 0.5), []],
    ['past its upper end', row([0.3, 0.7], 0.1), []],
    ['diagonally past its end', [[0.3, 0.3], [0.7, 0.6]], []], // prettier-ignore
    ['around its end and back through it', [[0.3, 0.5], [0.7, 0.5], [0.7, 0.3], [0.3, 0.3]], [['backward', 2500]]], // prettier-ignore
  ])('has ends: %s', (_, places, expected) =>
    expect(brief(eventsOf([short], path(places)))).toEqual(expected),
  );

  it('measures its dead band in true proportions', () => {
    // In a picture twice as wide as high, 0.08 of the width is 0.16 of the height: a band of 0.04 around a level line.
    const level = line(p(0, 0.5), p(1, 0.5));
    const places: [number, number][] = [[0.5, 0.4], [0.5, 0.53]]; // prettier-ignore
    expect(eventsOf([level], path(places), { aspect: 1 })).toHaveLength(1);
    expect(eventsOf([level], path(places), { aspect: 2 })).toHaveLength(0);
    expect(eventsOf([down], path(row([0.4, 0.53])), { aspect: 2 })).toHaveLength(1);
  });

  it('looks at the bottom of the box or at its centre', () => {
    const level = line(p(0, 0.5), p(1, 0.5));
    const places: [number, number][] = [[0.5, 0.4], [0.5, 0.55]]; // prettier-ignore
    expect(eventsOf([level], path(places), { anchor: 'bottom' })).toHaveLength(1);
    expect(eventsOf([level], path(places), { anchor: 'centre' })).toHaveLength(0);
  });

  it('says camera, shape, track, label and the box at the moment of crossing', () => {
    const [event] = eventsOf([down], path(row([0.4, 0.6])));
    expect(event).toMatchObject({ camera, shape: 'line', trackId: track, type: 'crossing', label: 'person' });
    expect(event?.box.x1).toBeCloseTo(0.46);
    expect(event?.box.x2).toBeCloseTo(0.54);
  });

  it('that two tracks cross at once keeps them apart', () => {
    const engine = createEventEngine(camera, [down], { aspect: 1, minPoints: 1 });
    const [a, b] = [trackId('a'), trackId('b')];
    const [before, after] = path(row([0.4, 0.6]));
    const step = (id: typeof a, point?: TrackPoint) =>
      engine.update({ trackId: id, label: 'person', points: point ? [point] : [] });
    step(a, before);
    step(b, after ? { ...after, timeMs: 0 } : after);
    expect(step(a, after).map((e) => e.trackId)).toEqual([a]);
    expect(step(b, after)).toEqual([]);
  });
});

describe('a zone', () => {
  it.each<[string, [number, number][], unknown[]]>([
    ['in and out', row([0.3, 0.5, 0.7, 0.9], 0.6), [['enter', 500], ['exit', 2500, 2000]]], // prettier-ignore
    ['seen first inside', row([0.6, 0.6, 0.9], 0.6), [['enter', 0], ['exit', 1667, 1667]]], // prettier-ignore
    ['ends inside: exit at the last point', row([0.3, 0.5, 0.6], 0.6), [['enter', 500], ['exit', 2000, 1500]]], // prettier-ignore
    ['not deeper than the margin', row([0.3, 0.41, 0.3], 0.6), []],
    ['trembling at the edge is one visit', row([0.3, 0.39, 0.41, 0.39, 0.41, 0.5, 0.39, 0.41, 0.39, 0.3], 0.6), [['enter', 3500], ['exit', 7500, 4000]]], // prettier-ignore
    ['ends in the margin outside: exit at the edge', row([0.5, 0.6, 0.39], 0.6), [['enter', 0], ['exit', 1952, 1952]]], // prettier-ignore
    ['beside it', row([0.3, 0.5, 0.9], 0.9), []],
    ['twice', row([0.3, 0.5, 0.3, 0.5, 0.3], 0.6), [['enter', 500], ['exit', 1500, 1000], ['enter', 2500], ['exit', 3500, 1000]]], // prettier-ignore
  ])('%s', (_, places, expected) => expect(brief(eventsOf([zone(square)], path(places)))).toEqual(expected));

  it.each<[string, number, [number, number][], unknown[]]>([
    [
      'once, when the visit is long enough',
      2000,
      row([0.3, 0.5, 0.5, 0.5, 0.5, 0.9], 0.6),
      ['enter', 'dwell', 'exit'],
    ],
    ['never, when it is shorter', 9000, row([0.3, 0.5, 0.5, 0.5, 0.5, 0.9], 0.6), ['enter', 'exit']],
    [
      'again at the next visit',
      1000,
      row([0.3, 0.5, 0.5, 0.3, 0.5, 0.5, 0.3], 0.6),
      ['enter', 'dwell', 'exit', 'enter', 'dwell', 'exit'],
    ],
    ['within one long step', 1200, row([0.6, 0.6, 0.9], 0.6), ['enter', 'dwell', 'exit']],
    [
      'counted to the edge, though the track lingers in the margin',
      2800,
      row([0.5, 0.6, 0.6, 0.39, 0.39, 0.3], 0.6),
      ['enter', 'dwell', 'exit'],
    ],
    [
      'not for the time it lingers in the margin',
      3000,
      row([0.5, 0.6, 0.6, 0.39, 0.39, 0.3], 0.6),
      ['enter', 'exit'],
    ],
  ])('tells of a dwell %s', (_, dwellMs, places, types) => {
    // prettier-ignore
    const events = eventsOf([zone(square, dwellMs)], path(places));
    expect(events.map((e) => e.type)).toEqual(types);
  });

  it('dates a dwell at the moment the visit became long enough', () => {
    const dwell = eventsOf([zone(square, 1700)], path(row([0.3, 0.5, 0.5, 0.5], 0.6))).find(
      (e) => e.type === 'dwell',
    );
    expect(dwell).toMatchObject({ timeMs: 2200, durationMs: 1700 });
  });

  it('smaller than the box can still be entered', () => {
    const small = [p(0.49, 0.49), p(0.51, 0.49), p(0.51, 0.51), p(0.49, 0.51)];
    const events = eventsOf([zone(small)], path(row([0.3, 0.5, 0.7]), 0.3));
    expect(events.map((e) => e.type)).toEqual(['enter', 'exit']);
  });
});

describe('the engine', () => {
  it('holds events back until the track has points enough, and gives none when it has not', () => {
    const engine = createEventEngine(camera, [down], { aspect: 1, minPoints: 4 });
    const points = path(row([0.4, 0.6, 0.61, 0.62]));
    const give = (n: number) =>
      engine.update({ trackId: track, label: 'person', points: points.slice(n, n + 1) });
    expect([give(0), give(1), give(2)].flat()).toEqual([]);
    expect(brief(give(3))).toEqual([['forward', 500]]);
    expect(eventsOf([down, zone(square)], points.slice(0, 3), { minPoints: 4 })).toEqual([]);
  });

  it('knows nothing of a track that has ended', () => {
    const engine = createEventEngine(camera, [zone(square)], { aspect: 1, minPoints: 1 });
    engine.update({ trackId: track, label: 'person', points: path([[0.6, 0.6]]) });
    expect(engine.end(track).map((e) => e.type)).toEqual(['exit']);
    expect(engine.end(track)).toEqual([]);
  });

  it('gives the same events however the points are split into updates', () => {
    const coordinate = fc.double({ min: 0, max: 1, noNaN: true });
    const point = fc.record({ x: coordinate, y: coordinate, afterMs: fc.integer({ min: 1, max: 3000 }), split: fc.boolean() }); // prettier-ignore
    const shapes = [down, line(p(0.2, 0.7), p(0.9, 0.3)), zone(square, 2000)];
    fc.assert(
      fc.property(
        fc.array(point, { maxLength: 60 }),
        fc.double({ min: 0.02, max: 0.3, noNaN: true }),
        (steps, width) => {
          let timeMs = 0;
          const points = path(steps.map(({ x, y }) => [x, y]), width).map((q, k) => ({ ...q, timeMs: (timeMs += steps[k]?.afterMs ?? 1) })); // prettier-ignore
          const whole = eventsOf(shapes, points, { aspect: 1.5, minPoints: 3 });

          const engine = createEventEngine(camera, shapes, { aspect: 1.5, minPoints: 3 });
          const batches: TrackPoint[][] = [[]];
          points.forEach((q, k) => {
            if (steps[k]?.split) batches.push([]);
            batches.at(-1)?.push(q);
          });
          const parts = batches.flatMap((batch) =>
            engine.update({ trackId: track, label: 'person', points: batch }),
          );
          expect([...parts, ...engine.end(track)]).toEqual(whole);
        },
      ),
    );
  });

  it('closes every visit it opened, and alternates directions at an endless line', () => {
    const coordinate = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(coordinate, coordinate), { maxLength: 80 }), (places) => {
        const events = eventsOf([down, zone(square, 3000)], path(places));
        const visits = events.filter((e) => e.type === 'enter' || e.type === 'exit').map((e) => e.type);
        visits.forEach((type, k) => expect(type).toBe(k % 2 === 0 ? 'enter' : 'exit'));
        expect(visits.length % 2).toBe(0);
        const directions = events.flatMap((e) => e.direction ?? []);
        directions.forEach((d, k) => k > 0 && expect(d).not.toBe(directions[k - 1]));
      }),
    );
  });

  it('refuses points that go back in time, naming both times', () => {
    const points = path(row([0.4, 0.6]));
    expect(() => eventsOf([down], [...points, ...points])).toThrow(/dock-1-1 has a point at 0 ms .* 1000 ms/);
  });

  it.each<[string, Shape[], number, RegExp]>([
    ['a line without length', [line(p(0.5, 0.5), p(0.5, 0.5))], 1, /Line line has no length/],
    ['a zone of two corners', [zone([p(0, 0), p(1, 1)])], 1, /Zone zone has no area/],
    ['an aspect of zero', [], 0, /aspect of 0/],
    ['an aspect that is no number', [], NaN, /aspect of NaN/],
  ])('refuses %s', (_, shapes, aspect, message) => {
    expect(() => createEventEngine(camera, shapes, { aspect })).toThrow(ArgusError);
    expect(() => createEventEngine(camera, shapes, { aspect })).toThrow(message);
  });
});
