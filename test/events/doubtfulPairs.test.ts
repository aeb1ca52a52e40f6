import { describe, expect, test } from 'vitest';
import type { Box } from '../../src/domain/box.ts';
import { trackId } from '../../src/domain/ids.ts';
import { doubtfulPairs, leastCount, type CountedPassage } from '../../src/events/doubtfulPairs.ts';

const boxAround = (x: number, width = 0.1, height = 0.2): Box => ({
  x1: x - width / 2,
  y1: 0.5 - height / 2,
  x2: x + width / 2,
  y2: 0.5 + height / 2,
});

/** An object that moves from left to right, a tenth of the picture a second, and crosses the middle at `atMs`. */
interface Mover {
  readonly id: string;
  readonly label?: string;
  readonly atMs: number;
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly size?: number;
  readonly direction?: 'forward' | 'backward';
}

const boxOf = ({ atMs, size = 1 }: Mover, timeMs: number): Box =>
  boxAround(0.5 + (timeMs - atMs) / 10_000, 0.1 * size, 0.2 * size);

function passageOf(mover: Mover): CountedPassage {
  const { id, label = 'car', atMs, fromMs = atMs - 2000, toMs = atMs + 2000, direction = 'forward' } = mover;
  return {
    ...{ trackId: trackId(id), label, timeMs: atMs, direction, firstMs: fromMs, lastMs: toMs },
    ...{ firstBox: boxOf(mover, fromMs), lastBox: boxOf(mover, toMs) },
  };
}

function pairsOf(...movers: Mover[]) {
  const moverOf = new Map(movers.map((mover) => [trackId(mover.id), mover]));
  return doubtfulPairs(movers.map(passageOf), (track, fromMs, toMs) => {
    const mover = moverOf.get(track);
    if (!mover) return [];
    const { firstMs, lastMs } = passageOf(mover);
    const times = Array.from({ length: 100 }, (_, n) => n * 200).filter(
      (timeMs) => timeMs >= Math.max(fromMs, firstMs) && timeMs < toMs && timeMs <= lastMs,
    );
    return times.map((timeMs) => ({ timeMs, box: boxOf(mover, timeMs) }));
  });
}

const told = (pairs: ReturnType<typeof pairsOf>) =>
  pairs.map(({ a, b, because }) => [a.trackId, b.trackId, because.kind]);

describe('a pair of counted tracks may be one object', () => {
  test('that is tracked as a car and as a truck at the same moments', () => {
    const pairs = pairsOf({ id: 'a', atMs: 6000 }, { id: 'b', label: 'truck', atMs: 6100, size: 1.1 });
    expect(told(pairs)).toEqual([['a', 'b', 'overlap']]);
    expect(pairs[0]?.because).toMatchObject({ kind: 'overlap', moments: 20 });
    expect(leastCount(2, pairs)).toBe(1);
  });

  test('of one class only when the boxes nearly cover each other', () => {
    const abreast = [{ id: 'a', label: 'person', atMs: 6000 }, { id: 'b', label: 'person', atMs: 6300 }]; // prettier-ignore
    expect(pairsOf(...abreast)).toEqual([]);
    expect(told(pairsOf(...abreast.map((one) => ({ ...one, atMs: 6000 }))))).toEqual([['a', 'b', 'overlap']]);
  });

  test('that was lost and goes on as another track near where it was', () => {
    const before = { id: 'a', atMs: 6000, toMs: 6400 };
    const after = { id: 'b', atMs: 6900, fromMs: 6600, size: 1.1 };
    const pairs = pairsOf(before, after);
    expect(told(pairs)).toEqual([['a', 'b', 'continues']]);
    expect(pairs[0]?.because).toMatchObject({ afterMs: 200 });
  });

  test('of three tracks that are one by two pairs, as one event less each', () => {
    const pairs = pairsOf(
      { id: 'a', atMs: 6000 },
      { id: 'b', label: 'truck', atMs: 6000 },
      { id: 'c', label: 'bus', atMs: 6000 },
      { id: 'd', atMs: 15_000 },
    );
    expect(pairs).toHaveLength(3);
    expect(leastCount(4, pairs)).toBe(2);
  });
});

describe('a pair of counted tracks is two objects', () => {
  test('when they follow each other closely', () => {
    expect(pairsOf({ id: 'a', atMs: 6000 }, { id: 'b', label: 'truck', atMs: 7200 })).toEqual([]);
  });

  test('when they pass in opposite directions, even on the same place', () => {
    const other = { id: 'b', label: 'truck', atMs: 6000, direction: 'backward' as const };
    expect(pairsOf({ id: 'a', atMs: 6000 }, other)).toEqual([]);
  });

  test('when the second starts elsewhere, much later, or in another size', () => {
    const before = { id: 'a', atMs: 6000, toMs: 6400 };
    expect(pairsOf(before, { id: 'b', atMs: 9500, fromMs: 6600 })).toEqual([]);
    expect(pairsOf(before, { id: 'b', atMs: 9700, fromMs: 9500 })).toEqual([]);
    expect(pairsOf(before, { id: 'b', atMs: 6900, fromMs: 6600, size: 2 })).toEqual([]);
  });

  test('when the first left the picture where the second came in', () => {
    const gone = { ...passageOf({ id: 'a', atMs: 6000 }), lastBox: boxAround(0.95) };
    const come = { ...passageOf({ id: 'b', atMs: 10_000, fromMs: 8500 }), firstBox: boxAround(0.95) };
    expect(doubtfulPairs([gone, come], () => [])).toEqual([]);
    const inside = { lastBox: boxAround(0.9), firstBox: boxAround(0.9) };
    expect(
      doubtfulPairs(
        [
          { ...gone, ...inside },
          { ...come, ...inside },
        ],
        () => [],
      ),
    ).toHaveLength(1);
  });

  test('when one track was counted twice, as it came twice', () => {
    const passages = [6000, 6500].map((atMs) => passageOf({ id: 'a', atMs }));
    expect(doubtfulPairs(passages, () => [])).toEqual([]);
  });
});
