import { ArgusError } from '../domain/errors.ts';
import type { EventType, LineDirection } from '../domain/event.ts';
import { cameraId, shapeId, trackId, type TrackId } from '../domain/ids.ts';
import { eventOf, selectEvents, type EventRow } from './rows.ts';
import type { Statements } from './statements.ts';
import type { EventCount, EventFilter, EventKey, EventPage, EventPageRequest, StoredEvent } from './types.ts';

/** One page of the events that pass the filter, in order of time. */
export function eventPage(sql: Statements, filter: EventFilter, request: EventPageRequest): EventPage {
  const { limit = 20, cursor, newestFirst = false } = request;
  if (!Number.isInteger(limit) || limit < 1) throw new RangeError(`limit is at least 1 (got ${limit})`);
  const { conditions, values } = conditionsOf(filter);
  if (cursor !== undefined) {
    conditions.push(`(time_ms, events.number) ${newestFirst ? '<' : '>'} (:cursorMs, :cursorNumber)`);
    Object.assign(values, parseCursor(cursor));
  }
  const order = newestFirst ? 'DESC' : 'ASC';
  const rows = sql.all<EventRow>(
    `${selectEvents} ${where(conditions)} ORDER BY time_ms ${order}, events.number ${order} LIMIT :limit`,
    { ...values, limit: limit + 1 },
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    events: page.map(eventOf),
    ...(rows.length > limit && last && { next: `${last.time_ms}.${last.number}` }),
  };
}

export function eventByNumber(sql: Statements, number: number): StoredEvent | undefined {
  const row = sql.one<EventRow>(`${selectEvents} WHERE events.number = :number`, { number });
  return row && eventOf(row);
}

interface CountRow {
  camera?: string;
  shape?: string;
  type?: EventType;
  direction?: LineDirection | null;
  label?: string;
  minute?: number;
  count: number;
}

const columns: Readonly<Record<EventKey, string>> = {
  camera: 'cameras.id AS camera',
  shape: 'shapes.id AS shape',
  type: 'type',
  direction: 'direction',
  label: 'events.label AS label',
  // Hours and days begin at different moments in different time zones, but everywhere at a whole minute.
  bucket: 'time_ms / 60000 - (time_ms % 60000 < 0) AS minute',
};

/** How many events pass the filter, in groups; one group with all when no keys are given. */
export function countEvents(
  sql: Statements,
  filter: EventFilter,
  groupBy: readonly EventKey[],
  bucketOf: ((timeMs: number) => string) | undefined,
): EventCount[] {
  if (groupBy.includes('bucket') && !bucketOf) throw new Error('Grouping by bucket needs bucketOf');
  const { conditions, values } = conditionsOf(filter);
  const keys = [...new Set(groupBy)];
  const selected = [...keys.map((key) => columns[key]), 'count(*) AS count'].join(', ');
  const grouping = keys.length === 0 ? '' : `GROUP BY ${keys.map((_, index) => index + 1).join(', ')}`;
  const rows = sql.all<CountRow>(
    `SELECT ${selected} FROM events JOIN cameras ON cameras.number = events.camera
       JOIN shapes ON shapes.number = events.shape ${where(conditions)} ${grouping}`,
    values,
  );
  const counts = rows.map((row) => countOf(row, bucketOf));
  return keys.includes('bucket') ? summed(counts) : counts;
}

function countOf(row: CountRow, bucketOf: ((timeMs: number) => string) | undefined): EventCount {
  return {
    ...(row.camera !== undefined && { camera: cameraId(row.camera) }),
    ...(row.shape !== undefined && { shape: shapeId(row.shape) }),
    ...(row.type !== undefined && { type: row.type }),
    ...(typeof row.direction === 'string' && { direction: row.direction }),
    ...(row.label !== undefined && { label: row.label }),
    ...(row.minute !== undefined && bucketOf && { bucket: bucketOf(row.minute * 60_000) }),
    count: row.count,
  };
}

