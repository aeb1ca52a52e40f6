/** Follows skills/daily-report, step by step. */
import { countZoneEvents } from '../../../src/mcp/tools/countZoneEvents.ts';
import { flagAnomaly } from '../../../src/mcp/tools/flagAnomaly.ts';
import { getOccupancy } from '../../../src/mcp/tools/getOccupancy.ts';
import { listCameras } from '../../../src/mcp/tools/listCameras.ts';
import { listIncidents } from '../../../src/mcp/tools/listIncidents.ts';
import { summarizeIncident } from '../../../src/mcp/tools/summarizeIncident.ts';
import type { Ask } from '../ask.ts';
import { lookAt, type Sight } from './eyes.ts';

export interface Day {
  readonly from: string;
  readonly to: string;
}

/** A line of the report. */
export interface Row {
  readonly camera: string;
  /** Absent: the whole picture. */
  readonly place?: string;
  /** Absent: nobody looked. */
  readonly total?: number;
  readonly busiestHour?: string;
  readonly share: number;
}

export interface Report {
  readonly rows: readonly Row[];
  readonly unusual: readonly {
    readonly family: string;
    readonly camera: string;
    readonly from: string;
    readonly observed: number;
    readonly expected: number;
    readonly seen: Sight;
    /** Who took part in it, from when to when. */
    readonly story?: readonly { readonly first: string; readonly last: string }[];
  }[];
  /** Everything was watched, and nothing of it was unusual. */
  readonly nothingUnusual: boolean;
  readonly incidents: number;
  readonly notWatched: readonly string[];
}

const storiesTold = 2;

export async function reportDay(ask: Ask, day: Day): Promise<Report> {
  const window = { ...day, time_zone: 'UTC' };
  // Step 1.
  const { cameras } = (await ask(listCameras, { time_zone: 'UTC' })).structured;
  // Step 2.
  const rows: Row[] = [];
  for (const { id, lines, zones } of cameras) {
    for (const line of lines) rows.push(await rowOf(ask, { camera: id, line: line.id }, window));
    for (const zone of zones) rows.push(await rowOf(ask, { camera: id, zone: zone.id }, window));
    if (lines.length + zones.length > 0) continue;
    const { visits, coverage } = (await ask(getOccupancy, { camera: id, ...window })).structured;
    const watched = coverage.share > 0 && { total: visits?.n ?? 0 };
    rows.push({ camera: id, ...watched, share: coverage.share });
  }
  // Step 3.
  const { structured: flagged } = await ask(flagAnomaly, window);
  // Step 4.
  const { structured: happened } = await ask(listIncidents, window);
  // Step 5: a look at each thing that is called unusual; the same one is told once.
  const unusual = [];
  const told = new Set<string>();
  for (const { event_ids: [event] = [], track_ids: [track] = [], ...one } of flagged.found) {
    const { family, camera, from, observed, expected } = one;
    const key = `${family} ${camera} ${from}`;
    if (told.has(key)) continue;
    told.add(key);
    const moment = event === undefined ? { track_id: track } : { event_id: event };
    const seen = (event ?? track) === undefined ? 'cannot tell' : await lookAt(ask, moment);
    const story =
      event !== undefined && told.size <= storiesTold
        ? (await ask(summarizeIncident, { event_id: event, time_zone: 'UTC' })).structured
        : undefined;
    const took = story?.participants.map(({ first, last }) => ({ first, last }));
    unusual.push({ family, camera, from, observed, expected, seen, ...(took && { story: took }) });
  }
  return {
    rows,
    unusual,
    nothingUnusual: unusual.length === 0 && flagged.coverage.share === 1,
    incidents: happened.total,
    notWatched: flagged.coverage.gaps,
  };
}

async function rowOf(
  ask: Ask,
  at: { readonly camera: string; readonly line?: string; readonly zone?: string },
  window: Day & { readonly time_zone: string },
): Promise<Row> {
  const question = { ...at, ...window, group_by: ['hour' as const], evidence_limit: 0 };
  const { count, groups = [], coverage } = (await ask(countZoneEvents, question)).structured;
  const [busiest] = groups.toSorted((a, b) => b.count - a.count);
  const place = at.line ?? at.zone;
  return {
    camera: at.camera,
    ...(place !== undefined && { place }),
    ...(coverage.share > 0 && { total: count }),
    ...(busiest?.hour !== undefined && { busiestHour: busiest.hour }),
    share: coverage.share,
  };
}
