import * as z from 'zod';
import { createPauses } from '../../async/slices.ts';
import { clipCoverage, coverageGapMs, type CoveredInterval } from '../../domain/coverage.ts';
import { ArgusError } from '../../domain/errors.ts';
import type { Interval } from '../../domain/time.ts';
import {
  cutsOf,
  durationsOf,
  largestCrowd,
  longestVisits,
  meanPresent,
  type Visit,
} from '../../events/occupancy.ts';
import type { Reader } from '../../store/reader.ts';
import { defineTool, noCall } from '../contract.ts';
import { fixturesNote, fixturesOf } from '../fixtures.ts';
import { cameraInput, classesInput, sureInput, windowInput } from '../inputs.ts';
import { standingAt } from '../standing.ts';
import { coverageSchema, coverageText, summariseCoverage } from '../coverage.ts';
import { findCamera } from '../lookup.ts';
import { pastVisits } from '../pastVisits.ts';
import { rateNote } from '../rateNote.ts';
import { askedShape, shapeText, zoneInput } from '../shapes.ts';
import { bucketsOf, bucketUnits, localTime, resolveTimeZone, resolveWindow } from '../window.ts';
import type { BucketUnit } from '../window.ts';

/** More would fill the asker's context. */
const mostBuckets = 200;
const tracksListed = 20;
const visitsListed = 5;
/** As many are named in the text. */
const visitsTold = 3;

