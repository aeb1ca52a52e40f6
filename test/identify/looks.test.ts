import { expect, test } from 'vitest';
import { trackId } from '../../src/domain/ids.ts';
import { Looks } from '../../src/identify/looks.ts';

const [a, b] = [trackId('a'), trackId('b')];

/** When looks are taken of a track that can be seen well at these moments. */
function taken(timesMs: readonly number[]): number[] {
  const looks = new Looks();
  return timesMs.filter((timeMs) => {
    const isDue = looks.isDue(a, timeMs);
    if (isDue) looks.take(a, timeMs);
    return isDue;
  });
}

test('a track is looked at six times at most, ever more seldom', () => {
  const everySecond = Array.from({ length: 600 }, (_, n) => n * 1000);
  expect(taken(everySecond)).toEqual([0, 1000, 2000, 4000, 8000, 16_000]);
});

test('pictures need not come to the millisecond', () => {
  expect(taken([50, 1020, 1990, 3100, 4080])).toEqual([50, 1020, 1990, 4080]);
});

test('time counts from the first picture that showed the track well', () => {
  expect(taken([500_000, 500_400, 501_000])).toEqual([500_000, 501_000]);
});

test('each track has looks of its own, and one that has ended is forgotten', () => {
  const looks = new Looks();
  looks.take(a, 0);
  expect([looks.isDue(a, 100), looks.isDue(b, 100)]).toEqual([false, true]);
  looks.forget(a);
  expect(looks.isDue(a, 100)).toBe(true);
});
