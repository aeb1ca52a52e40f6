import { annotate } from '../draw/annotate.ts';
import { ArgusError } from '../domain/errors.ts';
import type { CameraId, StillId, TrackId } from '../domain/ids.ts';
import { chooseKeyFrames, type Candidate } from '../incidents/keyFrames.ts';
import type { Reader } from '../store/reader.ts';
import type { StoredStill } from '../store/types.ts';
import type { World } from './contract.ts';
import type { Scene } from './scene.ts';
import { shownStill } from './shownPictures.ts';
import { localTime } from './window.ts';

/** Hosts refuse larger ones. */
const mostBytesEach = 150_000;
const maxWidth = 960;
/** Looked at, spread over the scene. */
const mostCandidates = 200;
/** A track is drawn where it has a point so near to the picture's time, that of an analysed frame. */
const boxToleranceMs = 150;
/** A picture farther from the scene shows something else. */
const farMs = 60_000;

interface KeyPicture {
  readonly still: StoredStill;
  readonly jpeg: Buffer;
  /** Those who took part and are in it. */
  readonly tracks: readonly TrackId[];
}

export interface KeyPictures {
  readonly pictures: readonly KeyPicture[];
  readonly notes: readonly string[];
}

/** Pictures of the scene that together show the most, with boxes, lines and zones drawn in, in at most `maxBytes`. */
export async function keyPictures(
  reader: Reader,
  world: World,
  scene: Scene,
  {
    count,
    maxBytes,
    timeZone,
  }: { readonly count: number; readonly maxBytes: number; readonly timeZone: string },
): Promise<KeyPictures> {
  if (count === 0) return { pictures: [], notes: [] };
  const stills = candidatesOf(reader, scene);
  const presences = scene.participants.map(({ id, camera, firstMs, lastMs }) => ({
    trackId: id,
    camera,
    fromMs: firstMs,
    toMs: lastMs,
  }));
  const chosen = chooseKeyFrames([...stills.values()], presences, count);
  const each = Math.min(mostBytesEach, Math.floor(maxBytes / Math.max(1, chosen.length)));
  const drawn = await Promise.all(
    chosen.map(async ({ id }) => {
      const still = stills.get(id);
      return still && drawOrMiss(reader, world, scene, still, each, timeZone);
    }),
  );
  const pictures = drawn.flatMap((picture) => (picture && picture !== 'gone' ? [picture] : []));
  const small = pictures.filter(({ jpeg }) => jpeg.length <= each);
  const gone = drawn.filter((picture) => picture === 'gone').length;
  return {
    pictures: small,
    notes: [
      chosen.length === 0 ? 'No picture of it is kept.' : [],
      gone > 0 ? `${gone} picture(s) are gone from the disk.` : [],
      small.length < pictures.length ? 'Pictures do not fit into max_image_kb: see get_snapshot.' : [],
    ].flat(),
  };
}

type Known = Candidate & StoredStill;

/** The pictures of its events and of those who took part, at the time of the scene; else the nearest ones. */
function candidatesOf(
  reader: Reader,
  { moments, participants, window, cameras }: Scene,
): Map<StillId, Known> {
  const events = new Map<StillId, number>();
  const of = [
    ...spread(moments.filter(({ event }) => event)).flatMap(({ still }) => still ?? []),
    ...spread(participants).flatMap(({ bestStill }) => bestStill ?? []),
  ];
  for (const { still } of moments) if (still) events.set(still, 1 + (events.get(still) ?? 0));
  const isNear = ({ timeMs }: StoredStill) =>
    timeMs >= window.fromMs - farMs && timeMs <= window.toMs + farMs;
  const found = [...new Set(of)].flatMap((id) => reader.still(id) ?? []).filter(isNear);
  const stills = found.length > 0 ? found : nearest(reader, cameras, window.fromMs).filter(isNear);
  return new Map(stills.map((still) => [still.id, { ...still, events: events.get(still.id) ?? 0 }]));
}

const nearest = (reader: Reader, cameras: readonly CameraId[], timeMs: number): StoredStill[] =>
  cameras.flatMap((camera) => reader.nearestStill(camera, timeMs) ?? []);

function spread<T>(items: readonly T[]): T[] {
  const step = Math.max(1, items.length / (mostCandidates / 2));
  return items.filter((_, n) => Math.floor(n / step) !== Math.floor((n - 1) / step));
}

async function drawOrMiss(
  reader: Reader,
  world: World,
  scene: Scene,
  still: StoredStill,
  maxBytes: number,
  timeZone: string,
): Promise<KeyPicture | 'gone'> {
  try {
    const bytes = await shownStill(reader, world, still);
    const own = new Set(scene.participants.map(({ id }) => id));
    const boxes = reader.boxesAt(still.camera, still.timeMs, boxToleranceMs);
    const { jpeg } = await annotate(
      bytes,
      {
        boxes: boxes.map(({ box, label, trackId }) => ({
          box,
          text: `${label} #${trackId.split('-').at(-1) ?? ''}`,
          highlighted: own.has(trackId),
        })),
        shapes: reader.shapes(still.camera).map(({ shape }) => shape),
        caption: `${still.camera}  ${localTime(still.timeMs, timeZone)}`,
      },
      { maxBytes, maxWidth },
    );
    return { still, jpeg, tracks: boxes.map(({ trackId }) => trackId).filter((id) => own.has(id)) };
  } catch (error) {
    // The file was deleted, by hand or just now: the rest of the summary stands without it.
    if (error instanceof ArgusError) return 'gone';
    throw error;
  }
}
