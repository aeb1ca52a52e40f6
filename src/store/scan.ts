import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Box } from '../domain/box.ts';
import type { Shape } from '../domain/event.ts';
import type { AnchorKind, Line } from '../domain/geometry.ts';
import type { Interval } from '../domain/time.ts';
import { extentOf } from './extent.ts';
import { selectTracks, trackOf, type TrackRow } from './rows.ts';
import type { Statements } from './statements.ts';
import { nearExtent, pointsOfTrack } from './trackQueries.ts';
import { SegmentView } from './trajectory.ts';
import type { ScanOptions, TrackWithPoints } from './types.ts';

/** After so much work the event loop gets its turn. */
const turnMs = 8;
const firstWindowMs = 6 * 3_600_000;
const shortestWindowMs = 60_000;

/**
 * The tracks whose anchor may have passed the line, or been in the zone, in the interval, each once, with all their
 * points. The interval is searched in windows that take a few ms each, so that nobody else in the process waits long.
 */
export async function* tracksThrough(
  sql: Statements,
  cameraNumber: number,
  interval: Interval,
  shape: Shape,
  { anchor = 'bottom', labels }: ScanOptions,
): AsyncGenerator<TrackWithPoints, void, undefined> {
  const area = areaOf(shape);
  const mayMatch =
    shape.kind === 'line' ? passes(shape.line, anchor, interval) : reaches(area, anchor, interval);
  const seen = new Set<number>();
  let turnEndsMs = performance.now() + turnMs;
  let windowMs = firstWindowMs;
  for (let fromMs = interval.fromMs; fromMs < interval.toMs;) {
    const startedMs = performance.now();
    const window = { fromMs, toMs: Math.min(interval.toMs, fromMs + windowMs) };
    const found = candidates(sql, cameraNumber, window, area, seen, mayMatch);
    fromMs = window.toMs;
    windowMs = nextWindow(windowMs, performance.now() - startedMs);
    for (const number of found) {
      if (performance.now() >= turnEndsMs) {
        await nextTurn();
        turnEndsMs = performance.now() + turnMs;
      }
      const track = trackByNumber(sql, number, labels);
      if (track) yield track;
    }
    if (performance.now() >= turnEndsMs) {
      await nextTurn();
      turnEndsMs = performance.now() + turnMs;
    }
  }
}

/** Tracks not seen before of which a segment passes the test; they are marked as seen. */
function candidates(
  sql: Statements,
  cameraNumber: number,
  window: Interval,
  area: Box,
  seen: Set<number>,
  mayMatch: (segment: SegmentView) => boolean,
): number[] {
  const rows = sql.rows<[number, number, Buffer]>(
    `SELECT segments.number, segments.from_ms, segments.data FROM segment_extents
       CROSS JOIN segments ON segments.number = segment_extents.segment WHERE ${nearExtent}`,
    { ...extentOf(cameraNumber, window, area) },
  );
  const found: number[] = [];
  for (const [number, fromMs, data] of rows) {
    const track = Math.floor(number / 2 ** 20);
    if (seen.has(track) || !mayMatch(new SegmentView(data, fromMs))) continue;
    seen.add(track);
    found.push(track);
  }
  return found;
}

function trackByNumber(
  sql: Statements,
  number: number,
  labels: readonly string[] | undefined,
): TrackWithPoints | undefined {
  const row = sql.one<TrackRow>(`${selectTracks} WHERE tracks.number = :number`, { number });
  if (!row || (labels && !labels.includes(row.label))) return undefined;
  const always = { fromMs: Number.MIN_SAFE_INTEGER, toMs: Number.MAX_SAFE_INTEGER };
  return { ...trackOf(row), path: pointsOfTrack(sql, number, always) };
}

const nextWindow = (windowMs: number, tookMs: number): number =>
  tookMs > turnMs
    ? Math.max(shortestWindowMs, windowMs * Math.max(0.1, turnMs / 2 / tookMs))
    : tookMs < turnMs / 4
      ? windowMs * 2
      : windowMs;

/**
 * Whether a step of the anchor within the interval goes from one side of the line to the other between its ends, or
 * touches it: without that it cannot have crossed. A hair more is let through than that, against rounding.
 */
function passes({ a, b }: Line, anchor: AnchorKind, { fromMs, toMs }: Interval) {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const squared = dx * dx + dy * dy;
  const hair = 1e-9 * Math.max(1, squared);
  return (segment: SegmentView): boolean => {
    let previousX = 0;
    let previousY = 0;
    let previousSide = NaN;
    for (let index = 0; index < segment.count; index++) {
      const x = segment.x(index) - a.x;
      const y = anchorY(segment, index, anchor) - a.y;
      const side = dx * y - dy * x;
      const changes = side >= -hair ? previousSide <= hair : previousSide >= -hair;
      if (changes && segment.timeMs(index) >= fromMs && segment.timeMs(index - 1) < toMs) {
        const along = previousSide === side ? 0 : previousSide / (previousSide - side);
        const share =
          ((previousX + along * (x - previousX)) * dx + (previousY + along * (y - previousY)) * dy) / squared;
        if (previousSide === side || (share >= -1e-6 && share <= 1 + 1e-6)) return true;
      }
      previousX = x;
      previousY = y;
      previousSide = side;
    }
    return false;
  };
}

/** Whether a step of the anchor within the interval comes into the area. */
function reaches(area: Box, anchor: AnchorKind, { fromMs, toMs }: Interval) {
  return (segment: SegmentView): boolean => {
    let previousX = NaN;
    let previousY = NaN;
    for (let index = 0; index < segment.count; index++) {
      const x = segment.x(index);
      const y = anchorY(segment, index, anchor);
      if (index === 0) [previousX, previousY] = [x, y];
      if (
        Math.min(x, previousX) <= area.x2 &&
        Math.max(x, previousX) >= area.x1 &&
        Math.min(y, previousY) <= area.y2 &&
        Math.max(y, previousY) >= area.y1 &&
        segment.timeMs(index) >= fromMs &&
        segment.timeMs(Math.max(0, index - 1)) < toMs
      )
        return true;
      previousX = x;
      previousY = y;
    }
    return false;
  };
}

const anchorY = (segment: SegmentView, index: number, anchor: AnchorKind): number =>
  anchor === 'bottom' ? segment.bottom(index) : segment.bottom(index) - segment.height(index) / 2;

function areaOf(shape: Shape): Box {
  const corners = shape.kind === 'line' ? [shape.line.a, shape.line.b] : shape.polygon;
  const xs = corners.map(({ x }) => x);
  const ys = corners.map(({ y }) => y);
  return { x1: Math.min(...xs), y1: Math.min(...ys), x2: Math.max(...xs), y2: Math.max(...ys) };
}
