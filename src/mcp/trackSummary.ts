import * as z from 'zod';
import { anchorOf } from '../domain/geometry.ts';
import type { Interval } from '../domain/time.ts';
import { simplifyPath } from '../incidents/simplifyPath.ts';
import type { Reader } from '../store/reader.ts';
import type { StoredTrack } from '../store/types.ts';
import { withoutMs } from './coverageBrief.ts';
import { secondsAfter } from './incidentSummary.ts';
import { sameness, shownProbability } from './incidentTies.ts';
import { happeningText } from './momentCounts.ts';
import { aspectsOf } from './pastEvents.ts';
import { leastPoints, peopleAmong } from './people.ts';
import { kmhOf, trackSpeeds } from './trackSpeeds.ts';
import { localTime } from './window.ts';

const concise = { path: 10, events: 8, others: 4 };
const detailed = { path: 60, events: 50, others: 20 };
/** In heights of the picture: what moves less stands. */
const tolerance = 0.01;
/** So far before and after it is looked for the same one. */
const aroundMs = 1_800_000;
/** Comparing more takes too long for an answer about one track. */
const mostCompared = 200;
/** Of a path that goes on for days only so much is read. */
const longestPathMs = 3_600_000;

const place = z.array(z.number()).length(2);

export const trackSummaryFields = {
  track_id: z.string(),
  camera: z.string(),
  class: z.string(),
  confidence: z.number().describe('Of its surest detection'),
  from: z.string(),
  to: z.string(),
  seconds: z.number(),
  ended: z.boolean().describe('False: still in view'),
  path: z
    .array(z.object({ seconds: z.number(), at: place }))
    .describe('Foot of its box, 0–1, with straight ways between, by seconds since from'),
  speed_kmh: z.object({ median: z.number(), max: z.number() }).optional(),
  events: z.array(
    z.object({ event_id: z.string(), time: z.string(), what: z.string(), still_id: z.string().optional() }),
  ),
  same: z
    .array(
      z.object({ track_id: z.string(), camera: z.string(), seconds: z.number(), probability: z.number() }),
    )
    .describe('Other passages of the same one; seconds after this one, below 0 before'),
  beside: z
    .array(z.object({ track_id: z.string(), class: z.string(), seconds: z.number() }))
    .describe('In view of the camera at the same time, the longest first'),
  still_id: z.string().optional(),
  notes: z.array(z.string()).optional(),
};

export type TrackSummary = z.input<z.ZodObject<typeof trackSummaryFields>>;

/** One track: where it went, what it did, who it is, and who else was there. */
export async function trackSummary(
  reader: Reader,
  track: StoredTrack,
  { detail, timeZone }: { readonly detail: 'concise' | 'detailed'; readonly timeZone: string },
): Promise<TrackSummary> {
  const most = detail === 'concise' ? concise : detailed;
  const { id, camera, label, firstMs, lastMs } = track;
  const time = (timeMs: number) => withoutMs(localTime(timeMs, timeZone));
  const [speed] = await trackSpeeds(
    reader,
    reader.cameras().filter((one) => one.id === camera),
    [track],
  );
  const events = reader.events({ track: id }, { limit: most.events });
  const all = reader.countEvents({ track: id })[0]?.count ?? 0;
  const same = sameOnes(reader, track);
  const beside = besideIt(reader, track);
  const notes = [
    all > events.events.length ? `${all - events.events.length} of ${all} events are left out.` : [],
    lastMs - firstMs > longestPathMs ? 'The path is of its first hour.' : [],
    same === undefined ? 'Too many tracks around it to compare: ask trace_person with a shorter window.' : [],
    beside.length > most.others ? `${beside.length - most.others} more were beside it.` : [],
  ].flat();
  return {
    track_id: id,
    camera,
    class: label,
    confidence: round(track.maxConfidence, 2),
    from: time(firstMs),
    to: time(lastMs),
    seconds: round((lastMs - firstMs) / 1000, 1),
    ended: track.ended,
    path: pathOf(reader, track, most.path),
    ...(speed && { speed_kmh: { median: kmhOf(speed.medianMps), max: kmhOf(speed.maxMps) } }),
    events: events.events.map((event) => ({
      event_id: event.id,
      time: time(event.timeMs),
      what:
        happeningText(event) +
        (event.durationMs === undefined ? '' : ` after ${round(event.durationMs / 1000, 1)} s`),
      ...(event.still && { still_id: event.still }),
    })),
    same: (same ?? []).slice(0, most.others),
    beside: beside.slice(0, most.others),
    ...(track.bestStill && { still_id: track.bestStill }),
    ...(notes.length > 0 && { notes }),
  };
}

function pathOf(reader: Reader, { id, camera, run, firstMs }: StoredTrack, limit: number) {
  const path = reader
    .trackPoints(id, firstMs, firstMs + longestPathMs)
    .map(({ timeMs, box }) => ({ timeMs, ...anchorOf(box) }));
  const aspect = aspectsOf(reader, camera).of(run);
  return simplifyPath(path, { limit, tolerance, aspect }).map(({ timeMs, x, y }) => ({
    seconds: round((timeMs - firstMs) / 1000, 1),
    at: [round(x, 3), round(y, 3)],
  }));
}

/** The other passages of whoever it is; undefined: too many to be compared. */
function sameOnes(reader: Reader, track: StoredTrack): TrackSummary['same'] | undefined {
  const around: Interval = { fromMs: track.firstMs - aroundMs, toMs: track.lastMs + aroundMs };
  const filter = { labels: [track.label], leastPoints };
  if (reader.countTracksIn(around, filter) > mostCompared) return undefined;
  const tracks = reader.tracksIn(around, filter);
  const { identities } = peopleAmong(reader, tracks).identities;
  const identity = identities.find(({ trackIds }) => trackIds.includes(track.id));
  return (identity?.trackIds ?? [])
    .filter((id) => id !== track.id)
    .flatMap((id) => {
      const other = tracks.find((one) => one.id === id);
      if (!identity || !other) return [];
      return [
        {
          track_id: id,
          camera: other.camera,
          seconds: secondsAfter(track, other),
          probability: shownProbability(sameness(identity, track.id, id)),
        },
      ];
    });
}

function besideIt(reader: Reader, { id, camera, firstMs, lastMs }: StoredTrack): TrackSummary['beside'] {
  return reader
    .tracksIn({ fromMs: firstMs, toMs: lastMs + 1 }, { cameras: [camera], leastPoints })
    .filter((other) => other.id !== id)
    .map((other) => ({
      track_id: other.id,
      class: other.label,
      seconds: round((Math.min(lastMs, other.lastMs) - Math.max(firstMs, other.firstMs)) / 1000, 1),
    }))
    .sort((a, b) => b.seconds - a.seconds);
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));
