import type { Clock, PerHour } from '../anomaly/contract.ts';

/** Adds numbers up by the hours of a clock. */
export interface HourTable {
  /** Which hour the moment is in; undefined: none. */
  indexOf(timeMs: number): number | undefined;
  /** Zeros. */
  empty(): PerHour;
  /** One number for each hour, out of numbers with the moment at which they begin. */
  sum<Row extends { readonly startMs: number }>(rows: Iterable<Row>, of: (row: Row) => number): PerHour;
}

export function hourTable({ hours }: Clock): HourTable {
  const ends = Float64Array.from(hours, ({ toMs }) => toMs);
  const startMs = hours[0]?.fromMs ?? Infinity;
  const indexOf = (timeMs: number): number | undefined => {
    if (timeMs < startMs) return undefined;
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) <= timeMs) low = middle + 1;
      else high = middle;
    }
    return low < ends.length ? low : undefined;
  };
  const empty = () => new Float64Array(hours.length);
  return {
    indexOf,
    empty,
    sum: (rows, of) => {
      const sums = empty();
      for (const row of rows) {
        const index = indexOf(row.startMs);
        if (index !== undefined) sums[index] = (sums[index] ?? 0) + of(row);
      }
      return sums;
    },
  };
}
