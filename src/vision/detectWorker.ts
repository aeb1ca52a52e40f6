import { parentPort, workerData } from 'node:worker_threads';
import { classesOf } from '../config/manifest.ts';
import { decoderFor } from '../detect/index.ts';
import type { Detection } from '../domain/detection.ts';
import { messageOf } from '../domain/errors.ts';
import { openSession } from '../inference/session.ts';
import { sharpnessOf } from './sharpness.ts';
import type { DetectRequest, WorkerMessage, WorkerSetup } from './detectPool.ts';

/**
 * A worker thread with one ONNX Runtime session: frame in, detections out. `run` blocks its thread, which is why it
 * does not happen in the one that serves the pipelines.
 */
const port = parentPort;
if (!port) throw new Error('detectWorker runs as a worker thread only');
const { manifest, path } = workerData as WorkerSetup;
const send = (message: WorkerMessage) => port.postMessage(message);

try {
  const session = await openSession(path, { input: manifest.input });
  const decode = decoderFor(manifest.layout);
  const options = {
    classes: classesOf(manifest),
    minConfidence: manifest.thresholds.low,
    nmsIou: manifest.thresholds.nmsIou,
  };
  port.on('message', ({ id, planar, letterbox, withSharpness }: DetectRequest) => {
    // Here, as the pixels go no further.
    const measured = (found: Detection): Detection =>
      withSharpness ? { ...found, sharpness: sharpnessOf(planar, letterbox, found.box) } : found;
    session
      .run(planar)
      .then((outputs) => decode(outputs, letterbox, options).map(measured))
      .then((detections) => send({ type: 'detections', id, detections }))
      .catch((error: unknown) => send({ type: 'failed', message: messageOf(error) }));
  });
  send({ type: 'ready', provider: session.provider, skipped: session.skipped });
} catch (error) {
  send({ type: 'failed', message: messageOf(error) });
}
