import * as z from 'zod';
import { ArgusError } from '../../domain/errors.ts';
import { trackId, type CameraId, type TrackId } from '../../domain/ids.ts';
import type { Interval } from '../../domain/time.ts';
import type { Identity, SeenTrack } from '../../identify/contract.ts';
import type { Reader } from '../../store/reader.ts';
import type { StoredTrack } from '../../store/types.ts';
import { defineTool, requireWrite, type World } from '../contract.ts';
import { camerasInput, windowInput } from '../inputs.ts';
import { findCamera } from '../lookup.ts';
import { peopleIn, type People } from '../people.ts';
import { findTrack, trackInput } from '../trackOfQuestion.ts';
import { localTime, resolveTimeZone, resolveWindow } from '../window.ts';

/** Looked at before and after the track, where no window is given, ms. */
const aroundMs = 3600_000;
const doubtsListed = 5;

const passage = z.object({
  track_id: z.string(),
  camera: z.string(),
  from: z.string(),
  to: z.string(),
  seconds: z.number(),
  seconds_since_previous: z
    .number()
    .optional()
    .describe('From leaving the one before; below 0: both at once'),
  probability: z.number().optional().describe('That it is the same one as the passages before, 0.9–1'),
  because: z.enum(['appearance', 'correction']).optional(),
  still_id: z.string().optional().describe('Its best picture: give track_id to get_snapshot'),
});

export const tracePerson = defineTool({
  name: 'trace_person',
  title: 'Follow somebody',
  description:
    'Where somebody was seen before and after: passages of one person through all cameras in order, each with its ' +
    'probability, and `undecided` ones. Default: an hour before and after. Look at each with get_snapshot before ' +
    'you rely on it.',
  input: z.object({
    ...trackInput,
    ...windowInput,
    cameras: camerasInput,
    same_as: z
      .string()
      .optional()
      .describe('A track_id that the user says is the same one; binds all later answers'),
    not_same_as: z.string().optional(),
  }),
  output: z.object({
    class: z.string(),
    window: z.object({ from: z.string(), to: z.string(), time_zone: z.string() }),
    passages: z.array(passage),
    cameras: z.array(z.string()).describe('In the order in which they were passed'),
    seconds_in_view: z.number(),
    undecided: z
      .array(passage.extend({ probability: z.number().describe('That it is the same one, 0.1–0.9') }))
      .describe('Cannot be told whether it is the same one; the likeliest first, at most 5'),
    compared_by: z.array(z.string()).describe('What made the descriptions of looks; empty: nothing was kept'),
    notes: z.array(z.string()).optional(),
  }),

  readsMuch: true,
  writes: true,
  async change(input, world) {
    const corrections = [
      { other: input.same_as, same: true },
      { other: input.not_same_as, same: false },
    ].flatMap(({ other, same }) => (other === undefined ? [] : [{ other: trackId(other), same }]));
    if (corrections.length === 0) return;
    requireWrite(world, 'same_as and not_same_as change who is told to be who');
    // All is checked before anything is noted: of a call that is refused nothing shall be.
    const reader = world.reader();
    const { id } = questionOf(input, world).track;
    for (const { other } of corrections) {
      if (findTrack(reader, { track_id: other }).id === id)
        throw new ArgusError(`${id} is the track asked about.`, 'Give the id of another one.');
    }
    if (input.same_as === input.not_same_as) {
      throw new ArgusError(
        `same_as and not_same_as are both ${input.same_as}.`,
        'Ask the user which of the two it is, and leave the other out.',
      );
    }
    const station = await world.live();
    for (const { other, same } of corrections) {
      if (!station) {
        throw new ArgusError(
          'No station is running, and nothing else may write.',
          `Start "argus serve", or say it on the command line: argus correct ${id} ${other} --${same ? 'same' : 'different'}`,
        );
      }
      await station.correct(id, other, same);
    }
  },
  handle(input, world) {
    const reader = world.reader();
    const { track, window, cameras, timeZone } = questionOf(input, world);
    const people = peopleIn(reader, {
      window,
      labels: [track.label],
      cameras: cameras && [...new Set([...cameras, track.camera])],
    });
    const identity = people.identities.identities.find(({ trackIds }) => trackIds.includes(track.id));
    const own = identity && passagesOf(reader, identity, people, timeZone);
    if (!own) {
      throw new ArgusError(
        `Track ${track.id} has too few sightings to be compared.`,
        'Ask for another track of the same person, e.g. one of a longer visit.',
      );
    }
    const structured = {
      class: track.label,
      window: {
        from: localTime(window.fromMs, timeZone),
        to: localTime(window.toMs, timeZone),
        time_zone: timeZone,
      },
      passages: own,
      cameras: own.map(({ camera }) => camera).filter((camera, i, all) => camera !== all[i - 1]),
      seconds_in_view: round(own.reduce((sum, { seconds }) => sum + seconds, 0)),
      undecided: undecided(reader, identity, people, timeZone),
      compared_by: descriptorsOf(people),
      ...notesOf(reader, people, window, track, input),
    };
    return { structured, text: textOf(structured) };
  },
});

interface Asked {
  readonly track_id?: string | undefined;
  readonly event_id?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly cameras?: readonly string[] | undefined;
  readonly time_zone?: string | undefined;
}

