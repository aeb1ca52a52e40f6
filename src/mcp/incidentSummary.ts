import * as z from 'zod';
import type { Reader } from '../store/reader.ts';
import type { StoredTrack } from '../store/types.ts';
import { foldTimeline, type Entry } from '../incidents/timeline.ts';
import { briefCoverage, briefCoverageSchema, withoutMs } from './coverageBrief.ts';
import { factsOf } from './incidentFacts.ts';
import { reasonsOf } from './incidentReason.ts';
import { shownProbability } from './incidentTies.ts';
import { countsOf, countText, happeningText } from './momentCounts.ts';
import { leastPoints } from './people.ts';
import { elsewhere, samePersons } from './related.ts';
import { companyOf, stepsOf, type Scene } from './scene.ts';
import { localTime } from './window.ts';

/** How much is told of each, unless all the detail is asked for. */
const concise = { entries: 12, participants: 8, related: 5, facts: 6, counts: 8 };
const detailed = { entries: 60, participants: 40, related: 20, facts: 20, counts: 40 };

/** What a summary says, without pictures. */
export const summaryFields = {
  incident_id: z.string().optional(),
  window: z.object({ from: z.string(), to: z.string() }),
  cameras: z.array(z.string()),
  reason: z.array(z.string()).describe('Why it is one incident'),
  counts: z.array(z.string()),
  timeline: z.array(
    z.object({
      time: z.string(),
      camera: z.string().optional().describe('Where there are several'),
      what: z.string().describe('With a count where it is several, until `until`'),
      until: z.string().optional(),
      track_id: z.string().optional(),
      event_id: z.string().optional().describe('The first, for get_snapshot'),
    }),
  ),
  participants: z.array(
    z.object({
      track_id: z.string(),
      class: z.string(),
      camera: z.string().optional(),
      first: z.string(),
      last: z.string(),
      same_as: z.string().optional().describe('First track of the same one'),
      still_id: z.string().optional(),
    }),
  ),
  related: z
    .array(
      z.object({
        track_id: z.string(),
        camera: z.string(),
        of: z.string().describe('The participant'),
        seconds: z.number().describe('After that track ended; below 0: before it began'),
        probability: z.number(),
      }),
    )
    .describe('Where participants were seen before and after'),
  certain: z.array(z.string()),
  uncertain: z.array(z.string()),
  coverage: briefCoverageSchema,
  left_out: z.array(z.string()).optional().describe('And how to get it'),
};

export type IncidentSummary = z.input<z.ZodObject<typeof summaryFields>>;

export interface SummaryOptions {
  readonly detail: 'concise' | 'detailed';
  readonly timeZone: string;
}

