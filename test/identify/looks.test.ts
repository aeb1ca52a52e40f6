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

test('a poor picture is taken of who had no good one for a second, and then seldom', () => {
  const looks = new Looks();
  looks.see(a, 0);
  const poor = [0, 500, 1000, 1500, 3000, 4000, 9000, 20_000].filter((timeMs) => {
    const isDue = looks.isDue(a, timeMs, true);
    if (isDue) looks.take(a, timeMs, true);
    return isDue;
  });
  expect(poor).toEqual([1000, 3000, 9000]);
  expect(looks.isDue(a, 21_000)).toBe(true);
  looks.take(a, 21_000);
  expect([looks.isDue(a, 21_500), looks.isDue(a, 22_000), looks.isDue(a, 99_000, true)]).toEqual([
    ...[false, true, false],
  ]);
});

test('who was seen and not looked at is wanted, for five seconds', () => {
  const looks = new Looks();
  expect(looks.isWanted(a, 0)).toBe(false);
  looks.see(a, 0);
  looks.see(a, 3000);
  expect([looks.isWanted(a, 100), looks.isWanted(a, 5100)]).toEqual([true, false]);
  looks.take(a, 200);
  expect(looks.isWanted(a, 300)).toBe(false);
});
