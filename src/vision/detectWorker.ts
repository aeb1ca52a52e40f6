import { parentPort, workerData } from 'node:worker_threads';
import type { Detection } from '../domain/detection.ts';
import { messageOf } from '../domain/errors.ts';
import { Detector } from './detector.ts';
import { sharpnessOf } from './sharpness.ts';
import type { WorkerMessage, WorkerRequest, WorkerSetup } from './detectPool.ts';

/**
 * A worker thread with a detector of its own: frame in, detections out. `run` blocks its thread, which is why it
 * does not happen in the one that serves the pipelines.
 */
const port = parentPort;
if (!port) throw new Error('detectWorker runs as a worker thread only');
const { manifest, path, minConfidence, providers } = workerData as WorkerSetup;
const send = (message: WorkerMessage) => port.postMessage(message);

try {
  const detector = await Detector.open({
    manifest,
    path,
    minConfidence,
    ...(providers && { providers }),
    log: (line) => send({ type: 'note', line }),
    onLoading: (what) => send({ type: 'loading', ...(what !== undefined && { what }) }),
  });
  port.on('message', (request: WorkerRequest) => {
    if (request === 'close') {
      port.close();
      return;
    }
    const { id, planar, letterbox, withSharpness } = request;
    // Here, as the pixels go no further.
    const measured = (found: Detection): Detection =>
      withSharpness ? { ...found, sharpness: sharpnessOf(planar, letterbox, found.box) } : found;
    detector
      .detect({ planar, letterbox })
      .then((detections) => send({ type: 'detections', id, detections: detections.map(measured) }))
      .catch((error: unknown) => send({ type: 'failed', message: messageOf(error) }));
  });
  send({ type: 'ready', provider: detector.provider, skipped: detector.skipped });
} catch (error) {
  send({ type: 'failed', message: messageOf(error) });
}
