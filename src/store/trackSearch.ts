import { ArgusError } from '../domain/errors.ts';
import { trackId, type CameraId, type TrackId } from '../domain/ids.ts';
import type { Interval } from '../domain/time.ts';
import type { TrackPoint } from '../domain/track.ts';
import { timeExtentOf } from './extent.ts';
import { selectTracks, trackOf, type TrackRow } from './rows.ts';
import type { Statements } from './statements.ts';
import { maxSegmentMs, SegmentView } from './trajectory.ts';
import type { StoredTrack } from './types.ts';

/** Which tracks are asked for; conditions left out do not count. */
export interface TrackFilter {
  readonly cameras?: readonly CameraId[] | undefined;
  readonly labels?: readonly string[] | undefined;
  /** Only these. */
  readonly ids?: readonly TrackId[] | undefined;
  /** From the first to the last sighting at least, ms. */
  readonly leastMs?: number | undefined;
  readonly leastPoints?: number | undefined;
  /** At least once so surely detected, 0–1. */
  readonly minConfidence?: number | undefined;
  /** Never farther from where it began, in sizes of its box. */
  readonly maxMoved?: number | undefined;
  /** On average farther from one point to the next, in sizes of its box. */
  readonly minMeanStep?: number | undefined;
  /** Not these. */
  readonly without?: readonly TrackId[] | undefined;
}

/** By their beginning, or the longest first. */
type TrackOrder = 'oldest' | 'newest' | 'longest';

export interface TrackPageRequest {
  readonly order: TrackOrder;
  readonly limit: number;
  /** `next` of the page before, with the same filter and order. */
  readonly cursor?: string | undefined;
}

export interface TrackPage {
  readonly tracks: readonly StoredTrack[];
  /** How many pass the filter in all. */
  readonly total: number;
  /** The cursor of the next page; absent: there is none. */
  readonly next?: string;
}

/**
 * Numbers of the tracks that were in view at some time of the window. Those that began in it are found by their
 * beginning, those from before by a segment around the window's first moment: a segment ends where the next one begins,
 * or where the track was lost, and it is found again or given up in less time than a segment may last.
 */
function numbersOf(filter: TrackFilter, window: Interval) {
  const { cameras, labels, ids, leastMs, leastPoints, minConfidence, maxMoved, minMeanStep, without } =
    filter;
  const conditions = [
    `camera IN (SELECT number FROM cameras ${cameras ? 'WHERE id IN (SELECT value FROM json_each(:cameras))' : ''})`,
    labels ? 'label IN (SELECT value FROM json_each(:labels))' : [],
    ids ? 'id IN (SELECT value FROM json_each(:ids))' : [],
    leastMs === undefined ? [] : 'last_ms - first_ms >= :leastMs',
    leastPoints === undefined ? [] : 'points >= :leastPoints',
    minConfidence === undefined ? [] : 'max_confidence >= :minConfidence',
    maxMoved === undefined ? [] : 'moved <= :maxMoved',
    minMeanStep === undefined ? [] : 'mean_step >= :minMeanStep',
    without ? 'id NOT IN (SELECT value FROM json_each(:without))' : [],
  ].flat();
  const also = conditions.join(' AND ');
  const text = `SELECT number, first_ms, last_ms FROM tracks
      WHERE first_ms >= :fromMs AND first_ms < :toMs AND ${also}
    UNION ALL SELECT number, first_ms, last_ms FROM tracks
      WHERE number IN (SELECT segment >> 20 FROM segment_extents WHERE time_max >= :timeMin AND time_min <= :timeMax)
      AND first_ms < :fromMs AND last_ms >= :fromMs AND :toMs > :fromMs AND ${also}`;
  const values = {
    ...window,
    ...timeExtentOf({ fromMs: window.fromMs - maxSegmentMs, toMs: window.fromMs }),
    ...(cameras && { cameras: JSON.stringify(cameras) }),
    ...(labels && { labels: JSON.stringify(labels) }),
    ...(ids && { ids: JSON.stringify(ids) }),
    ...(leastMs !== undefined && { leastMs }),
    ...(leastPoints !== undefined && { leastPoints }),
    ...(minConfidence !== undefined && { minConfidence }),
    ...(maxMoved !== undefined && { maxMoved }),
    ...(minMeanStep !== undefined && { minMeanStep }),
    ...(without && { without: JSON.stringify(without) }),
  };
  return { text, values };
}

