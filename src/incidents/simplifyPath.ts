import type { Point } from '../domain/geometry.ts';

/** A place at a moment. */
export interface PathPoint extends Point {
  readonly timeMs: number;
}

/**
 * The path in at most `limit` of its points, with the first and the last: Douglas & Peucker's method (1973) with the
 * time-ratio distance of Meratnia & de By ("Spatiotemporal compression techniques for moving point objects", EDBT 2004),
 * so that also where it waited and how fast it went is kept. The point farthest from where the shorter path would have it
 * at that time is taken next, until none is farther than `tolerance` (in heights of the picture) or there are enough.
 *
 * @param path in order of time
 * @param aspect width of the picture divided by its height
 */
export function simplifyPath<P extends PathPoint>(
  path: readonly P[],
  {
    limit,
    tolerance,
    aspect,
  }: { readonly limit: number; readonly tolerance: number; readonly aspect: number },
): P[] {
  if (path.length <= 2 || limit <= 2) return path.length <= 2 ? [...path] : ends(path);
  const kept = new Set([0, path.length - 1]);
  const open = [farthest(path, 0, path.length - 1, aspect)];
  while (kept.size < limit) {
    const next = open.reduce((a, b) => (b.distance > a.distance ? b : a), { ...nothing });
    if (!(next.distance > tolerance)) break;
    kept.add(next.index);
    open.splice(open.indexOf(next), 1);
    open.push(farthest(path, next.from, next.index, aspect), farthest(path, next.index, next.to, aspect));
  }
  return path.filter((_, index) => kept.has(index));
}

const ends = <P>(path: readonly P[]): P[] => path.filter((_, n) => n === 0 || n === path.length - 1);

interface Farthest {
  readonly from: number;
  readonly to: number;
  readonly index: number;
  readonly distance: number;
}

const nothing: Farthest = { from: 0, to: 0, index: 0, distance: -Infinity };

/** The point between two others that is farthest from the steady motion from the one to the other. */
function farthest(path: readonly PathPoint[], from: number, to: number, aspect: number): Farthest {
  const [a, b] = [path[from], path[to]];
  let best: Farthest = { from, to, index: from, distance: -Infinity };
  if (!a || !b) return best;
  for (let index = from + 1; index < to; index++) {
    const p = path[index];
    if (!p) continue;
    const along = b.timeMs === a.timeMs ? 0 : (p.timeMs - a.timeMs) / (b.timeMs - a.timeMs);
    const distance = Math.hypot((p.x - a.x - along * (b.x - a.x)) * aspect, p.y - a.y - along * (b.y - a.y));
    if (distance > best.distance) best = { from, to, index, distance };
  }
  return best;
}
