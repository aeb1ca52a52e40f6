/** The middle value, or the mean of the two middle ones. @param sorted ascending, at least one */
export function medianOf(sorted: ArrayLike<number>): number {
  const [low = NaN, high = NaN] = [
    sorted[Math.floor((sorted.length - 1) / 2)],
    sorted[Math.floor(sorted.length / 2)],
  ];
  return (low + high) / 2;
}

/** The least of the values that this share of them does not exceed: the nearest rank. @param sorted ascending, at least one */
export const quantileOf = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(Math.ceil(share * sorted.length) - 1, 0)] ?? NaN;
