import * as z from 'zod';
import { decodingText, type StationStatus } from '../../domain/live.ts';
import type { Reader } from '../../store/reader.ts';
import type { StoredCamera, StoredRun } from '../../store/types.ts';
import { askStation, cameraStates, statusOf, storedState } from '../cameraState.ts';
import { defineTool } from '../contract.ts';
import { windowInput } from '../inputs.ts';
import { coverageOf, percentText } from '../coverage.ts';
import { megabytes, problemsOf, type CameraHealth } from '../healthProblems.ts';
import { outlookOf } from '../storageOutlook.ts';
import { localTime, resolveTimeZone } from '../window.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Whoever is in view for so long should have an appearance. */
const leastLookMs = 2_000;
/** What is on its way to the database is no gap. */
const settledMs = 5_000;
/** A camera that is younger says nothing of how well it is watched. */
const leastKnownMs = 60_000;

const camera = z.object({
  id: z.string(),
  state: z.enum(cameraStates),
  since: z.string().optional(),
  message: z.string().optional(),
  fps: z.number().optional().describe('Analysed, over the last seconds'),
  fps_limit: z.number().optional().describe('As configured'),
  dropped: z
    .int()
    .optional()
    .describe('Frames skipped since the start: the detector was busy, or they could not be decoded'),
  last_frame_seconds_ago: z.number().optional(),
  watched_last_hour: z.number().optional().describe('Share, 0–1'),
  watched_last_day: z.number().optional(),
  added: z.string().optional().describe('Where that was within the last day'),
  watched_since_added: z.number().optional(),
  gaps_last_day: z.int().optional().describe('Stretches over 2 s not watched'),
  longest_gap: z.object({ from: z.string(), to: z.string() }).optional(),
  decoding: z.string().optional(),
});

export const getHealth = defineTool({
  name: 'get_health',
  title: 'Is everything watched',
  description:
    'Whether every camera is really watched, now and over the last day, and whether the disk will last: problems ' +
    'first, each with what to do. Use it when a count looks wrong.',
  input: z.object({ time_zone: windowInput.time_zone }),
  output: z.object({
    problems: z.array(z.object({ camera: z.string().optional(), problem: z.string(), next: z.string() })),
    cameras: z.array(camera),
    station: z.object({
      running: z.boolean(),
      since: z.string().optional(),
      version: z.string().optional(),
      detector: z.string().optional().describe('Model, why this one, and what runs it'),
      identify: z.string().optional().describe('What people are told apart by; absent: by nothing'),
      skipped_providers: z.array(z.string()).optional().describe('Faster ones, each with why it is not used'),
      vision_restarts: z.int().optional(),
    }),
    storage: z.object({
      database_mb: z.number(),
      stills_mb: z.number(),
      free_mb: z.number(),
      oldest: z.string().optional(),
      keeps_days: z.number().optional().describe('Of the past, at the rate so far'),
    }),
    now: z.string(),
    time_zone: z.string(),
  }),

  async handle(input, world) {
    const timeZone = resolveTimeZone(input.time_zone ?? world.timeZone);
    const reader = world.reader();
    const nowMs = world.now();
    const { status, problem } = await askStation(world);
    const runs = new Map(reader.latestRuns().map((run) => [run.camera, run]));
    const known = reader
      .cameras()
      .map((stored) => lookAt(reader, stored, runs.get(stored.id), status, nowMs));
    const watched = known.filter(({ state }) => state !== 'removed');
    const spans = known.flatMap(({ id, live }) => {
      const span = reader.span(id);
      return span ? [{ ...span, live }] : [];
    });
    const recordedMs = Math.max(
      0,
      ...spans.flatMap(({ live, fromMs, toMs }) => (live ? [toMs - fromMs] : [])),
    );
    const outlook = outlookOf(reader.usage(), recordedMs, status?.retention);
    const problems = problemsOf(watched, status, problem, outlook, nowMs);
    const structured = {
      problems,
      cameras: watched.map((one) => cameraAnswer(one, timeZone, nowMs)),
      station: stationAnswer(status, watched, timeZone),
      storage: {
        database_mb: megabytes(outlook.databaseBytes),
        stills_mb: megabytes(outlook.stillsBytes),
        free_mb: megabytes(outlook.freeBytes),
        ...(spans.length > 0 && {
          oldest: localTime(Math.min(...spans.map(({ fromMs }) => fromMs)), timeZone),
        }),
        ...(outlook.keepsDays !== undefined && { keeps_days: outlook.keepsDays }),
      },
      now: localTime(nowMs, timeZone),
      time_zone: timeZone,
    };
    return { structured, text: textOf(structured) };
  },
});

interface Looked extends CameraHealth {
  readonly id: StoredCamera['id'];
  readonly state: (typeof cameraStates)[number];
  /** Of the whole hour and day, also of a camera that was added later. */
  readonly shares?: { readonly hour: number; readonly day: number };
  readonly gaps?: number;
  readonly longestGap?: { readonly from: string; readonly to: string } | undefined;
}