function questionOf(asked: Asked, world: World) {
  const timeZone = resolveTimeZone(asked.time_zone ?? world.timeZone);
  const reader = world.reader();
  const track = findTrack(reader, asked);
  const around = { fromMs: track.firstMs - aroundMs, toMs: track.lastMs + aroundMs };
  const window = resolveWindow(asked, around, timeZone, world.now());
  if (track.lastMs < window.fromMs || track.firstMs >= window.toMs) {
    throw new ArgusError(
      `Track ${track.id} is not in the window: it was seen from ${localTime(track.firstMs, timeZone)} to ${localTime(track.lastMs, timeZone)}.`,
      'Leave from and to out, or widen them.',
    );
  }
  return { timeZone, track, window, cameras: asked.cameras?.map((one) => findCamera(reader, one).id) };
}

interface Passage extends z.output<typeof passage> {
  camera: string;
}

function passagesOf(reader: Reader, identity: Identity, people: People, timeZone: string): Passage[] {
  const tracks = identity.trackIds.flatMap((id) => people.tracks.get(id) ?? []);
  return tracks.map((track, i) => {
    const previous = tracks[i - 1];
    const hop = identity.hops[i - 1];
    return {
      ...passageOf(reader, track, timeZone),
      ...(previous && { seconds_since_previous: round((track.fromMs - previous.toMs) / 1000) }),
      ...(hop && { probability: round(hop.probability, 2), because: hop.because }),
    };
  });
}

function passageOf(reader: Reader, { trackId, camera, fromMs, toMs }: SeenTrack, timeZone: string): Passage {
  const still = reader.track(trackId)?.bestStill;
  return {
    track_id: trackId,
    camera,
    from: localTime(fromMs, timeZone),
    to: localTime(toMs, timeZone),
    seconds: round((toMs - fromMs) / 1000),
    ...(still !== undefined && { still_id: still }),
  };
}

/** The first passage of each person who may be the same one. */
function undecided(reader: Reader, { id }: Identity, people: People, timeZone: string) {
  return people.identities.doubts
    .filter(({ a, b }) => a === id || b === id)
    .slice(0, doubtsListed)
    .flatMap(({ a, b, probability }) => {
      const track = people.tracks.get(a === id ? b : a);
      return track ? [{ ...passageOf(reader, track, timeZone), probability: round(probability, 2) }] : [];
    });
}

const descriptorsOf = ({ tracks }: People): string[] => [
  ...new Set(
    [...tracks.values()].flatMap(({ appearances }) => appearances.map(({ descriptor }) => descriptor)),
  ),
];

function notesOf(
  reader: Reader,
  { tracks }: People,
  window: Interval,
  { id, label }: StoredTrack,
  noted: { readonly same_as?: string | undefined; readonly not_same_as?: string | undefined },
): { notes?: string[] } {
  const noteOf = (other: string | undefined, what: string) => {
    if (other === undefined) return [];
    const where = tracks.has(trackId(other)) ? '' : '; it is not among the tracks compared here';
    return [`Noted: ${other} is ${what} ${id}${where}.`];
  };
  const blind = [...tracks.values()].filter(({ appearances }) => appearances.length === 0).length;
  const notes = [
    noteOf(noted.same_as, 'the same one as'),
    noteOf(noted.not_same_as, 'another one than'),
    blind > 0
      ? [
          `Of ${blind} of the ${tracks.size} tracks no looks are kept (too small, hidden, switched off or deleted): they are joined to nothing.`,
        ]
      : [],
    label === 'person' ? [] : ['Only people are told apart well: others only by colour, size and time.'],
    unwatched(reader, window),
  ].flat();
  return notes.length > 0 ? { notes } : {};
}

/** A journey with a hole may only mean that nobody looked. */
function unwatched(reader: Reader, window: Interval): string[] {
  const blind = (camera: CameraId) => reader.coverage(camera, window).length === 0;
  const cameras = reader.cameras().flatMap(({ id }) => (blind(id) ? [id] : []));
  return cameras.length > 0 ? [`NOT WATCHED in the window: ${cameras.join(', ')}.`] : [];
}

function textOf(answer: {
  class: string;
  passages: readonly Passage[];
  undecided: readonly { track_id: TrackId | string; camera: string; probability: number }[];
  notes?: readonly string[];
}): string {
  const steps = answer.passages.map(({ track_id, camera, from, to, probability }) => {
    const likely = probability === undefined ? '' : ` (${Math.round(probability * 100)} %)`;
    return `${camera} ${from.slice(11, 19)}–${to.slice(11, 19)} ${track_id}${likely}`;
  });
  const doubts = answer.undecided.map(
    ({ track_id, camera, probability }) => `${camera} ${track_id} (${Math.round(probability * 100)} %)`,
  );
  return [
    `${answer.class}: ${answer.passages.length} passage(s): ${steps.join('; ')}.`,
    ...(doubts.length > 0 ? [`Cannot tell whether the same: ${doubts.join('; ')}.`] : []),
    ...(answer.notes ?? []),
  ].join('\n');
}

const round = (value: number, digits = 1): number => Number(value.toFixed(digits));
