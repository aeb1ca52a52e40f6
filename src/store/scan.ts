import { createPauses } from '../async/slices.ts';
import { positionMin, positionStep, type PackedPoint } from '../domain/storedPoint.ts';
import type { Line } from '../domain/geometry.ts';
import { runId, stillId, trackId, type CameraId } from '../domain/ids.ts';
import type { Interval } from '../domain/time.ts';
import { extentOf } from './extent.ts';
import type { Statements } from './statements.ts';
import { nearExtent, pointsOfTrack, pointsOfTracks, trackOfSegment, within } from './trackQueries.ts';
import { SegmentView } from './trajectory.ts';
import type { ScannedTrack, ScanRequest } from './types.ts';

/** After so much work the event loop gets its turn. */
const turnMs = 8;
const firstWindowMs = 6 * 3_600_000;
const shortestWindowMs = 60_000;
/** Read together, as that takes half as long as one by one. */
const tracksAtOnce = 100;
/** The points of a longer track are read when they are asked for. */
const longTrackMs = 600_000;

/**
 * Yields each track once that may meet the request. The interval is searched in windows that take a few ms each, so
 * that nobody else in the thread waits long.
 */
export async function* scanTracks(
  sql: Statements,
  camera: { readonly id: CameraId; readonly number: number },
  interval: Interval,
  request: ScanRequest,
): AsyncGenerator<ScannedTrack, void, undefined> {
  const mayMatch = matcherFor(request, interval);
  const seen = new Set<number>();
  const pause = createPauses(turnMs, { signal: request.signal });
  let windowMs = firstWindowMs;
  for (let fromMs = interval.fromMs; fromMs < interval.toMs;) {
    const startedMs = performance.now();
    const window = { fromMs, toMs: Math.min(interval.toMs, fromMs + windowMs) };
    const found = candidates(sql, camera.number, window, request, seen, mayMatch);
    fromMs = window.toMs;
    request.onProgress?.(fromMs - interval.fromMs, interval.toMs - interval.fromMs);
    request.signal?.throwIfAborted();
    windowMs = nextWindow(windowMs, performance.now() - startedMs);
    for (let at = 0; at < found.length; at += tracksAtOnce) {
      for (const track of tracksByNumber(
        sql,
        camera.id,
        found.slice(at, at + tracksAtOnce),
        request.labels,
      )) {
        yield track;
        await pause();
      }
    }
    await pause();
  }
}

const nextWindow = (windowMs: number, tookMs: number): number =>
  tookMs > turnMs
    ? Math.max(shortestWindowMs, windowMs * Math.max(0.1, turnMs / 2 / tookMs))
    : tookMs < turnMs / 4
      ? windowMs * 2
      : windowMs;

/** Tracks not seen before of which a segment passes the test; they are marked as seen. */
function candidates(
  sql: Statements,
  cameraNumber: number,
  window: Interval,
  { area }: ScanRequest,
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
    const track = trackOfSegment(number);
    if (seen.has(track) || !mayMatch(new SegmentView(data, fromMs))) continue;
    seen.add(track);
    found.push(track);
  }
  return found.sort((a, b) => a - b);
}

type ScannedRow = [
  number: number,
  id: string,
  run: number,
  label: string,
  firstMs: number,
  lastMs: number,
  points: number,
  maxConfidence: number,
  bestStill: number | null,
  ended: 0 | 1,
];

function tracksByNumber(
  sql: Statements,
  camera: CameraId,
  numbers: readonly number[],
  labels: readonly string[] | undefined,
): ScannedTrack[] {
  const rows = sql
    .rows<ScannedRow>(
      `SELECT number, tracks.id, run, label, first_ms, last_ms, points, max_confidence, best_still, ended
         FROM json_each(:wanted) AS wanted CROSS JOIN tracks ON tracks.number = wanted.value`,
      { wanted: JSON.stringify(numbers) },
    )
    .filter(([, , , label]) => !labels || labels.includes(label));
  const short = rows.filter(([, , , , firstMs, lastMs]) => lastMs - firstMs <= longTrackMs);
  const points = pointsOfTracks(
    sql,
    short.map(([number]) => number),
  );
  return rows.map(
    ([number, id, run, label, firstMs, lastMs, count, maxConfidence, bestStill, ended]): ScannedTrack => {
      const all = points.get(number);
      return {
        id: trackId(id),
        run: runId(run),
        camera,
        label,
        firstMs,
        lastMs,
        points: count,
        maxConfidence,
        ...(bestStill !== null && { bestStill: stillId(bestStill) }),
        ended: ended === 1,
        pointsWithin: (fromMs, toMs) =>
          all ? within(all, fromMs, toMs) : pointsOfTrack(sql, number, { fromMs, toMs }),
      };
    },
  );
}

