import { ArgusError } from './errors.ts';
import type { Point } from './geometry.ts';

/** A place on the ground in metres, in axes of one's own. */
export interface GroundPoint {
  readonly xM: number;
  readonly yM: number;
}

/** A place in the picture that is known on the ground. */
interface ScalePoint {
  readonly picture: Point;
  readonly ground: GroundPoint;
}

/** What makes distances in one camera's picture real: four places, no three of them on one line. `homographyOf` checks. */
export type Scale = readonly ScalePoint[];

/** Where on the ground something stands whose foot is seen there; undefined at the horizon and above it. */
export type ToGround = (p: Point) => GroundPoint | undefined;

type Pair = readonly [number, number];
type Matrix = readonly (readonly number[])[];

/** Three of four points are on one line when their triangle has less than this part of the area of all. */
const leastTriangle = 1e-6;

/**
 * The way from the picture to the ground plane, by the direct linear transformation with normalised points (Hartley &
 * Zisserman, Multiple View Geometry in Computer Vision, 2nd edition, algorithm 4.2). Four points determine it exactly.
 *
 * @throws ArgusError when there are not four places, when three of the points are on one line, in the picture or on the ground, or when the horizon
 * would pass between them
 */
export function homographyOf(scale: Scale): ToGround {
  if (scale.length !== 4) {
    throw new ArgusError(`The scale has ${scale.length} places.`, 'Give four, no three of them on one line.');
  }
  const from = normalised(
    scale.map(({ picture }): Pair => [picture.x, picture.y]),
    'in the picture',
  );
  const to = normalised(
    scale.map(({ ground }): Pair => [ground.xM, ground.yM]),
    'on the ground',
  );
  const rows = from.points.flatMap(([x, y], n) => {
    const [u, v] = to.points[n] ?? [0, 0];
    // Each pair of points gives two equations for the nine numbers of the matrix, the last of which is set to 1.
    return [
      [x, y, 1, 0, 0, 0, -u * x, -u * y, u],
      [0, 0, 0, x, y, 1, -v * x, -v * y, v],
    ];
  });
  // No solution: the middle of the four would be on the horizon.
  const h = solve(rows) ?? [];
  const map = ([x, y]: Pair): readonly [number, number, number] => {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, i = 0] = h;
    return [a * x + b * y + c, d * x + e * y + f, g * x + i * y + 1];
  };
  const depths = from.points.map((point) => map(point)[2]);
  if (h.length === 0 || !depths.every((depth) => depth > 0)) {
    throw new ArgusError(
      'The four places of the scale cannot be seen so from one side.',
      'Give them in the same order in the picture and on the ground.',
    );
  }
  return (p) => {
    const [u, v, depth] = map(from.apply([p.x, p.y]));
    if (!(depth > 0)) return undefined;
    const [xM, yM] = to.undo([u / depth, v / depth]);
    return { xM, yM };
  };
}

/** The points moved and scaled so that their middle is the origin and their mean distance from it √2. */
function normalised(points: readonly Pair[], where: string) {
  checkSpread(points, where);
  const n = points.length;
  const middle: Pair = [points.reduce((s, [x]) => s + x, 0) / n, points.reduce((s, [, y]) => s + y, 0) / n];
  const distance = points.reduce((s, [x, y]) => s + Math.hypot(x - middle[0], y - middle[1]), 0) / n;
  const scale = Math.SQRT2 / distance;
  const apply = ([x, y]: Pair): Pair => [(x - middle[0]) * scale, (y - middle[1]) * scale];
  const undo = ([u, v]: Pair): Pair => [u / scale + middle[0], v / scale + middle[1]];
  return { points: points.map(apply), apply, undo };
}

function checkSpread(points: readonly Pair[], where: string): void {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const span = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
  const isFlat = points.some((_, left) => {
    const [a, b, c] = points.filter((_point, n) => n !== left);
    if (!a || !b || !c) return true;
    const twice = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
    return !(Math.abs(twice) > leastTriangle * span * span);
  });
  if (isFlat) {
    throw new ArgusError(
      `Three of the four places of the scale are on one line ${where}.`,
      'Give the corners of a four-sided figure on the ground.',
    );
  }
}

/** Gaussian elimination with partial pivoting; each row ends with its right-hand side. Undefined: not one solution. */
function solve(equations: Matrix): number[] | undefined {
  const rows = equations.map((row) => [...row]);
  const n = rows.length;
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++)
      if (Math.abs(at(row, column)) > Math.abs(at(pivot, column))) pivot = row;
    const [top, found] = [rows[column], rows[pivot]];
    if (!top || !found || Math.abs(at(pivot, column)) < 1e-12) return undefined;
    rows[column] = found;
    rows[pivot] = top;
    for (let row = column + 1; row < n; row++) {
      const factor = at(row, column) / at(column, column);
      rows[row] = (rows[row] ?? []).map((value, k) => value - factor * at(column, k));
    }
  }
  const solution = new Array<number>(n).fill(0);
  for (let row = n - 1; row >= 0; row--) {
    let rest = at(row, n);
    for (let k = row + 1; k < n; k++) rest -= at(row, k) * (solution[k] ?? 0);
    solution[row] = rest / at(row, row);
  }
  return solution;
}