function lookAt(
  reader: Reader,
  stored: StoredCamera,
  run: StoredRun | undefined,
  status: StationStatus | undefined,
  nowMs: number,
): Looked {
  const now = statusOf(status, stored);
  const state = now?.state ?? storedState(stored, run, nowMs);
  const live = run?.live ?? state !== 'finished';
  const seen = {
    ...{ id: stored.id, live, state, status: now },
    ...(status?.identify && now && now.identify !== false && { people: seenPeople(reader, stored) }),
  };
  if (!live || state === 'removed') return seen;
  const between = (fromMs: number, toMs: number) => coverageOf(reader, stored.id, { fromMs, toMs }, 'UTC');
  /** What a camera that was there could have watched. */
  const possible = (lengthMs: number) =>
    between(Math.max(nowMs - lengthMs, stored.createdMs), nowMs - settledMs);
  const shares = { hour: between(nowMs - hourMs, nowMs).share, day: between(nowMs - dayMs, nowMs).share };
  // Of a camera that was added just now nothing can be said.
  if (nowMs - settledMs - stored.createdMs < leastKnownMs) return { ...seen, shares };
  const [hour, day] = [possible(hourMs), possible(dayMs)];
  const length = ({ from, to }: { from: string; to: string }) => Date.parse(to) - Date.parse(from);
  const longestGap = day.gaps.toSorted((a, b) => length(b) - length(a))[0];
  const ageMs = nowMs - stored.createdMs;
  return {
    ...seen,
    shares,
    hourShare: hour.share,
    dayShare: day.share,
    ...(ageMs < dayMs && { ageMs }),
    gaps: day.gap_count,
    longestGap,
  };
}

/** Of the last day that was recorded: a file may be older. */
function seenPeople(reader: Reader, { id }: StoredCamera): CameraHealth['people'] {
  const span = reader.span(id);
  if (!span) return undefined;
  return reader.seenPeople(id, { fromMs: span.toMs - dayMs, toMs: span.toMs }, leastLookMs);
}

function cameraAnswer(one: Looked, timeZone: string, nowMs: number): z.input<typeof camera> {
  const { status, shares, dayShare, ageMs, gaps, longestGap } = one;
  const local = (time: string) => localTime(Date.parse(time), timeZone);
  return {
    id: one.id,
    state: one.state,
    ...(status?.sinceMs !== undefined && { since: localTime(status.sinceMs, timeZone) }),
    ...(status?.message !== undefined && { message: status.message }),
    ...(status && { fps: Number(status.fps.toFixed(1)) }),
    ...(status?.maxFps !== undefined && { fps_limit: status.maxFps }),
    ...(status && (one.live || status.dropped > 0) && { dropped: status.dropped }),
    ...(status?.lastFrameMs !== undefined &&
      one.live && { last_frame_seconds_ago: Number(((nowMs - status.lastFrameMs) / 1000).toFixed(1)) }),
    ...(shares && { watched_last_hour: shares.hour, watched_last_day: shares.day }),
    ...(ageMs !== undefined &&
      dayShare !== undefined && {
        added: localTime(nowMs - ageMs, timeZone),
        watched_since_added: dayShare,
      }),
    ...(gaps !== undefined && { gaps_last_day: gaps }),
    ...(longestGap && { longest_gap: { from: local(longestGap.from), to: local(longestGap.to) } }),
    ...(status?.decoding && { decoding: decodingText(status.decoding) }),
  };
}

function stationAnswer(status: StationStatus | undefined, cameras: readonly Looked[], timeZone: string) {
  if (!status) return { running: cameras.some(({ state }) => state === 'running') };
  const { detector, identify, visionRestarts, version, startedMs } = status;
  const provider = detector.provider === undefined ? 'starting' : `runs on ${detector.provider}`;
  return {
    running: true,
    since: localTime(startedMs, timeZone),
    version,
    detector: `${detector.reason}; ${provider}`,
    ...(identify && { identify: `${identify.descriptor}: ${identify.reason}` }),
    ...(detector.skipped.length > 0 && { skipped_providers: [...detector.skipped] }),
    vision_restarts: visionRestarts,
  };
}

function textOf(answer: {
  problems: readonly { camera?: string; problem: string; next: string }[];
  cameras: readonly z.input<typeof camera>[];
  storage: { database_mb: number; stills_mb: number; free_mb: number; keeps_days?: number };
}): string {
  const { problems, cameras, storage } = answer;
  const lines = problems.map(
    ({ camera: of, problem, next }) => `PROBLEM${of === undefined ? '' : ` of ${of}`}: ${problem} ${next}`,
  );
  if (problems.length === 0) lines.push('No problems.');
  for (const {
    id,
    state,
    fps,
    watched_last_hour: hour,
    watched_last_day: day,
    watched_since_added: young,
    added,
    gaps_last_day: gaps,
  } of cameras) {
    const rate = fps === undefined || state !== 'running' ? '' : ` at ${fps} frames/s`;
    const last = hour === undefined || day === undefined ? '' : `; watched ${percentText(hour)} of the last hour, ${percentText(day)} of the last day`; // prettier-ignore
    const since = young === undefined ? '' : `, ${percentText(young)} since it was added at ${added ?? ''}`;
    const shares = `${last}${since}${gaps === undefined ? '' : ` (${gaps === 1 ? '1 gap' : `${gaps} gaps`})`}`;
    lines.push(`${id}: ${state}${rate}${shares}.`);
  }
  const keeps =
    storage.keeps_days === undefined ? '' : `; ${storage.keeps_days} days of the past will be kept`;
  lines.push(
    `Stored: ${storage.database_mb} MB and ${storage.stills_mb} MB of pictures, ${storage.free_mb} MB free${keeps}.`,
  );
  return lines.join('\n');
}
