import * as z from 'zod';
import { ArgusError } from '../../domain/errors.ts';
import { anchorOf } from '../../domain/geometry.ts';
import type { TrackId } from '../../domain/ids.ts';
import type { Interval } from '../../domain/time.ts';
import type { TrackPoint } from '../../domain/track.ts';
import type { Reader } from '../../store/reader.ts';
import type { TrackFilter, TrackPage } from '../../store/trackSearch.ts';
import type { StoredCamera, StoredTrack } from '../../store/types.ts';
import { timeByTrack } from '../../events/occupancy.ts';
import { defineTool, noCall, type Call } from '../contract.ts';
import { fixturesNote, fixturesOf } from '../fixtures.ts';
import { camerasInput, classesInput, sureInput, windowInput } from '../inputs.ts';
import { briefCoverage, briefCoverageSchema, withoutMs } from '../coverageBrief.ts';
import { joinedSpan } from '../eventQuestion.ts';
import { gather } from '../gather.ts';
import { findCameras, presentCameras, unseenClassesNote } from '../lookup.ts';
import { leastPoints } from '../people.ts';
import { pastVisits } from '../pastVisits.ts';
import { standsAfterMs } from '../standing.ts';
import { askedShape, lineInput, zoneInput } from '../shapes.ts';
import { storedEvents } from '../tally.ts';
import { kmhOf, trackSpeeds } from '../trackSpeeds.ts';
import { localTime, resolveTimeZone, resolveWindow } from '../window.ts';

/** Each takes a look at its points. */
const mostMeasured = 2_000;

const place = z.array(z.number()).length(2);

export const findTracks = defineTool({
  name: 'find_tracks',
  title: 'Find tracks',
  description:
    'Who or what was in view: tracks by class, line passed, zone visited, duration or speed. A track is one ' +
    'passage before one camera, not a person. For numbers use count_zone_events.',
  input: z.object({
    cameras: camerasInput,
    ...windowInput,
    classes: classesInput,
    ...sureInput,
    line: lineInput.optional().describe('As in count_zone_events'),
    zone: zoneInput.optional().describe('Likewise'),
    min_seconds: z.number().min(0).optional(),
    min_speed_kmh: z.number().min(0).optional().describe('Needs a camera with a scale'),
    max_speed_kmh: z.number().min(0).optional(),
    order: z.enum(['newest', 'oldest', 'longest', 'longest_in_zone']).default('newest'),
    limit: z.int().min(1).max(100).default(20),
    cursor: z.string().optional(),
  }),
  output: z.object({
    window: z.object({ from: z.string(), to: z.string() }),
    total: z.int(),
    tracks: z.array(
      z.object({
        track_id: z.string(),
        camera: z.string(),
        class: z.string(),
        from: z.string(),
        seconds: z.number(),
        first_at: place.optional().describe('Foot of the box, 0–1'),
        last_at: place.optional(),
        events: z.int(),
        still_since: z.string().optional().describe('Stood still to its end, for a minute or more'),
        seconds_in_zone: z.number().optional().describe('With order longest_in_zone'),
        speed_kmh: z.number().optional(),
        still_id: z.string().optional(),
      }),
    ),
    next_cursor: z.string().optional(),
    coverage: briefCoverageSchema,
    notes: z.array(z.string()).optional(),
  }),

  readsMuch: true,
  async handle(input, world, call = noCall) {
    const timeZone = resolveTimeZone(input.time_zone ?? world.timeZone);
    const reader = world.reader();
    const all = findCameras(reader, input.cameras);
    const window = resolveWindow(input, joinedSpan(reader, all), timeZone, world.now());
    const cameras = input.cameras ? all : presentCameras(reader, all, window);
    const ids = cameras.map(({ id }) => id);
    const inZone = await timesInZone(reader, cameras, window, input, call);
    const passed = inZone ? [...inZone.keys()] : await tracksAtShape(reader, cameras, window, input);
    const fixtures =
      input.include_fixtures === true ? [] : ids.flatMap((id) => fixturesOf(reader, id, window));
    const filter: TrackFilter = {
      cameras: ids,
      leastPoints,
      labels: input.classes && input.classes.length > 0 ? input.classes : undefined,
      ids: passed,
      minConfidence: input.min_confidence,
      without: fixtures,
      ...(input.min_seconds !== undefined && { leastMs: input.min_seconds * 1000 }),
    };
    const found = await pageOf(reader, cameras, window, filter, input, inZone);
    const { tracks, total, next } = found;
    const notes = [
      ...found.notes,
      ...fixturesNote(fixtures),
      ...(total === 0 ? unseenClassesNote(reader, cameras, input.classes) : []),
    ];
    const ends = reader.trackEnds(tracks.map(({ id }) => id));
    const speeds = await trackSpeeds(reader, cameras, tracks);
    const coverage = briefCoverage(reader, ids, window, timeZone);
    const structured = {
      window: {
        from: withoutMs(localTime(window.fromMs, timeZone)),
        to: withoutMs(localTime(window.toMs, timeZone)),
      },
      total,
      tracks: tracks.map((track, n) => {
        const seen = ends.get(track.id);
        const speed = speeds[n];
        return {
          ...identityOf(track, timeZone),
          ...(seen && { first_at: placeOf(seen.first), last_at: placeOf(seen.last) }),
          ...stillSince(track, timeZone),
          events: reader.countEvents({ track: track.id })[0]?.count ?? 0,
          ...(inZone && { seconds_in_zone: Number(((inZone.get(track.id) ?? 0) / 1000).toFixed(1)) }),
          ...(speed && { speed_kmh: kmhOf(speed.medianMps) }),
          ...(track.bestStill && { still_id: track.bestStill }),
        };
      }),
      ...(next !== undefined && { next_cursor: next }),
      coverage: coverage.answer,
      ...(notes.length > 0 && { notes }),
    };
    const listed = structured.tracks.slice(0, 3).map(({ track_id }) => track_id);
    const text = [
      `${total} track(s) of ${ids.join(', ')}, ${structured.window.from} to ${structured.window.to}; ${tracks.length} listed${listed.length > 0 ? ` (${input.order} first: ${listed.join(', ')}${tracks.length > 3 ? ', …' : ''})` : ''}.`,
      coverage.text,
      ...notes,
    ].join('\n');
    return { structured, text };
  },
});

