import { setImmediate as turn } from 'node:timers/promises';

/**
 * For long work on a thread that others need too: call and await the result wherever the work may pause. It waits one
 * turn of the event loop when the work has had `sliceMs` since the last pause, and not at all otherwise. After a turn in which
 * the signal was aborted it rejects with the signal's reason.
 */
export function createPauses(
  sliceMs = 20,
  { now = () => performance.now(), signal }: { now?: () => number; signal?: AbortSignal | undefined } = {},
): () => Promise<void> {
  let sinceMs = now();
  return async () => {
    if (now() - sinceMs < sliceMs) return;
    await turn();
    signal?.throwIfAborted();
    sinceMs = now();
  };
}
