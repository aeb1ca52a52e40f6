import { blur } from '../draw/blur.ts';
import { ArgusError } from '../domain/errors.ts';
import type { CameraId } from '../domain/ids.ts';
import type { LivePicture } from '../domain/live.ts';
import type { Reader } from '../store/reader.ts';
import type { StoredStill } from '../store/types.ts';
import type { World } from './contract.ts';

/** People who were seen so near to a still's time are in it, ms. */
const nearMs = 1_000;

/** A stored picture as it may be shown: its camera may want people blurred. */
export async function shownStill(reader: Reader, world: World, still: StoredStill): Promise<Buffer> {
  const jpeg = await world.readStill(still.path);
  if (!reader.camera(still.camera)?.blurPeople) return jpeg;
  const people = reader.boxesAt(still.camera, still.timeMs, nearMs).filter(({ label }) => label === 'person');
  return blur(
    jpeg,
    people.map(({ box }) => box),
  );
}

/** The picture of a camera that runs, as it may be shown; undefined where none runs, or its station does not answer. */
export async function liveNow(
  reader: Reader,
  world: World,
  camera: CameraId,
): Promise<LivePicture | undefined> {
  try {
    const live = await world.live();
    const status = (await live?.status())?.cameras.find((one) => one.camera === camera);
    if (status?.state !== 'running') return undefined;
    const picture = await live?.latestPicture(camera);
    return picture && (await shownLive(reader, picture));
  } catch (error) {
    if (error instanceof ArgusError) return undefined;
    throw error;
  }
}

/** A live picture as it may be shown. */
async function shownLive(reader: Reader, picture: LivePicture): Promise<LivePicture> {
  if (!reader.camera(picture.camera)?.blurPeople) return picture;
  const people = picture.boxes.filter(({ label }) => label === 'person').map(({ box }) => box);
  return { ...picture, jpeg: await blur(picture.jpeg, people) };
}
