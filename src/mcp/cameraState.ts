import { ArgusError } from '../domain/errors.ts';
import type { CameraState, CameraStatus, StationStatus } from '../domain/live.ts';
import type { StoredCamera, StoredRun } from '../store/types.ts';
import type { World } from './contract.ts';

/** A run that stored something so recently is still being read. */
const freshMs = 10_000;

export const cameraStates = [
  'connecting',
  'running',
  'reconnecting',
  'finished',
  'failed',
  'stopped',
  'removed',
] as const;

/** The station's status; one that does not answer is a problem to tell, while the past can still be asked about. */
export async function askStation(world: World): Promise<{ status?: StationStatus; problem?: string }> {
  try {
    const status = await (await world.live())?.status();
    return status ? { status } : {};
  } catch (error) {
    if (!(error instanceof ArgusError)) throw error;
    return { problem: error.message };
  }
}

export const statusOf = (status: StationStatus | undefined, { id }: StoredCamera): CameraStatus | undefined =>
  status?.cameras.find(({ camera: of }) => of === id);

/** The state of a camera that no station tells about, e.g. as "argus watch" reads it. */
export function storedState(
  { removedMs }: StoredCamera,
  run: StoredRun | undefined,
  nowMs: number,
): CameraState | 'removed' {
  if (run && !run.ended && nowMs - run.updatedMs < freshMs) return 'running';
  if (removedMs !== undefined) return 'removed';
  return run?.finished === true ? 'finished' : 'stopped';
}
