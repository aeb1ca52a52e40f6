import type { AnomalyNote, AnomalyVerdict } from '../domain/anomaly.ts';
import { ArgusError } from '../domain/errors.ts';
import type { Shape } from '../domain/event.ts';
import type { CameraId, ShapeId, TrackId, WatchId } from '../domain/ids.ts';
import type { LivePicture, LiveStation, StationStatus } from '../domain/live.ts';
import type { WatchDefinition } from '../domain/watch.ts';
import {
  pictureFromJson,
  refusalSchema,
  type AddedWatch,
  type CorrectionRequest,
  type ForgetRequest,
  type Forgotten,
  type NoteRequest,
  type PictureJson,
  type VerdictRequest,
  type RemovalRequest,
  type ShapeRequest,
  type WatchRemoval,
} from './wire.ts';

/** On this machine a station answers at once or is stuck. */
const patienceMs = 5_000;

/** The station that another process of this machine runs. */
export function remoteStation(url: string, token: string): LiveStation {
  const ask = async (path: string, body?: unknown): Promise<Response> => {
    try {
      return await fetch(`${url}${path}`, {
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(patienceMs),
      });
    } catch (error) {
      throw new ArgusError(`The station at ${url} does not answer.`, 'Look at its log, or start it again.', {
        cause: error,
      });
    }
  };
  return {
    status: async () => (await ok(await ask('/api/status'))) as StationStatus,
    latestPicture: async (camera: CameraId): Promise<LivePicture | undefined> => {
      const response = await ask(`/api/cameras/${encodeURIComponent(camera)}/picture`);
      if (response.status === 404) return undefined;
      return pictureFromJson((await ok(response)) as PictureJson);
    },
    correct: async (a: TrackId, b: TrackId, same: boolean) => {
      await ok(await ask('/api/corrections', { a, b, same } satisfies CorrectionRequest));
    },
    forget: async (tracks: readonly TrackId[]) =>
      (await ok(await ask('/api/forget', { tracks: [...tracks] } satisfies ForgetRequest))) as Forgotten,
    judgeAnomaly: async (verdict: AnomalyVerdict) => {
      await ok(await ask('/api/anomalies/verdicts', { ...verdict } satisfies VerdictRequest));
    },
    noteAnomaly: async (note: AnomalyNote) => {
      await ok(await ask('/api/anomalies/notes', { ...note } satisfies NoteRequest));
    },
    saveShape: async (camera: CameraId, shape: Shape) => {
      await ok(await ask('/api/shapes', { camera, shape } satisfies ShapeRequest));
    },
    removeShape: async (camera: CameraId, shape: ShapeId) => {
      await ok(await ask('/api/shapes/remove', { camera, shape } satisfies RemovalRequest));
    },
    addWatch: async (watch: WatchDefinition) =>
      ((await ok(await ask('/api/watches', { watch }))) as AddedWatch).id as WatchId,
    removeWatch: async (id: WatchId) => {
      await ok(await ask('/api/watches/remove', { id } satisfies WatchRemoval));
    },
  };
}

async function ok(response: Response): Promise<unknown> {
  if (response.ok) return response.json();
  const refused = refusalSchema.safeParse(response.status === 422 ? await response.json() : undefined);
  if (refused.success) throw new ArgusError(refused.data.what, refused.data.next);
  throw new ArgusError(
    `The station answered ${response.status}: ${await response.text()}`,
    'If its token was changed, start it again.',
  );
}
