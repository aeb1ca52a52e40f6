import * as z from 'zod';
import { annotate, type LabelledBox } from '../../draw/annotate.ts';
import { ArgusError } from '../../domain/errors.ts';
import { rowNumber, eventId, trackId, type CameraId, type TrackId } from '../../domain/ids.ts';
import type { Box } from '../../domain/box.ts';
import type { PictureBox } from '../../domain/live.ts';
import type { Reader } from '../../store/reader.ts';
import type { StoredEvent, StoredStill, StoredTrack, TrackBox } from '../../store/types.ts';
import { defineTool, type World } from '../contract.ts';
import { trackInput } from '../trackOfQuestion.ts';
import { cameraInput, windowInput } from '../inputs.ts';
import { findCamera } from '../lookup.ts';
import { quoted } from '../quoted.ts';
import { liveNow, shownStill } from '../shownPictures.ts';
import { stillUri } from '../stillResource.ts';
import { localTime, parseMoment, resolveTimeZone } from '../window.ts';

/** Hosts cut or refuse larger pictures: about 1 MB of base64 for the whole answer, less for comfort. */
const maxPictureBytes = 150_000;
const maxPictureWidth = 1280;
/** Tracks are drawn when they have a point this close to the still's time, which is that of an analysed frame. */
const boxToleranceMs = 150;
/** A track is unseen for at most this long, else it ends. */
const longestUnseenMs = 2_500;
/** A picture farther off than this from the moment asked for is no answer without saying so. */
const farMs = 5_000;

export const getSnapshot = defineTool({
  name: 'get_snapshot',
  title: 'Look at a picture',
  description:
    'A picture with tracks, lines and zones drawn in: of a camera now or at a time, of an event, the best of a ' +
    'track, or a track at a moment (track_id and at). Use it to check a count with your own eyes. About one ' +
    'picture a minute and those of events and tracks are kept; the answer tells how far off the picture is.',
  input: z.object({
    camera: cameraInput,
    at: z.string().optional().describe('ISO 8601 or "-10m"; default: now'),
    event_id: trackInput.event_id,
    track_id: trackInput.track_id,
    time_zone: windowInput.time_zone,
    draw: z.boolean().default(true),
  }),
  output: z.object({
    camera: z.string(),
    time: z.string().describe('When the picture was taken'),
    asked_for: z.string().describe('Moment asked for'),
    offset_seconds: z.number().describe('Picture minus moment asked for'),
    live: z.boolean().describe('True: straight from the running camera, false: from the store'),
    still_id: z.string().optional(),
    track_id: z.string().optional().describe('Of the event or track asked for, highlighted'),
    objects: z.array(
      z.object({
        track_id: z.string().optional(),
        class: z.string(),
        confidence: z.number(),
        // Not a tuple: clients with JSON Schema draft 7 take the schema of one for "no items allowed".
        box: z.array(z.number()).length(4).describe('x1, y1, x2, y2 in 0–1'),
      }),
    ),
    track_at_moment: z
      .object({ track_id: z.string(), box: z.array(z.number()).length(4) })
      .optional()
      .describe('Where the track asked for was at the moment asked for, from its trajectory'),
    notes: z.array(z.string()).optional(),
  }),

  async handle(input, world) {
    const timeZone = resolveTimeZone(input.time_zone ?? world.timeZone);
    const reader = world.reader();
    const view = await findView(reader, world, input, timeZone);
    const shapes = input.draw ? reader.shapes(view.camera).map(({ shape }) => shape) : [];
    const time = localTime(view.timeMs, timeZone);
    const boxes = input.draw ? view.boxes.map((box) => labelled(box, view.highlight)) : [];
    if (input.draw && view.moment && view.moment.timeMs !== view.timeMs) {
      const text = `${view.moment.label} at ${localTime(view.moment.timeMs, timeZone).slice(11, 19)}`;
      boxes.push({ box: view.moment.box, text, highlighted: true });
    }
    const caption = input.draw ? `${view.camera}  ${time}` : '';
    const picture = await annotate(
      view.jpeg,
      { boxes, shapes, caption },
      { maxBytes: maxPictureBytes, maxWidth: maxPictureWidth },
    );
    const offsetMs = view.timeMs - view.askedMs;
    const notes = [...view.notes];
    if (Math.abs(offsetMs) > farMs && view.still) {
      notes.push('No picture nearer to the moment asked for is kept; pictures of events and tracks are.');
    }
    const structured = {
      camera: view.camera,
      time,
      asked_for: localTime(view.askedMs, timeZone),
      offset_seconds: Number((offsetMs / 1000).toFixed(1)),
      live: view.still === undefined,
      ...(view.still && { still_id: view.still.id }),
      ...(view.highlight && { track_id: view.highlight }),
      objects: view.boxes.map(objectOf),
      ...(view.moment && {
        track_at_moment: { track_id: view.moment.trackId, box: cornersOf(view.moment.box) },
      }),
      ...(notes.length > 0 && { notes }),
    };
    return {
      structured,
      text: textOf(structured),
      pictures: [picture.jpeg],
      ...(view.still && {
        links: [
          { uri: stillUri(view.still.id), name: `${view.camera} ${time}, full size`, mimeType: 'image/jpeg' },
        ],
      }),
    };
  },
});

