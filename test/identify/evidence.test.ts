import { describe, expect, it, test } from 'vitest';
import type { Appearance } from '../../src/domain/appearance.ts';
import { cameraId, trackId } from '../../src/domain/ids.ts';
import { logRatioOf, strangersOf } from '../../src/identify/calibration.ts';
import { compareTracks } from '../../src/identify/compareTracks.ts';
import { feasibilityOf } from '../../src/identify/feasibility.ts';
import { learnLinks } from '../../src/identify/learnLinks.ts';
import { placeLogRatio } from '../../src/identify/place.ts';
import { door, track, yard } from './people.ts';

const appearance = (descriptor: string, ...vector: number[]): Appearance => ({
  camera: yard,
  trackId: trackId('t'),
  timeMs: 0,
  descriptor,
  vector: Float32Array.from(vector),
  quality: 1,
});

describe('the similarity of two tracks', () => {
  it('is the mean of the best quarter of their pairs', () => {
    const a = [appearance('osnet-x0-25', 1, 0), appearance('osnet-x0-25', 0, 1)];
    const b = [
      appearance('osnet-x0-25', 1, 0),
      appearance('osnet-x0-25', 0.6, 0.8),
      appearance('osnet-x0-25', -1, 0),
    ];
    // Pairs: 1, 0.6, −1, 0, 0.8, 0; a quarter of six is two.
    expect(compareTracks(a, b)).toEqual({
      descriptor: 'osnet-x0-25',
      similarity: expect.closeTo(0.9, 6) as number,
      isPoor: false,
    });
  });

  it('is by the most telling descriptor that both have', () => {
    const a = [appearance('colour-histogram', 1, 0), appearance('person-reid-0287', 0, 1)];
    const b = [appearance('colour-histogram', 1, 0), appearance('person-reid-0287', 1, 0)];
    expect(compareTracks(a, b)).toMatchObject({ descriptor: 'person-reid-0287', similarity: 0 });
    expect(compareTracks(a, b.slice(0, 1))).toMatchObject({ descriptor: 'colour-histogram', similarity: 1 });
  });

  it('is not known where they have no descriptor in common', () => {
    expect(
      compareTracks([appearance('osnet-x0-25', 1)], [appearance('colour-histogram', 1)]),
    ).toBeUndefined();
  });
});

test.each(['person-reid-0287', 'osnet-x0-25', 'colour-histogram'])(
  'the more alike by %s, the likelier one person, to 1000 : 1 at most',
  (descriptor) => {
    const known = strangersOf(descriptor, Array<number>(100).fill(0.1), 100);
    const ratios = [-1, 0, 0.3, 0.5, 0.7, 0.8, 0.9, 1].map((s) => logRatioOf(descriptor, s, known) ?? NaN);
    expect(ratios).toEqual(ratios.toSorted((a, b) => a - b));
    expect(Math.exp(-(ratios[0] ?? 0))).toBeCloseTo(1000, 6);
    expect(Math.exp(ratios.at(-1) ?? 0)).toBeLessThanOrEqual(1000.001);
    expect(ratios.at(-1)).toBeGreaterThan(Math.log(9));
  },
);

test.each(['person-reid-0287', 'osnet-x0-25', 'colour-histogram'])(
  'the less is known of the strangers of a place, or the more alike they look, the less a likeness by %s says',
  (descriptor) => {
    const ratio = (similarities: number[], isPoor = false) =>
      logRatioOf(descriptor, 0.97, strangersOf(descriptor, similarities, similarities.length), isPoor) ?? NaN;
    const [unlike, alike] = [0.1, 0.9].map((similarity) => Array<number>(30).fill(similarity));
    expect(ratio([])).toBeGreaterThan(0);
    expect(ratio([])).toBeLessThan(ratio(unlike ?? []));
    expect(ratio(alike ?? [])).toBeLessThan(ratio([]));
    expect(ratio([], true)).toBeLessThan(ratio([]));
  },
);

