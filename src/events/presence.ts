import { boxWidth } from '../domain/box.ts';
import { anchorOf } from '../domain/geometry.ts';
import type { Interval } from '../domain/time.ts';
import type { TrackPoint } from '../domain/track.ts';

/** How long anchors were in each cell of the picture, ms; row by row from its top left. */
export interface Presence {
  readonly columns: number;
  readonly rows: number;
  readonly cellMs: Float64Array;
}

export const createPresence = (columns: number, rows: number): Presence => ({
  columns,
  rows,
  cellMs: new Float64Array(columns * rows),
});

/** Slower than so many of its box widths a second, something has stopped. */
const stoppedSpeed = 0.25;
/** Speeds are taken over so long before and after, as boxes tremble. */
const aroundMs = 1_000;

export interface PresenceOptions {
  readonly window: Interval;
  /** Width of the picture divided by its height. */
  readonly aspect: number;
  /** Only while it stood still, or nearly. */
  readonly stopsOnly?: boolean;
}

/**
 * Adds where one track was. Between two points it is taken to have gone straight, evenly; what lies beyond the picture
 * is added at its edge.
 *
 * @param points in order of time, with one before and one after the window where there are
 * @returns how much was added, ms
 */
export function addPresence(
  presence: Presence,
  points: readonly TrackPoint[],
  { window, aspect, stopsOnly = false }: PresenceOptions,
): number {
  let addedMs = 0;
  const isStopped = stopsOnly ? stopFinder(points, aspect) : () => true;
  for (const [i, to] of points.entries()) {
    const from = points[i - 1];
    if (!from || to.timeMs <= window.fromMs || from.timeMs >= window.toMs || !isStopped(i)) continue;
    addedMs += addStep(presence, from, to, window);
  }
  return addedMs;
}

function addStep(
  { columns, rows, cellMs }: Presence,
  from: TrackPoint,
  to: TrackPoint,
  window: Interval,
): number {
  const stepMs = to.timeMs - from.timeMs;
  const begins = Math.max(0, (window.fromMs - from.timeMs) / stepMs);
  const ends = Math.min(1, (window.toMs - from.timeMs) / stepMs);
  const [a, b] = [anchorOf(from.box), anchorOf(to.box)];
  const cells = Math.max(Math.abs(b.x - a.x) * columns, Math.abs(b.y - a.y) * rows);
  const parts = Math.max(1, Math.ceil(cells * 2));
  const partMs = ((ends - begins) * stepMs) / parts;
  for (let part = 0; part < parts; part++) {
    const along = begins + ((ends - begins) * (part + 0.5)) / parts;
    const column = cellOf(a.x + along * (b.x - a.x), columns);
    const row = cellOf(a.y + along * (b.y - a.y), rows);
    const cell = row * columns + column;
    cellMs[cell] = (cellMs[cell] ?? 0) + partMs;
  }
  return partMs * parts;
}

const cellOf = (position: number, cells: number): number =>
  Math.min(cells - 1, Math.max(0, Math.floor(position * cells)));

/** Tells of the step that ends in the n-th point whether it had stopped; to be asked in order. */
function stopFinder(points: readonly TrackPoint[], aspect: number): (n: number) => boolean {
  let first = 0;
  let last = 0;
  return (n) => {
    const [before, after] = [points[n - 1], points[n]];
    if (!before || !after) return false;
    while (first < n - 1 && timeOf(points, first) < before.timeMs - aroundMs) first++;
    while (last < points.length - 1 && timeOf(points, last + 1) <= after.timeMs + aroundMs) last++;
    const [from, to] = [points[first], points[Math.max(last, n)]];
    if (!from || !to) return false;
    const [a, b] = [anchorOf(from.box), anchorOf(to.box)];
    const heights = Math.hypot((b.x - a.x) * aspect, b.y - a.y);
    const width = ((boxWidth(from.box) + boxWidth(to.box)) / 2) * aspect;
    return heights <= (stoppedSpeed * width * (to.timeMs - from.timeMs)) / 1000;
  };
}

const timeOf = (points: readonly TrackPoint[], n: number): number => points[n]?.timeMs ?? Infinity;

/** A rectangle of the picture, 0–1, and how long anchors were in it. */
export interface Place {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly ms: number;
}

/** The blocks of `across` × `down` that the picture is divided into, in which the longest time was spent, that first. */
export function longestPlaces(
  { columns, rows, cellMs }: Presence,
  across: number,
  down: number,
  most: number,
): Place[] {
  const blocks = new Float64Array(across * down);
  for (const [cell, ms] of cellMs.entries()) {
    const column = Math.floor(((cell % columns) * across) / columns);
    const row = Math.floor((Math.floor(cell / columns) * down) / rows);
    blocks[row * across + column] = (blocks[row * across + column] ?? 0) + ms;
  }
  return [...blocks]
    .map((ms, block) => ({ ms, column: block % across, row: Math.floor(block / across) }))
    .filter(({ ms }) => ms > 0)
    .sort((a, b) => b.ms - a.ms || a.row - b.row || a.column - b.column)
    .slice(0, most)
    .map(({ ms, column, row }) => ({
      x1: column / across,
      y1: row / down,
      x2: (column + 1) / across,
      y2: (row + 1) / down,
      ms,
    }));
}
