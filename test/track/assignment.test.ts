import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assign } from '../../src/track/assignment.ts';

const X = Infinity;

describe('assign', () => {
  it.each([
    { name: 'no rows', cost: [], rows: 0, columns: 3, pairs: [] },
    { name: 'no columns', cost: [], rows: 2, columns: 0, pairs: [] },
    { name: 'one pair', cost: [5], rows: 1, columns: 1, pairs: [[0, 0]] },
    { name: 'one forbidden pair', cost: [X], rows: 1, columns: 1, pairs: [] },
    { name: 'greedy would lose', cost: [1, 2, 2, 9], rows: 2, columns: 2, pairs: [[0, 1], [1, 0]] }, // prettier-ignore
    { name: 'more rows', cost: [4, 1, 3], rows: 3, columns: 1, pairs: [[1, 0]] },
    { name: 'more columns', cost: [4, 1, 3], rows: 1, columns: 3, pairs: [[0, 1]] },
    { name: 'two dear pairs before one cheap', cost: [0, 9, 9, X], rows: 2, columns: 2, pairs: [[0, 1], [1, 0]] }, // prettier-ignore
    { name: 'negative costs', cost: [-1, -5, -4, -1], rows: 2, columns: 2, pairs: [[0, 1], [1, 0]] }, // prettier-ignore
  ])('pairs as cheaply as possible: $name', ({ cost, rows, columns, pairs }) => {
    const found = assign(Float64Array.from(cost), rows, columns);
    expect(found.map(({ row, column }) => [row, column])).toEqual(pairs);
  });

  it('finds what trying every pairing finds', () => {
    const matrix = fc
      .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
      .chain(([rows, columns]) =>
        fc
          .array(fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 20 }) }, fc.constant(X)), {
            minLength: rows * columns,
            maxLength: rows * columns,
          })
          .map((cost) => ({ rows, columns, cost })),
      );
    fc.assert(
      fc.property(matrix, ({ rows, columns, cost }) => {
        const pairs = assign(Float64Array.from(cost), rows, columns);
        const best = bestByTrying(cost, rows, columns);
        expect(new Set(pairs.map((p) => p.row)).size).toBe(pairs.length);
        expect(new Set(pairs.map((p) => p.column)).size).toBe(pairs.length);
        const total = pairs.reduce((sum, p) => sum + (cost[p.row * columns + p.column] ?? NaN), 0);
        expect({ count: pairs.length, total }).toEqual(best);
      }),
      { numRuns: 500 },
    );
  });
});

/** Tries every pairing of the rows from `row` on. */
function bestByTrying(cost: number[], rows: number, columns: number, row = 0, taken = 0): Pairing {
  if (row === rows) return { count: 0, total: 0 };
  let best = bestByTrying(cost, rows, columns, row + 1, taken);
  for (let column = 0; column < columns; column++) {
    const price = cost[row * columns + column] ?? X;
    if (taken & (1 << column) || price === X) continue;
    const rest = bestByTrying(cost, rows, columns, row + 1, taken | (1 << column));
    const here = { count: rest.count + 1, total: rest.total + price };
    if (here.count > best.count || (here.count === best.count && here.total < best.total)) best = here;
  }
  return best;
}

interface Pairing {
  count: number;
  total: number;
}
