import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cameraId, shapeId, stillId, trackId } from '../../src/domain/ids.ts';
import { chooseKeyFrames } from '../../src/incidents/keyFrames.ts';
import { simplifyPath } from '../../src/incidents/simplifyPath.ts';
import { foldTimeline, type Step } from '../../src/incidents/timeline.ts';

const camera = cameraId('gate');
const step = (timeMs: number, type: Step['type'], track = 1): Step => ({
  timeMs,
  camera,
  trackId: trackId(`gate-1-${track}`),
  label: 'person',
  type,
  ...(type !== 'seen' && type !== 'gone' && { shape: shapeId('bay') }),
});

describe('a timeline', () => {
  test('of more steps than it may have tells runs of alike ones as one, each with how many there were and of how many tracks', () => {
    const steps = [
      step(0, 'seen'),
      step(1, 'enter'),
      step(2, 'enter', 2),
      step(3, 'enter', 2),
      step(4, 'exit'),
    ];
    const { entries, leftOut } = foldTimeline(steps, 4);
    expect(
      entries.map(({ first: { type }, fromMs, toMs, count, tracks }) => [
        type,
        fromMs,
        toMs,
        count,
        tracks.length,
      ]),
    ).toEqual([
      ['seen', 0, 0, 1, 1],
      ['enter', 1, 3, 3, 2],
      ['exit', 4, 4, 1, 1],
    ]);
    expect(leftOut).toBe(0);
  });

  test('leaves out comings and goings before it folds events', () => {
    const steps = [0, 1, 2].flatMap((n) => [
      step(4 * n, 'seen', n),
      step(4 * n + 1, 'enter', n),
      step(4 * n + 2, 'exit', n),
      step(4 * n + 3, 'gone', n),
    ]);
    const { entries, leftOut } = foldTimeline(steps, 6);
    expect(entries.map(({ first }) => first.type)).toEqual([
      'enter',
      'exit',
      'enter',
      'exit',
      'enter',
      'exit',
    ]);
    expect(leftOut).toBe(6);
  });

  test('is never longer than asked for, and loses no step without saying so', () => {
    const types = ['seen', 'enter', 'exit', 'dwell', 'crossing', 'gone'] as const;
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 10_000 }), fc.constantFrom(...types)));
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 20 }), (given, limit) => {
        const inOrder = given.map(([timeMs, type]) => step(timeMs, type)).sort((a, b) => a.timeMs - b.timeMs);
        const { entries, leftOut } = foldTimeline(inOrder, limit);
        expect(entries.length).toBeLessThanOrEqual(limit);
        expect(entries.reduce((sum, { count }) => sum + count, leftOut)).toBe(inOrder.length);
        expect(entries.map(({ fromMs }) => fromMs)).toEqual(
          entries.map(({ fromMs }) => fromMs).sort((a, b) => a - b),
        );
      }),
    );
  });
});

describe('key pictures', () => {
  const still = (number: number, timeMs: number, events = 0) => ({
    id: stillId(number),
    camera,
    timeMs,
    events,
  });
  const present = (track: number, fromMs: number, toMs: number) => ({
    trackId: trackId(`gate-1-${track}`),
    camera,
    fromMs,
    toMs,
  });

  test('show as many different ones as they can', () => {
    const presences = [present(1, 0, 9_000), present(2, 0, 9_000), present(3, 20_000, 30_000)];
    const stills = [still(1, 1_000, 3), still(2, 5_000, 9), still(3, 25_000)];
    expect(chooseKeyFrames(stills, presences, 2).map(({ id }) => id)).toEqual(['s2', 's3']);
    expect(chooseKeyFrames(stills, presences, 4).map(({ id }) => id)).toEqual(['s1', 's2', 's3']);
  });

  test('of the same moment are not taken twice', () => {
    expect(chooseKeyFrames([still(1, 0), still(2, 200), still(3, 5_000)], [], 3).map(({ id }) => id)).toEqual(
      ['s1', 's3'],
    );
    expect(chooseKeyFrames([], [], 3)).toEqual([]);
  });
});

describe('a path made short', () => {
  const options = { limit: 10, tolerance: 0.01, aspect: 1 };
  test('keeps corners and waiting, and nothing of steady walking', () => {
    const walk = (fromS: number, toS: number, x: (s: number) => number) =>
      Array.from({ length: toS - fromS }, (_, n) => ({
        timeMs: 1000 * (fromS + n),
        x: x(fromS + n),
        y: 0.5,
      }));
    const path = [
      ...walk(0, 10, (s) => s / 20),
      ...walk(10, 30, () => 0.5),
      ...walk(30, 41, (s) => 0.5 + (s - 30) / 20),
    ];
    expect(simplifyPath(path, options).map(({ timeMs }) => timeMs / 1000)).toEqual([0, 10, 30, 40]);
  });

  test('is nowhere farther than the tolerance from where it was, unless it may have no more points', () => {
    const points = fc.array(
      fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(points, (given) => {
        const path = given.map(([x, y], n) => ({ timeMs: n * 100, x, y }));
        const short = simplifyPath(path, { ...options, limit: 1000 });
        expect([short[0], short.at(-1)]).toEqual([path[0], path.at(-1)]);
        for (const { timeMs, x, y } of path) {
          const after = short.findIndex((point) => point.timeMs >= timeMs);
          const [a, b] = [short[Math.max(0, after - 1)], short[after]];
          if (!a || !b) throw new Error('no point beside it');
          const along = b.timeMs === a.timeMs ? 0 : (timeMs - a.timeMs) / (b.timeMs - a.timeMs);
          expect(
            Math.hypot(x - a.x - along * (b.x - a.x), y - a.y - along * (b.y - a.y)),
          ).toBeLessThanOrEqual(0.010001);
        }
        expect(simplifyPath(path, options).length).toBeLessThanOrEqual(10);
      }),
    );
  });
});