export const getOccupancy = defineTool({
  name: 'get_occupancy',
  title: 'How many were there at once',
  description:
    'How many were in a zone or the whole picture at once: most and when, mean, how long visits lasted and whose were longest. "How ' +
    'many were in the hall at most?", "who stayed longest at the desk?" The zone may be drawn now.',
  input: z.object({
    camera: cameraInput,
    zone: zoneInput.optional().describe('As in count_zone_events; default: whole picture'),
    ...windowInput,
    classes: classesInput,
    ...sureInput,
    bucket: z.enum(bucketUnits).optional().describe('Also tell it for each'),
  }),
  output: z.object({
    camera: z.string(),
    zone: z.string().optional(),
    window: z.object({ from: z.string(), to: z.string(), time_zone: z.string() }),
    max: z
      .object({
        count: z.int(),
        from: z.string().optional(),
        to: z.string().optional(),
        track_ids: z.array(z.string()).describe('Give one, and from as at, to get_snapshot. At most 20'),
        stationary: z.int().optional().describe('So many of them had stood still for a minute or more'),
      })
      .describe('The most at once, and the first time that they were'),
    mean: z.number().optional().describe('Average while watched; absent when nothing was'),
    visits: z
      .object({
        n: z.int(),
        mean_seconds: z.number(),
        median_seconds: z.number(),
        p90_seconds: z.number(),
        max_seconds: z.number(),
        histogram: z
          .array(
            z.object({
              from_seconds: z.number(),
              to_seconds: z.number().optional().describe('Not included; absent: no end'),
              n: z.int(),
            }),
          )
          .describe('How many lasted so long, up to the longest'),
      })
      .optional()
      .describe('How long they lasted within the window; absent when there were none'),
    longest: z
      .array(
        z.object({
          track_id: z.string(),
          class: z.string().optional(),
          from: z.string(),
          to: z.string().optional().describe('Absent: it goes on'),
          seconds: z.number(),
          still_id: z.string().optional(),
        }),
      )
      .optional()
      .describe('The longest visits, at most 5'),
    cut: z
      .object({
        by_window: z.int().describe('Began before the window, or went on after it or up to now'),
        by_gap: z.int().describe('Began or ended with a time that was not watched'),
        by_sight: z.int().optional().describe('Began or ended inside the zone: hidden or lost from sight'),
      })
      .describe('Visits that were longer than told here, or may have been'),
    buckets: z
      .array(
        z.object({
          start: z.string(),
          max: z.int(),
          max_at: z.string().optional().describe('The first time in it that they were so many'),
          mean: z.number().optional(),
          watched: z.number().describe('Share of it that was watched, 0–1'),
        }),
      )
      .optional(),
    coverage: coverageSchema,
    notes: z.array(z.string()).optional(),
  }),

  readsMuch: true,
  async handle(input, world, call = noCall) {
    const timeZone = resolveTimeZone(input.time_zone ?? world.timeZone);
    const reader = world.reader();
    const camera = findCamera(reader, input.camera);
    const asked = input.zone === undefined ? undefined : askedShape(reader, camera, { zone: input.zone });
    const zone = asked?.shape.kind === 'zone' ? asked.shape : undefined;
    const window = resolveWindow(input, reader.span(camera.id), timeZone, world.now());
    const buckets = input.bucket && checkedBuckets(window, input.bucket, timeZone);

    const fixtures = input.include_fixtures === true ? [] : fixturesOf(reader, camera.id, window);
    const filter = {
      labels: input.classes,
      minConfidence: input.min_confidence,
      without: fixtures,
    };
    const visits = await pastVisits(reader, camera.id, zone, window, filter, call);
    const watched = reader.coverage(camera.id, window);
    const crowd = largestCrowd(visits, window);
    const stationary = crowd ? standingAt(reader, crowd.tracks, crowd.fromMs).length : 0;
    const durations = durationsOf(visits, window);
    const cuts = cutsOf(visits, watched, window, coverageGapMs);
    const mean = meanPresent(visits, watched, window);
    const seen = reader.labels(camera.id);
    const unseen = input.classes?.filter((label) => !seen.includes(label)) ?? [];
    const coverage = summariseCoverage(window, watched, timeZone);
    const notes = [
      ...(unseen.length > 0
        ? [`Never seen here: ${unseen.join(', ')}. Seen: ${seen.join(', ') || 'nothing'}.`]
        : []),
      ...fixturesNote(fixtures),
      ...rateNote(reader, camera.id, window, input.classes, coverage.effective_fps),
    ];
    const structured = {
      camera: camera.id,
      ...(asked?.stored && { zone: asked.shape.id }),
      window: {
        from: localTime(window.fromMs, timeZone),
        to: localTime(window.toMs, timeZone),
        time_zone: timeZone,
      },
      max: {
        count: crowd?.tracks.length ?? 0,
        ...(crowd && { from: localTime(crowd.fromMs, timeZone), to: localTime(crowd.toMs, timeZone) }),
        track_ids: crowd?.tracks.slice(0, tracksListed) ?? [],
        ...(stationary > 0 && { stationary }),
      },
      ...(mean !== undefined && { mean: round(mean, 3) }),
      ...(durations && {
        visits: {
          n: durations.n,
          mean_seconds: round(durations.meanMs / 1000, 1),
          median_seconds: round(durations.medianMs / 1000, 1),
          p90_seconds: round(durations.p90Ms / 1000, 1),
          max_seconds: round(durations.maxMs / 1000, 1),
          histogram: durations.histogram.map(({ fromMs, toMs, n }) => ({
            from_seconds: fromMs / 1000,
            ...(toMs !== undefined && { to_seconds: toMs / 1000 }),
            n,
          })),
        },
      }),
      ...(visits.length > 0 && { longest: longestOf(reader, visits, window, timeZone) }),
      cut: { by_window: cuts.byWindow, by_gap: cuts.byGap, ...(zone && { by_sight: cuts.bySight }) },
      ...(buckets && { buckets: await inBuckets(buckets, visits, watched, timeZone, call.signal) }),
      coverage,
      ...(notes.length > 0 && { notes }),
    };
    const where = asked ? `in ${shapeText(asked)} of ${camera.id}` : `in the picture of ${camera.id}`;
    return { structured, text: textOf(where, structured) };
  },
});

