/** A pair of a row and a column of the cost matrix. */
export interface Assigned {
  readonly row: number;
  readonly column: number;
}

/**
 * Pairs rows with columns so that as many as possible are paired and, among those pairings, the total cost is least.
 * Exact, by shortest augmenting paths with potentials (Jonker and Volgenant, "A shortest augmenting path algorithm for
 * dense and sparse linear assignment problems", Computing 38, 1987), O(rows² · columns).
 *
 * @param cost row after row, `rows` × `columns`; `Infinity` where a pair is not allowed, otherwise finite
 * @returns the allowed pairs, by row
 */
export function assign(cost: Float64Array, rows: number, columns: number): Assigned[] {
  if (rows === 0 || columns === 0) return [];
  const forbidden = forbiddenCost(cost);
  const transposed = rows > columns;
  const n = transposed ? columns : rows;
  const m = transposed ? rows : columns;
  const at = (i: number, j: number): number => {
    const value = cost[transposed ? j * columns + i : i * columns + j] ?? Infinity;
    return value === Infinity ? forbidden : value;
  };

  const rowOfColumn = shortestAugmentingPaths(at, n, m);
  const pairs: Assigned[] = [];
  for (let j = 0; j < m; j++) {
    const i = rowOfColumn[j + 1];
    if (!i) continue;
    const pair = transposed ? { row: j, column: i - 1 } : { row: i - 1, column: j };
    if (cost[pair.row * columns + pair.column] !== Infinity) pairs.push(pair);
  }
  return pairs.sort((a, b) => a.row - b.row);
}

/** A finite stand-in for `Infinity`, so great that no sum of allowed costs is worth one more forbidden pair. */
function forbiddenCost(cost: Float64Array): number {
  let spread = 1;
  for (const value of cost) if (value !== Infinity) spread += Math.abs(value);
  return 2 * spread;
}

/** For n ≤ m: the row (from 1) of each column (from 1; element 0 is scratch), 0 where the column is free. */
function shortestAugmentingPaths(at: (i: number, j: number) => number, n: number, m: number): Int32Array {
  const rowPotential = new Float64Array(n + 1);
  const columnPotential = new Float64Array(m + 1);
  const rowOfColumn = new Int32Array(m + 1);
  const previousColumn = new Int32Array(m + 1);
  const shortest = new Float64Array(m + 1);
  const visited = new Uint8Array(m + 1);

  for (let row = 1; row <= n; row++) {
    rowOfColumn[0] = row;
    shortest.fill(Infinity);
    visited.fill(0);
    let column = 0;
    do {
      visited[column] = 1;
      const i = rowOfColumn[column] ?? 0;
      let delta = Infinity;
      let next = 0;
      for (let j = 1; j <= m; j++) {
        if (visited[j]) continue;
        const reduced = at(i - 1, j - 1) - (rowPotential[i] ?? 0) - (columnPotential[j] ?? 0);
        if (reduced < (shortest[j] ?? 0)) {
          shortest[j] = reduced;
          previousColumn[j] = column;
        }
        if ((shortest[j] ?? 0) < delta) {
          delta = shortest[j] ?? 0;
          next = j;
        }
      }
      for (let j = 0; j <= m; j++) {
        if (visited[j]) {
          const r = rowOfColumn[j] ?? 0;
          rowPotential[r] = (rowPotential[r] ?? 0) + delta;
          columnPotential[j] = (columnPotential[j] ?? 0) - delta;
        } else {
          shortest[j] = (shortest[j] ?? 0) - delta;
        }
      }
      column = next;
    } while (rowOfColumn[column] !== 0);

    while (column !== 0) {
      const from = previousColumn[column] ?? 0;
      rowOfColumn[column] = rowOfColumn[from] ?? 0;
      column = from;
    }
  }
  return rowOfColumn;
}