/** Who did what where, what is certain of it and what is not. */
export function summarise(
  reader: Reader,
  scene: Scene,
  { detail, timeZone }: SummaryOptions,
): IncidentSummary {
  const most = detail === 'concise' ? concise : detailed;
  const time = (timeMs: number) => withoutMs(localTime(timeMs, timeZone));
  const company = companyOf(reader, scene);
  const same = samePersons(scene, company);
  const coverage = briefCoverage(reader, scene.cameras, scene.window, timeZone);
  const counts = countsOf(scene.moments);
  const timeline = foldTimeline(stepsOf(scene), most.entries);
  const participants = mostActive(scene).slice(0, most.participants);
  const related = elsewhere(scene, company);
  const facts = factsOf(reader, scene, company, coverage, timeZone);
  const { known } = scene;
  const several = scene.cameras.length > 1;
  const inView = { cameras: scene.cameras, leastPoints };
  const others = reader.countTracksIn(scene.window, inView) - scene.participants.length;
  const rest = (what: string, all: number, told: number, how: string) =>
    all > told ? [`${all - told} of ${all} ${what}: ${how}`] : [];
  const more = detail === 'concise' ? 'response_format detailed' : 'a shorter window';
  const leftOut = [
    timeline.leftOut > 0 ? [`${timeline.leftOut} comings, goings or events in the timeline: ${more}`] : [],
    known && others > 0 ? [`${others} tracks in view that took no part: find_tracks with this window`] : [],
    rest('participants', scene.participants.length, participants.length, `find_tracks with this window`),
    rest('related', related.length, most.related, 'trace_person'),
    rest('counts', counts.length, most.counts, more),
    rest('certain facts', facts.certain.length, most.facts, more),
    rest('uncertain facts', facts.uncertain.length, most.facts, more),
  ].flat();
  return {
    ...(known && { incident_id: known.id }),
    window: { from: time(scene.window.fromMs), to: time(scene.window.toMs) },
    cameras: [...scene.cameras],
    reason: known ? reasonsOf(known.incident, known.grouping).slice(0, most.facts) : ['the window asked for'],
    counts: counts
      .slice(0, most.counts)
      .map((count) => (several ? `${count.camera}: ${countText(count)}` : countText(count))),
    timeline: timeline.entries.map((entry) => entryOf(entry, time, several)),
    participants: participants.map(({ id, label, camera, firstMs, lastMs, bestStill }) => {
      const first = same.get(id)?.trackIds[0];
      return {
        track_id: id,
        class: label,
        ...(several && { camera }),
        first: time(firstMs),
        last: time(lastMs),
        ...(first !== undefined && first !== id && { same_as: first }),
        ...(bestStill && { still_id: bestStill }),
      };
    }),
    related: related.slice(0, most.related).map(({ of, track, ...sure }) => ({
      track_id: track.id,
      camera: track.camera,
      of: of.id,
      seconds: secondsAfter(of, track),
      probability: shownProbability(sure),
    })),
    certain: facts.certain.slice(0, most.facts),
    uncertain: facts.uncertain.slice(0, most.facts),
    coverage: coverage.answer,
    ...(leftOut.length > 0 && { left_out: leftOut }),
  };
}

/** Those who made most events first, then those who were seen longest, then the earliest. */
function mostActive({ moments, participants }: Scene): StoredTrack[] {
  const events = new Map<string, number>();
  for (const { trackId, event } of moments) {
    if (event) events.set(trackId, 1 + (events.get(trackId) ?? 0));
  }
  const lengthMs = ({ firstMs, lastMs }: StoredTrack) => lastMs - firstMs;
  return participants.toSorted(
    (a, b) => (events.get(b.id) ?? 0) - (events.get(a.id) ?? 0) || lengthMs(b) - lengthMs(a),
  );
}

function entryOf(
  { fromMs, toMs, count, first, tracks }: Entry,
  time: (timeMs: number) => string,
  several: boolean,
) {
  const { type, label } = first;
  const did =
    type === 'seen' ? 'first seen' : type === 'gone' ? 'last seen' : happeningText({ ...first, type });
  return {
    time: time(fromMs),
    ...(several && { camera: first.camera }),
    what: count === 1 ? `${label} ${did}` : `${count} × ${label} ${did}, ${tracks.length} track(s)`,
    ...(time(toMs) !== time(fromMs) && { until: time(toMs) }),
    ...(tracks.length === 1 && { track_id: first.trackId }),
    ...(first.eventId && { event_id: first.eventId }),
  };
}

/** Of a track since another one ended, or as below 0 until it began; 0: both at once. */
export function secondsAfter(of: StoredTrack, track: StoredTrack): number {
  const afterMs = track.firstMs - of.lastMs;
  const beforeMs = of.firstMs - track.lastMs;
  const ms = afterMs >= 0 ? afterMs : beforeMs >= 0 ? -beforeMs : 0;
  return Number((ms / 1000).toFixed(1));
}

/** The summary in a few lines. */
export function summaryText(summary: IncidentSummary): string {
  const { incident_id: id, window, cameras, counts, uncertain, coverage } = summary;
  return [
    `${id ?? 'Window'} at ${cameras.join(', ')}, ${window.from} to ${window.to}: ${counts.length > 0 ? counts.join(', ') : 'no events'}.`,
    ...(uncertain.length > 0 ? [`Uncertain: ${uncertain.slice(0, 3).join('; ')}.`] : []),
    coverage.share === 0
      ? 'NOT WATCHED: nothing in this window was analysed.'
      : `${Number((coverage.share * 100).toFixed(2))} % of it was watched.`,
  ].join('\n');
}