function matcherFor({ area, line }: ScanRequest, interval: Interval): (segment: SegmentView) => boolean {
  const { fromMs, toMs } = interval;
  const isPassed = line && passes(line);
  const left = steps(area.x1) - hairSteps;
  const right = steps(area.x2) + hairSteps;
  const top = steps(area.y1) - hairSteps;
  const bottom = steps(area.y2) + hairSteps;
  const before: PackedPoint = { x1: 0, y1: 0, x2: 0, y2: 0, confidence: 0 };
  return (segment) => {
    for (let index = 0; index < segment.count; index++) {
      const now = segment.packed(index);
      const from = index === 0 ? now : before;
      if (
        segment.timeMs(index) >= fromMs &&
        (index === 0 ? segment.startMs : segment.timeMs(index - 1)) < toMs &&
        Math.min(from.x1 + from.x2, now.x1 + now.x2) <= 2 * right &&
        Math.max(from.x1 + from.x2, now.x1 + now.x2) >= 2 * left &&
        Math.min(from.y2, now.y2) <= bottom &&
        Math.max(from.y2, now.y2) >= top &&
        (!isPassed || isPassed(from, now))
      )
        return true;
      before.x1 = now.x1;
      before.y1 = now.y1;
      before.x2 = now.x2;
      before.y2 = now.y2;
    }
    return false;
  };
}

/**
 * Whether a step of the anchor, which is at the bottom, goes from one side of the line to the other between its ends, or
 * touches it: without that it cannot have crossed. A hair more is let through than that, against rounding.
 */
function passes(line: Line): (from: Readonly<PackedPoint>, to: Readonly<PackedPoint>) => boolean {
  const ax = steps(line.a.x);
  const ay = steps(line.a.y);
  const dx = steps(line.b.x) - ax;
  const dy = steps(line.b.y) - ay;
  const squared = dx * dx + dy * dy;
  const hair = 1e-9 * squared;
  // As the event engine takes them: what is beyond the edge of the picture counts as being at it.
  const anchorX = ({ x1, x2 }: Readonly<PackedPoint>) => intoPicture((x1 + x2) / 2);
  const anchorY = ({ y2 }: Readonly<PackedPoint>) => intoPicture(y2);
  const side = (p: Readonly<PackedPoint>) => dx * (anchorY(p) - ay) - dy * (anchorX(p) - ax);
  return (from, to) => {
    const sideFrom = side(from);
    const sideTo = side(to);
    if (Math.min(sideFrom, sideTo) > hair || Math.max(sideFrom, sideTo) < -hair) return false;
    if (Math.abs(sideFrom - sideTo) <= 2 * hair) return true;
    const along = sideFrom / (sideFrom - sideTo);
    const x = anchorX(from) + along * (anchorX(to) - anchorX(from)) - ax;
    const y = anchorY(from) + along * (anchorY(to) - anchorY(from)) - ay;
    const share = (x * dx + y * dy) / squared;
    return share >= -1e-6 && share <= 1 + 1e-6;
  };
}

/** A little more is let through than touches, against rounding. */
const hairSteps = 1e-6;

/** A position in steps from `positionMin`, not rounded. */
const steps = (position: number): number => (position - positionMin) / positionStep;

const [firstStep, lastStep] = [steps(0), steps(1)];
const intoPicture = (step: number): number => Math.min(lastStep, Math.max(firstStep, step));