interface Asked {
  readonly line?: z.output<typeof lineInput> | undefined;
  readonly zone?: z.output<typeof zoneInput> | undefined;
  readonly classes?: string[] | undefined;
  readonly min_speed_kmh?: number | undefined;
  readonly max_speed_kmh?: number | undefined;
  readonly order: 'newest' | 'oldest' | 'longest' | 'longest_in_zone';
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** The tracks that made an event at the line or zone in the window; undefined: it does not matter. */
async function tracksAtShape(
  reader: Reader,
  cameras: readonly StoredCamera[],
  window: Interval,
  asked: Asked,
): Promise<TrackId[] | undefined> {
  if (asked.line === undefined && asked.zone === undefined) return undefined;
  const camera = onlyCamera(cameras);
  const at = askedShape(reader, camera, asked);
  const { stored, inHand } = await gather(reader, {
    camera,
    at,
    window,
    types: ['crossing', 'enter', 'exit', 'dwell'],
    labels: asked.classes,
  });
  const ids = new Set(inHand.map(({ trackId }) => trackId));
  for (const filter of stored) for (const { trackId } of storedEvents(reader, filter)) ids.add(trackId);
  return [...ids];
}

async function pageOf(
  reader: Reader,
  cameras: readonly StoredCamera[],
  window: Interval,
  filter: TrackFilter,
  asked: Asked,
  inZone: ReadonlyMap<TrackId, number> | undefined,
): Promise<TrackPage & { readonly notes: readonly string[] }> {
  const { order, limit, cursor, min_speed_kmh: min = 0, max_speed_kmh: max = Infinity } = asked;
  const hasSpeed = asked.min_speed_kmh !== undefined || asked.max_speed_kmh !== undefined;
  if (!hasSpeed && order !== 'longest_in_zone')
    return { ...reader.trackPage(window, filter, { order, limit, cursor }), notes: [] };
  const unscaled = cameras.filter(({ scale }) => !scale).map(({ id }) => id);
  if (hasSpeed && unscaled.length > 0) {
    throw new ArgusError(
      `Speeds of ${unscaled.join(', ')} are not known: no scale is configured.`,
      'Leave min_speed_kmh and max_speed_kmh out, or give cameras that have a scale.',
    );
  }
  const byTrack = order === 'longest_in_zone' ? 'longest' : order;
  const all = reader.trackPage(window, filter, { order: byTrack, limit: mostMeasured });
  if (all.next !== undefined) {
    throw new ArgusError(
      `${all.total} tracks would have to be measured, at most ${mostMeasured} can be.`,
      'Give a shorter window, classes, or a line or zone.',
    );
  }
  const speeds = hasSpeed ? await trackSpeeds(reader, cameras, all.tracks) : [];
  const fitting = all.tracks.filter((_, n) => {
    const kmh = (speeds[n]?.medianMps ?? NaN) * 3.6;
    return !hasSpeed || (kmh >= min && kmh <= max);
  });
  if (inZone) fitting.sort((a, b) => (inZone.get(b.id) ?? 0) - (inZone.get(a.id) ?? 0));
  const untold = speeds.filter((speed) => !speed).length;
  const start = cursor === undefined ? 0 : 1 + fitting.findIndex(({ id }) => id === cursor);
  if (cursor !== undefined && start === 0) {
    throw new ArgusError(`The cursor ${JSON.stringify(cursor)} is not one that Argus gave.`, 'Leave it out.');
  }
  const tracks = fitting.slice(start, start + limit);
  const last = tracks.at(-1);
  return {
    tracks,
    total: fitting.length,
    ...(start + limit < fitting.length && last && { next: last.id }),
    notes: untold > 0 ? [`The speed of ${untold} track(s) cannot be told: they are left out.`] : [],
  };
}

/** How long each track was in the zone, where that is what they are to be ordered by. */
async function timesInZone(
  reader: Reader,
  cameras: readonly StoredCamera[],
  window: Interval,
  asked: Asked,
  call: Call,
): Promise<ReadonlyMap<TrackId, number> | undefined> {
  if (asked.order !== 'longest_in_zone') return undefined;
  if (asked.zone === undefined)
    throw new ArgusError('order: longest_in_zone is about a zone.', 'Give zone, or order longest.');
  const camera = onlyCamera(cameras);
  const { shape } = askedShape(reader, camera, { zone: asked.zone, line: asked.line });
  const zone = shape.kind === 'zone' ? shape : undefined;
  return timeByTrack(
    await pastVisits(reader, camera.id, zone, window, { labels: asked.classes }, call),
    window,
  );
}

function onlyCamera(cameras: readonly StoredCamera[]): StoredCamera {
  const [camera, ...others] = cameras;
  if (camera && others.length === 0) return camera;
  throw new ArgusError(
    'A line or zone lies in the picture of one camera.',
    `Give cameras with one of: ${cameras.map(({ id }) => id).join(', ')}.`,
  );
}

const identityOf = ({ id, camera, label, firstMs, lastMs }: StoredTrack, timeZone: string) => ({
  track_id: id,
  camera,
  class: label,
  from: withoutMs(localTime(firstMs, timeZone)),
  seconds: Number(((lastMs - firstMs) / 1000).toFixed(1)),
});

/** Since when the track stands, or stood at its end, if that is long: a parked car, somebody who waits. */
function stillSince({ stillSinceMs, lastMs }: StoredTrack, timeZone: string): { still_since?: string } {
  if (stillSinceMs === undefined || lastMs - stillSinceMs < standsAfterMs) return {};
  return { still_since: withoutMs(localTime(stillSinceMs, timeZone)) };
}

function placeOf({ box }: TrackPoint): [number, number] {
  const { x, y } = anchorOf(box);
  return [Number(x.toFixed(2)), Number(y.toFixed(2))];
}
