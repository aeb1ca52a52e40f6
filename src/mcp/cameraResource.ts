import { ArgusError } from '../domain/errors.ts';
import { cameraId, type CameraId } from '../domain/ids.ts';
import { quoted } from './quoted.ts';
import type { Resource } from './resourceContract.ts';
import { liveNow, shownStill } from './shownPictures.ts';
import { localTime } from './window.ts';

export const snapshotUri = (id: CameraId): string => `argus://camera/${id}/snapshot`;

/** The newest picture of a camera, with nothing drawn into it: live while it runs, else the last one stored. */
export const cameraResource: Resource = {
  name: 'camera-snapshot',
  title: 'Newest picture of a camera',
  description: 'By camera id; live while the camera runs, else the last one stored; can be subscribed to',
  mimeType: 'image/jpeg',
  template: 'argus://camera/{id}/snapshot',
  ttlMs: 0,
  suggest: (world) =>
    world
      .reader()
      .cameras()
      .map(({ id }) => id),
  list: (world) =>
    world
      .reader()
      .cameras()
      .map(({ id, name }) => ({
        uri: snapshotUri(id),
        name: `${id}-snapshot`,
        title: `Newest picture of camera ${quoted(name)}`,
      })),
  async read(id, world) {
    const reader = world.reader();
    const camera = reader.camera(cameraId(id));
    if (!camera) throw new ArgusError(`There is no camera ${quoted(id)}.`, 'Take an id from list_cameras.');
    const live = await liveNow(reader, world, camera.id);
    if (live) return { picture: Buffer.from(live.jpeg), takenAt: localTime(live.timeMs, world.timeZone) };
    const still = reader.nearestStill(camera.id, world.now());
    if (!still)
      throw new ArgusError(
        `There is no picture of camera ${camera.id} yet.`,
        'Ask list_cameras for its state.',
      );
    const picture = await shownStill(reader, world, still);
    return { picture, takenAt: localTime(still.timeMs, world.timeZone) };
  },
};