/** Groups of equal keys as one. */
function summed(counts: readonly EventCount[]): EventCount[] {
  const groups = new Map<string, EventCount>();
  for (const group of counts) {
    const key = JSON.stringify({ ...group, count: undefined });
    groups.set(key, { ...group, count: group.count + (groups.get(key)?.count ?? 0) });
  }
  return [...groups.values()];
}

/**
 * At most `limit` of the events that pass the filter, spread evenly over them, in order of time: the ranks at which
 * the whole part of rank · limit / total grows. The cast is needed, as numbers are bound as floats.
 */
export function sampleEvents(sql: Statements, filter: EventFilter, limit: number): StoredEvent[] {
  const { conditions, values } = conditionsOf(filter);
  const ranked = `SELECT events.number, row_number() OVER (ORDER BY time_ms, events.number) - 1 AS rank,
    count(*) OVER () AS total, CAST(:limit AS INTEGER) AS slots FROM events ${where(conditions)}`;
  return sql
    .all<EventRow>(
      `${selectEvents} WHERE events.number IN (SELECT number FROM (${ranked})
         WHERE total <= :limit OR rank = 0 OR rank * slots / total <> (rank - 1) * slots / total)
         ORDER BY time_ms, events.number`,
      { ...values, limit },
    )
    .slice(0, limit)
    .map(eventOf);
}

/** How many different tracks the events that pass the filter are of. */
export function countTracks(sql: Statements, filter: EventFilter): number {
  const { conditions, values } = conditionsOf(filter);
  const row = sql.one<{ tracks: number }>(
    `SELECT count(DISTINCT events.track) AS tracks FROM events ${where(conditions)}`,
    values,
  );
  return row?.tracks ?? 0;
}

/** The tracks that the events that pass the filter are of. */
export function eventTracks(sql: Statements, filter: EventFilter): TrackId[] {
  const { conditions, values } = conditionsOf(filter);
  return sql
    .all<{ id: string }>(
      `SELECT id FROM tracks WHERE number IN (SELECT events.track FROM events ${where(conditions)}) ORDER BY number`,
      values,
    )
    .map(({ id }) => trackId(id));
}

type Values = Record<string, string | number>;

function conditionsOf(filter: EventFilter): { conditions: string[]; values: Values } {
  const conditions: string[] = [];
  const values: Values = {};
  const add = (condition: string, name: string, value: string | number | undefined): void => {
    if (value === undefined) return;
    conditions.push(condition);
    values[name] = value;
  };
  const list = (texts: readonly string[] | undefined) => texts && JSON.stringify(texts);
  add('events.camera = (SELECT number FROM cameras WHERE id = :camera)', 'camera', filter.camera);
  if (filter.shape !== undefined) {
    if (filter.camera === undefined) throw new Error('A shape is named together with its camera');
    const versions = filter.allVersions === true ? 'number' : 'max(number)';
    const ofShape = 'camera = (SELECT number FROM cameras WHERE id = :camera) AND id = :shape';
    add(`events.shape IN (SELECT ${versions} FROM shapes WHERE ${ofShape})`, 'shape', filter.shape);
  }
  add('type IN (SELECT value FROM json_each(:types))', 'types', list(filter.types));
  add('events.label IN (SELECT value FROM json_each(:labels))', 'labels', list(filter.labels));
  add('direction = :direction', 'direction', filter.direction);
  add('events.track = (SELECT number FROM tracks WHERE id = :track)', 'track', filter.track);
  add('time_ms >= :fromMs', 'fromMs', filter.fromMs);
  add('time_ms < :toMs', 'toMs', filter.toMs);
  return { conditions, values };
}

const where = (conditions: readonly string[]): string =>
  conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;

function parseCursor(cursor: string): Values {
  const match = /^(-?\d{1,16})\.(\d{1,16})$/.exec(cursor);
  if (!match) {
    throw new ArgusError(
      `The cursor ${JSON.stringify(cursor)} is not one that Argus gave.`,
      'Leave it out to start from the first page.',
    );
  }
  return { cursorMs: Number(match[1]), cursorNumber: Number(match[2]) };
}