/** All of them, in the order of their beginning. */
export function tracksIn(sql: Statements, window: Interval, filter: TrackFilter): StoredTrack[] {
  const { text, values } = numbersOf(filter, window);
  return sql
    .all<TrackRow>(
      `${selectTracks} WHERE tracks.number IN (SELECT number FROM (${text})) ORDER BY first_ms, tracks.number`,
      values,
    )
    .map(trackOf);
}

export function countTracksIn(sql: Statements, window: Interval, filter: TrackFilter): number {
  const { text, values } = numbersOf(filter, window);
  return sql.one<{ n: number }>(`SELECT count(*) AS n FROM (${text})`, values)?.n ?? 0;
}

const keys: Readonly<Record<TrackOrder, { key: string; sign: '>' | '<'; direction: 'ASC' | 'DESC' }>> = {
  oldest: { key: 'first_ms', sign: '>', direction: 'ASC' },
  newest: { key: 'first_ms', sign: '<', direction: 'DESC' },
  longest: { key: 'last_ms - first_ms', sign: '<', direction: 'DESC' },
};

/** One page of the tracks that were in view at some time of the window and pass the filter. */
export function trackPage(
  sql: Statements,
  window: Interval,
  filter: TrackFilter,
  { order, limit, cursor }: TrackPageRequest,
): TrackPage {
  const { text, values } = numbersOf(filter, window);
  const { key, sign, direction } = keys[order];
  const after = cursor === undefined ? undefined : parseCursor(cursor);
  const rows = sql.all<{ number: number; key: number }>(
    `SELECT number, ${key} AS key FROM (${text})
       ${after ? `WHERE (${key}, number) ${sign} (:cursorKey, :cursorNumber)` : ''}
       ORDER BY key ${direction}, number ${direction} LIMIT :limit`,
    { ...values, ...after, limit: limit + 1 },
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const found = new Map(
    sql
      .all<TrackRow & { number: number }>(
        `${selectTracks.replace('SELECT ', 'SELECT tracks.number, ')}
           WHERE tracks.number IN (SELECT value FROM json_each(:numbers))`,
        { numbers: JSON.stringify(page.map(({ number }) => number)) },
      )
      .map((row) => [row.number, trackOf(row)]),
  );
  return {
    tracks: page.flatMap(({ number }) => found.get(number) ?? []),
    total: countTracksIn(sql, window, filter),
    ...(rows.length > limit && last && { next: `${last.key}.${last.number}` }),
  };
}

function parseCursor(cursor: string): { cursorKey: number; cursorNumber: number } {
  const match = /^(-?\d{1,16})\.(\d{1,16})$/.exec(cursor);
  if (match) return { cursorKey: Number(match[1]), cursorNumber: Number(match[2]) };
  throw new ArgusError(
    `The cursor ${JSON.stringify(cursor)} is not one that Argus gave.`,
    'Leave it out to start from the first page.',
  );
}

/** Those of the tracks that there are, in the order of their beginning. */
export const tracksById = (sql: Statements, ids: readonly TrackId[]): StoredTrack[] =>
  sql
    .all<TrackRow>(
      `${selectTracks} WHERE tracks.id IN (SELECT value FROM json_each(:ids)) ORDER BY first_ms, tracks.number`,
      { ids: JSON.stringify(ids) },
    )
    .map(trackOf);

/** Where a track was seen first and last. */
export interface TrackEnds {
  readonly first: TrackPoint;
  readonly last: TrackPoint;
}

/** The first and the last stored point of each of the tracks, without reading what is between. */
export function trackEnds(sql: Statements, ids: readonly TrackId[]): Map<TrackId, TrackEnds> {
  const ofTrack = 'FROM segments WHERE number >= tracks.number << 20 AND number < (tracks.number + 1) << 20';
  const rows = sql.rows<[string, number, number, Buffer]>(
    `SELECT tracks.id, segments.number, from_ms, data FROM json_each(:ids) AS wanted
       CROSS JOIN tracks ON tracks.id = wanted.value
       CROSS JOIN segments ON segments.number IN ((SELECT min(number) ${ofTrack}), (SELECT max(number) ${ofTrack}))`,
    { ids: JSON.stringify([...new Set(ids)]) },
  );
  const ends = new Map<TrackId, TrackEnds>();
  for (const [id, , fromMs, data] of rows.sort(([, a], [, b]) => a - b)) {
    const view = new SegmentView(data, fromMs);
    if (view.count === 0) continue;
    const known = ends.get(trackId(id));
    ends.set(trackId(id), { first: known?.first ?? view.point(0), last: view.point(view.count - 1) });
  }
  return ends;
}