interface View {
  readonly camera: CameraId;
  readonly jpeg: Uint8Array;
  readonly timeMs: number;
  readonly askedMs: number;
  readonly boxes: readonly PictureBox[];
  readonly highlight?: TrackId;
  /** Undefined for a live picture. */
  readonly still?: StoredStill;
  readonly notes: readonly string[];
  /** Where the track asked for was at the moment asked for. */
  readonly moment?: TrackBox & { readonly timeMs: number };
}

interface Asked {
  readonly camera?: string | undefined;
  readonly at?: string | undefined;
  readonly event_id?: string | undefined;
  readonly track_id?: string | undefined;
}

async function findView(reader: Reader, world: World, asked: Asked, timeZone: string): Promise<View> {
  if (asked.event_id !== undefined && asked.track_id !== undefined) {
    throw new ArgusError('Both event_id and track_id are given.', 'Give one of them.');
  }
  if (asked.event_id !== undefined) return viewOfEvent(reader, world, asked.event_id);
  if (asked.track_id !== undefined) {
    const track = trackOf(reader, asked.track_id);
    if (asked.at === undefined) return viewOfTrack(reader, world, track);
    return viewOfTrackAt(reader, world, track, parseMoment(asked.at, 'at', timeZone, world.now()), timeZone);
  }
  const camera = findCamera(reader, asked.camera).id;
  const nowMs = world.now();
  if (asked.at !== undefined)
    return viewAt(reader, world, camera, parseMoment(asked.at, 'at', timeZone, nowMs));
  return (
    (await viewNow(reader, world, camera, nowMs)) ??
    viewAt(reader, world, camera, nowMs, ['The camera gives no live picture now.'])
  );
}

async function viewNow(
  reader: Reader,
  world: World,
  camera: CameraId,
  nowMs: number,
): Promise<View | undefined> {
  // What is stored is shown instead of a station that does not answer, with its age.
  const picture = await liveNow(reader, world, camera);
  return picture && { ...picture, camera, askedMs: nowMs, notes: [] };
}

function viewOfEvent(reader: Reader, world: World, id: string): Promise<View> {
  const event = eventOf(reader, id);
  const still = (event.still && reader.still(event.still)) ?? reader.nearestStill(event.camera, event.timeMs);
  return stored(reader, world, event.camera, still, event.timeMs, { highlight: event.trackId });
}

function eventOf(reader: Reader, id: string): StoredEvent {
  const number = rowNumber(id, 'e');
  const event = number === undefined ? undefined : reader.event(eventId(number));
  if (!event)
    throw new ArgusError(
      `There is no event ${quoted(id)}.`,
      'Take an event_id from the evidence of count_zone_events.',
    );
  return event;
}

function trackOf(reader: Reader, id: string): StoredTrack {
  const track = reader.track(trackId(id));
  if (!track)
    throw new ArgusError(
      `There is no track ${quoted(id)}.`,
      'Take a track_id from the evidence of count_zone_events.',
    );
  return track;
}

function viewOfTrack(reader: Reader, world: World, track: StoredTrack): Promise<View> {
  const middleMs = (track.firstMs + track.lastMs) / 2;
  const still =
    (track.bestStill && reader.still(track.bestStill)) ?? reader.nearestStill(track.camera, middleMs);
  const askedMs = still ? Math.min(Math.max(still.timeMs, track.firstMs), track.lastMs) : middleMs;
  return stored(reader, world, track.camera, still, askedMs, { highlight: track.id });
}

