import { ArgusError } from '../domain/errors.ts';
import type { CameraId } from '../domain/ids.ts';
import type { LivePicture, LiveStation, StationStatus } from '../domain/live.ts';
import { pictureFromJson, type PictureJson } from './wire.ts';

/** On this machine a station answers at once or is stuck. */
const patienceMs = 5_000;

/** The station that another process of this machine runs. */
export function remoteStation(url: string, token: string): LiveStation {
  const get = async (path: string): Promise<Response> => {
    try {
      return await fetch(`${url}${path}`, {
        headers: { Authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(patienceMs),
      });
    } catch (error) {
      throw new ArgusError(`The station at ${url} does not answer.`, 'Look at its log, or start it again.', {
        cause: error,
      });
    }
  };
  return {
    status: async () => (await ok(await get('/api/status'))) as StationStatus,
    latestPicture: async (camera: CameraId): Promise<LivePicture | undefined> => {
      const response = await get(`/api/cameras/${encodeURIComponent(camera)}/picture`);
      if (response.status === 404) return undefined;
      return pictureFromJson((await ok(response)) as PictureJson);
    },
  };
}

async function ok(response: Response): Promise<unknown> {
  if (response.ok) return response.json();
  throw new ArgusError(
    `The station answered ${response.status}: ${await response.text()}`,
    'If its token was changed, start it again.',
  );
}
