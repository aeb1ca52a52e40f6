import * as z from 'zod';
import { ArgusError } from '../../domain/errors.ts';
import type { Interval } from '../../domain/time.ts';
import { usualGapMs } from '../../incidents/handle.ts';
import type { Reader } from '../../store/reader.ts';
import type { StoredCamera } from '../../store/types.ts';
import { defineTool } from '../contract.ts';
import { camerasInput, classesInput, windowInput } from '../inputs.ts';
import { briefCoverage, briefCoverageSchema, withoutMs } from '../coverageBrief.ts';
import { joinedSpan } from '../eventQuestion.ts';
import { reasonsOf } from '../incidentReason.ts';
import { incidentsIn, type KnownIncident } from '../incidents.ts';
import { findCameras, presentCameras, unseenClassesNote } from '../lookup.ts';
import { countsOf, countText, tracksOf } from '../momentCounts.ts';
import { localTime, resolveTimeZone, resolveWindow } from '../window.ts';

const dayMs = 86_400_000;
const kindsListed = 3;

export const listIncidents = defineTool({
  name: 'list_incidents',
  title: 'List incidents',
  description:
    'What happened, grouped: events close in time, tied across cameras by person or way; where there are no lines ' +
    'and zones, who was in view. Newest first. "What happened last night?" Then summarize_incident. Default: the last day recorded.',
  input: z.object({
    cameras: camerasInput,
    ...windowInput,
    classes: classesInput,
    gap_seconds: z
      .int()
      .min(1)
      .max(600)
      .default(usualGapMs / 1000),
    limit: z.int().min(1).max(50).default(15),
    cursor: z.string().optional(),
  }),
  output: z.object({
    window: z.object({ from: z.string(), to: z.string() }),
    total: z.int(),
    incidents: z.array(
      z.object({
        incident_id: z.string(),
        from: z.string(),
        seconds: z.int(),
        cameras: z.array(z.string()),
        what: z.array(z.string()).describe('The most frequent kinds, e.g. "3 person enter bay"'),
        tracks: z.int(),
        reason: z.string().describe('Why these are one'),
        still_id: z.string().optional(),
      }),
    ),
    next_cursor: z.string().optional(),
    coverage: briefCoverageSchema,
    notes: z.array(z.string()).optional(),
  }),

  readsMuch: true,
  handle(input, world) {
    const timeZone = resolveTimeZone(input.time_zone ?? world.timeZone);
    const reader = world.reader();
    const all = findCameras(reader, input.cameras);
    const window = windowOf(reader, input, all, timeZone, world.now());
    const cameras = input.cameras ? all : presentCameras(reader, all, window);
    const ids = cameras.map(({ id }) => id);
    const labels = input.classes && [...new Set(input.classes)];
    const grouping = { gapMs: input.gap_seconds * 1000, ...(labels && labels.length > 0 && { labels }) };
    const { incidents, notCompared } = incidentsIn(reader, window, { cameras: ids, grouping });
    const newestFirst = incidents.toSorted(
      (a, b) => b.incident.fromMs - a.incident.fromMs || (a.id < b.id ? 1 : -1),
    );
    const { page, next } = pageOf(newestFirst, input.limit, input.cursor);
    const coverage = briefCoverage(reader, ids, window, timeZone);
    const notes = [
      coverage.blind.length > 0 && coverage.blind.length < ids.length
        ? `NOT WATCHED in the window: ${coverage.blind.join(', ')}.`
        : [],
      notCompared > 0
        ? `Too many tracks (${notCompared}) to compare by looks: incidents of several cameras may be told apart. A shorter window compares them.`
        : [],
      incidents.length === 0 ? unseenClassesNote(reader, cameras, input.classes) : [],
    ].flat();
    const structured = {
      window: {
        from: withoutMs(localTime(window.fromMs, timeZone)),
        to: withoutMs(localTime(window.toMs, timeZone)),
      },
      total: incidents.length,
      incidents: page.map((one) => listed(reader, one, timeZone)),
      ...(next !== undefined && { next_cursor: next }),
      coverage: coverage.answer,
      ...(notes.length > 0 && { notes }),
    };
    return { structured, text: textOf(structured, coverage.text) };
  },
});