/** The nearest picture that shows the track, or where none does the nearest one. */
function viewOfTrackAt(
  reader: Reader,
  world: World,
  track: StoredTrack,
  timeMs: number,
  timeZone: string,
): Promise<View> {
  const { id, camera, firstMs, lastMs } = track;
  const moment = placeAt(reader, track, timeMs);
  if (!moment) {
    throw new ArgusError(
      `Track ${id} was not seen at ${localTime(timeMs, timeZone)}.`,
      `It was from ${localTime(firstMs, timeZone)} to ${localTime(lastMs, timeZone)}: give at in between.`,
    );
  }
  const nearest = reader.nearestStill(camera, timeMs);
  const best = track.bestStill && reader.still(track.bestStill);
  const shows = (still: StoredStill) => still.timeMs >= firstMs && still.timeMs <= lastMs;
  const still = nearest && (shows(nearest) || !best) ? nearest : best;
  const notes = still && !shows(still) ? [`No picture is kept that shows track ${id}.`] : [];
  return stored(reader, world, camera, still, timeMs, { highlight: id, moment, notes });
}

/** Between its first and its last point a track is somewhere, also where it was not seen for a moment. */
function placeAt(reader: Reader, track: StoredTrack, timeMs: number): View['moment'] {
  // Events are dated in whole ms, which may be just before or after a track's end.
  const insideMs = Math.min(Math.max(timeMs, track.firstMs), track.lastMs);
  if (Math.abs(insideMs - timeMs) > 1) return undefined;
  const found = reader
    .boxesAt(track.camera, insideMs, longestUnseenMs)
    .find((box) => box.trackId === track.id);
  return found && { ...found, timeMs };
}

const viewAt = (
  reader: Reader,
  world: World,
  camera: CameraId,
  timeMs: number,
  notes: readonly string[] = [],
): Promise<View> => stored(reader, world, camera, reader.nearestStill(camera, timeMs), timeMs, { notes });

async function stored(
  reader: Reader,
  world: World,
  camera: CameraId,
  still: StoredStill | undefined,
  askedMs: number,
  extra: Partial<Pick<View, 'highlight' | 'notes' | 'moment'>>,
): Promise<View> {
  if (!still) {
    throw new ArgusError(
      `No picture of ${camera} is stored.`,
      'Ask again once the camera has run for some seconds; list_cameras tells.',
    );
  }
  return {
    camera,
    jpeg: await shownStill(reader, world, still),
    timeMs: still.timeMs,
    askedMs,
    boxes: reader.boxesAt(camera, still.timeMs, boxToleranceMs),
    still,
    notes: [],
    ...extra,
  };
}

function labelled(
  { box, label, confidence, trackId: id }: PictureBox,
  highlight: TrackId | undefined,
): LabelledBox {
  const short = id?.split('-').at(-1);
  const text = `${label}${short === undefined ? '' : ` #${short}`} ${Math.round(confidence * 100)}%`;
  return { box, text, highlighted: id !== undefined && id === highlight };
}

function objectOf({ box, label, confidence, trackId: id }: PictureBox) {
  return {
    ...(id !== undefined && { track_id: id }),
    class: label,
    confidence: Number(confidence.toFixed(2)),
    box: cornersOf(box),
  };
}

function cornersOf({ x1, y1, x2, y2 }: Box): [number, number, number, number] {
  const round = (value: number) => Number(value.toFixed(4));
  return [round(x1), round(y1), round(x2), round(y2)];
}

function textOf(answer: {
  camera: string;
  time: string;
  live: boolean;
  offset_seconds: number;
  objects: { class: string; track_id?: string }[];
  notes?: readonly string[];
}): string {
  const seen = answer.objects.map((object) => object.track_id ?? object.class).join(', ');
  const offset = answer.live ? 'live' : `${answer.offset_seconds} s from the moment asked for`;
  return [
    `${answer.camera} at ${answer.time} (${offset}): ${answer.objects.length} tracked object(s)${seen ? `: ${seen}` : ''}.`,
    ...(answer.notes ?? []),
  ].join('\n');
}