/** Who stayed longest, within the window. */
function longestOf(reader: Reader, visits: readonly Visit[], window: Interval, timeZone: string) {
  const longest = longestVisits(visits, window, visitsListed);
  const tracks = new Map(
    reader.tracksById(longest.map(({ trackId }) => trackId)).map((one) => [one.id, one]),
  );
  return longest.map(({ trackId, fromMs, toMs, open }) => {
    const track = tracks.get(trackId);
    return {
      track_id: trackId,
      ...(track && { class: track.label }),
      from: localTime(fromMs, timeZone),
      ...(!open && { to: localTime(toMs, timeZone) }),
      seconds: round((toMs - fromMs) / 1000, 1),
      ...(track?.bestStill && { still_id: track.bestStill }),
    };
  });
}

type Buckets = readonly (Interval & { readonly name: string })[];

function checkedBuckets(window: Interval, unit: BucketUnit, timeZone: string): Buckets {
  const buckets = [];
  for (const bucket of bucketsOf(window, unit, timeZone)) {
    if (buckets.length === mostBuckets) {
      throw new ArgusError(
        `bucket: the window has more than ${mostBuckets} times one ${unit}.`,
        'Ask for a shorter window or a longer bucket.',
      );
    }
    buckets.push(bucket);
  }
  return buckets;
}

async function inBuckets(
  buckets: Buckets,
  visits: readonly Visit[],
  watched: readonly CoveredInterval[],
  timeZone: string,
  signal: AbortSignal,
) {
  const pause = createPauses(undefined, { signal });
  const told = [];
  for (const bucket of buckets) {
    const overlaps = ({ fromMs, toMs }: Interval) => fromMs < bucket.toMs && toMs > bucket.fromMs;
    const present = visits.filter(overlaps);
    const seen = watched.flatMap((interval) => clipCoverage(interval, bucket) ?? []);
    const mean = meanPresent(present, seen, bucket);
    const crowd = largestCrowd(present, bucket);
    told.push({
      start: bucket.name,
      max: crowd?.tracks.length ?? 0,
      ...(crowd && { max_at: localTime(crowd.fromMs, timeZone) }),
      ...(mean !== undefined && { mean: round(mean, 3) }),
      watched: summariseCoverage(bucket, seen, timeZone).share,
    });
    await pause();
  }
  return told;
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

function textOf(
  where: string,
  answer: {
    max: { count: number; from?: string; track_ids: readonly string[]; stationary?: number };
    mean?: number;
    visits?: { n: number; median_seconds: number; p90_seconds: number; max_seconds: number };
    longest?: ReturnType<typeof longestOf>;
    window: { from: string; to: string };
    coverage: z.output<typeof coverageSchema>;
    notes?: readonly string[];
  },
): string {
  const { max, mean, visits, window, coverage } = answer;
  const coverageLine = coverageText(coverage);
  const isBlind = coverage.share === 0;
  const lines = isBlind ? [coverageLine] : [];
  const when = max.from === undefined ? '' : `, first at ${max.from}`;
  const stood =
    max.stationary === undefined ? '' : ` (${max.stationary} of them had stood still for a minute or more)`;
  const average = mean === undefined ? '' : `; ${mean} on average while watched`;
  lines.push(
    `At most ${max.count} at once ${where}${stood}${when}${average}; ${window.from} to ${window.to}.`,
    ...(answer.notes ?? []),
  );
  if (visits) {
    const { n, median_seconds: median, p90_seconds: p90, max_seconds: longest } = visits;
    lines.push(`${n} visit(s): median ${median} s, 90 % at most ${p90} s, longest ${longest} s.`);
  }
  const stays = (answer.longest ?? [])
    .slice(0, visitsTold)
    .map(
      ({ track_id: id, class: label, from, to, seconds, still_id: still }) =>
        `${[id, label, still].filter((part) => part !== undefined).join(' ')}, ${seconds} s from ${from}${to === undefined ? ', still there' : ` to ${to}`}`,
    );
  if (stays.length > 0) lines.push(`Stayed longest: ${stays.join('; ')}.`);
  if (!isBlind) lines.push(coverageLine);
  if (max.track_ids.length > 0) lines.push(`Present at the most: ${max.track_ids.join(', ')}.`);
  return lines.join('\n');
}