function windowOf(
  reader: Reader,
  asked: { from?: string | undefined; to?: string | undefined },
  cameras: readonly StoredCamera[],
  timeZone: string,
  nowMs: number,
): Interval {
  const span = joinedSpan(reader, cameras);
  const window = resolveWindow(asked, span, timeZone, nowMs);
  return asked.from === undefined
    ? { fromMs: Math.max(window.fromMs, window.toMs - dayMs), toMs: window.toMs }
    : window;
}

/** The cursor is the last incident told: what began before it comes next. */
function pageOf(all: readonly KnownIncident[], limit: number, cursor: string | undefined) {
  const [, fromMs, id] = /^(-?\d{1,16})_(i.+)$/.exec(cursor ?? '') ?? [];
  if (cursor !== undefined && fromMs === undefined) {
    throw new ArgusError(
      `The cursor ${JSON.stringify(cursor)} is not one that Argus gave.`,
      'Leave it out to start from the first page.',
    );
  }
  const rest =
    fromMs === undefined || id === undefined
      ? all
      : all.filter(
          (one) =>
            one.incident.fromMs < Number(fromMs) || (one.incident.fromMs === Number(fromMs) && one.id < id),
        );
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return { page, next: rest.length > limit && last ? `${last.incident.fromMs}_${last.id}` : undefined };
}

function listed(reader: Reader, { id, incident, grouping }: KnownIncident, timeZone: string) {
  const counts = countsOf(incident.moments);
  const rest = counts.slice(kindsListed).reduce((sum, { count }) => sum + count, 0);
  const tracks = tracksOf(incident.moments);
  const still = bestStillOf(reader, incident.moments);
  return {
    incident_id: id,
    from: withoutMs(localTime(incident.fromMs, timeZone)),
    seconds: Math.round((incident.toMs - incident.fromMs) / 1000),
    cameras: [...incident.cameras],
    what: [...counts.slice(0, kindsListed).map(countText), ...(rest > 0 ? [`${rest} more`] : [])],
    tracks: tracks.length,
    reason: shortened(reasonsOf(incident, grouping)),
    ...(still !== undefined && { still_id: still }),
  };
}

/** The best picture of the track that was detected most surely. */
function bestStillOf(reader: Reader, moments: KnownIncident['incident']['moments']): string | undefined {
  const tracks = reader.tracksById(tracksOf(moments.slice(0, 100)));
  const [best] = tracks
    .filter(({ bestStill }) => bestStill !== undefined)
    .sort((a, b) => b.maxConfidence - a.maxConfidence);
  return best?.bestStill ?? moments.find(({ still }) => still !== undefined)?.still;
}

const reasonsTold = 2;
const shortened = (reasons: readonly string[]): string => {
  const more = reasons.length - reasonsTold;
  return [...reasons.slice(0, reasonsTold), ...(more > 0 ? [`${more} more`] : [])].join('; ');
};

function textOf(
  answer: {
    total: number;
    window: { from: string; to: string };
    incidents: readonly { incident_id: string; from: string; cameras: string[]; what: string[] }[];
    next_cursor?: string;
    notes?: readonly string[];
  },
  coverage: string,
): string {
  const { total, incidents, window, notes = [] } = answer;
  const first = incidents
    .slice(0, 3)
    .map(
      ({ incident_id, from, cameras, what }) =>
        `${incident_id} ${from} ${cameras.join(', ')}: ${what.join(', ')}`,
    );
  return [
    `${total} incident(s), ${window.from} to ${window.to}; ${incidents.length} listed${first.length > 0 ? `, the newest: ${first.join('; ')}` : ''}.`,
    coverage,
    ...notes,
  ].join('\n');
}
