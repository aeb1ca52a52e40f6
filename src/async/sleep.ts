import { setTimeout as wait } from 'node:timers/promises';

/** Waits; resolves with true when the time has passed and with false as soon as the signal is aborted. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<boolean> {
  try {
    await wait(ms, undefined, { signal });
    return true;
  } catch (error) {
    if (signal?.aborted) return false;
    throw error;
  }
}