test('a poor picture is compared only where there is no good one', () => {
  const poor = { ...appearance('osnet-x0-25', 1, 0), quality: 0.05 };
  const good = appearance('osnet-x0-25', 0, 1);
  expect(compareTracks([poor, good], [good])).toMatchObject({ similarity: 1, isPoor: false });
  expect(compareTracks([poor], [good])).toMatchObject({ similarity: 0, isPoor: true });
});

test('nobody is in two places, or gets from one to another faster than anybody runs', () => {
  const feasible = feasibilityOf(undefined);
  const lost = track('a', { person: 1, from: 0, to: 10, at: [0.5, 0.05] });
  const back = (from: number, at: number) => track('b', { person: 1, from, to: from + 5, at: [at, at] });
  expect(feasible(lost, back(10.2, 0.1))).toBe(true);
  expect(feasible(lost, back(10.2, 0.9))).toBe(true);
  const small = { x1: 0.01, y1: 0.3, x2: 0.03, y2: 0.37 };
  const far = { x1: 0.9, y1: 0.3, x2: 0.93, y2: 0.37 };
  expect(feasible({ ...lost, lastBox: small }, { ...back(10.2, 0.9), firstBox: far })).toBe(false);
  expect(feasible({ ...lost, lastBox: small }, { ...back(19, 0.9), firstBox: far })).toBe(true);
  expect(feasible(lost, back(5, 0.1))).toBe(false);
});

test('an unknown descriptor says nothing', () => {
  expect(logRatioOf('my-own', 1)).toBeUndefined();
});

describe('the way between cameras', () => {
  const [gate, hall] = [cameraId('gate'), cameraId('hall')];
  const isFeasible = feasibilityOf([
    { from: yard, to: door, minSeconds: -2, maxSeconds: 5 },
    { from: door, to: hall, minSeconds: 10, maxSeconds: 20 },
    { from: hall, to: gate, minSeconds: 5, maxSeconds: 20 },
    { from: yard, to: gate, minSeconds: 60, maxSeconds: 90 },
  ]);
  const leaves = track('a', { person: 1, from: 0, to: 100 });

  test.each([
    ['directly, the views overlapping', door, 98.5, true],
    ['directly, too early', door, 97.5, false],
    ['over another camera', hall, 110.5, true],
    ['over another camera, too early', hall, 109.5, false],
    ['by the faster of two ways', gate, 115.5, true],
    ['to a camera no way leads to', cameraId('attic'), 1000, false],
  ])('%s', (_, camera, from, expected) => {
    expect(isFeasible(leaves, track('b', { person: 1, camera, from, to: from + 1 }))).toBe(expected);
  });
});

describe('the place where somebody appears', () => {
  const lost = track('a', { person: 1, from: 0, to: 10, at: [0.1, 0.4] });
  const found = (at: number, from: number, label = 'person') =>
    placeLogRatio({ ...lost, label }, track('b', { person: 1, from, to: from + 5, at: [at, at], label }));

  it('speaks for somebody lost near by just before, never enough to join by itself', () => {
    expect(found(0.42, 10.3)).toBeGreaterThan(Math.log(1.5));
    expect(found(0.4, 10.2)).toBeLessThan(Math.log(9));
  });

  it('speaks against it where nobody runs that fast', () => {
    expect(found(0.88, 10.1)).toBeLessThan(-3);
    expect(found(0.4, 10.1, 'car')).toBe(0);
  });

  it('says nothing after a while', () => {
    expect(found(0.42, 21)).toBe(0);
  });
});

describe('ways that are learnt', () => {
  const walkers = (count: number) =>
    Array.from({ length: count }, (_, i) => [
      track(`y${i}`, { person: i, from: 100 * i, to: 100 * i + 10 }),
      track(`d${i}`, { person: i, camera: door, from: 100 * i + 30 + i, to: 100 * i + 45 }),
    ]).flat();

  it('hold the times that people took', () => {
    const [way, ...others] = learnLinks(walkers(8));
    expect(others).toEqual([]);
    expect(way).toEqual({ from: yard, to: door, minSeconds: 20 - 3.5, maxSeconds: 27 + 3.5 });
  });

  it('need five people', () => {
    expect(learnLinks(walkers(4))).toEqual([]);
  });
});
