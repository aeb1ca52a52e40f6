import { mkdir } from 'node:fs/promises';
import { openDecoding } from '../decode/decoding.ts';
import { messageOf } from '../domain/errors.ts';
import type { CameraId } from '../domain/ids.ts';
import type { Provider } from '../domain/provider.ts';
import { engineFolder, hasEngines, tensorrtEnvironment } from '../inference/engines.ts';
import { CameraReader } from './camera.ts';
import { Describer } from './describer.ts';
import { DetectPool } from './detectPool.ts';
import type { DetectorJob, FromVision, ToVision } from './messages.ts';
import { reportedFrom } from './thresholds.ts';

/**
 * The vision process: a child of the station that does all native work. It keeps nothing, so the station may start
 * it again at any time.
 */
const readers = new Map<CameraId, CameraReader>();
let pool: DetectPool | undefined;
let describer: Describer | undefined;

const beatMs = 5_000;

process.on('message', (message: ToVision) => {
  switch (message.type) {
    case 'start':
      start(message).catch((error: unknown) => fatal(messageOf(error)));
      break;
    case 'ack':
      readers.get(message.camera)?.acknowledge(message.frame);
      break;
    case 'stop':
      stop().catch((error: unknown) => fatal(messageOf(error)));
  }
});
// Without its station nobody would store what is seen.
process.on('disconnect', endNow);
// It may have died while this process loaded: nobody says so again.
if (!process.connected) endNow();
// Ctrl-C reaches the whole process group; the station decides when this process ends.
process.on('SIGINT', () => undefined);

async function start({
  detector,
  cameras,
  decoding,
  describer: described,
}: Extract<ToVision, { type: 'start' }>): Promise<void> {
  const chains = openDecoding(decoding);
  const asked = cameras.map(({ confidence }) => confidence);
  const minConfidence = reportedFrom(detector.manifest.thresholds.low, asked);
  const engines = await prepareEngines(detector);
  const onNote = (line: string) => send({ type: 'note', line });
  const opened = await DetectPool.open(
    { ...detector, minConfidence },
    {
      onNote,
      // A network that never gave an answer never will: its reason is for the user. One that did and died took a frame
      // with it: start over from what is stored rather than go on with a hole.
      onFailure: (message, hasWorked) => {
        if (hasWorked) restart(`inference: ${message}`);
        else fatal(message);
      },
    },
  );
  pool = opened.pool;
  if (engines !== undefined && opened.provider === 'tensorrt' && !hasEngines(engines)) onNote(noEngineKept);
  send({ type: 'ready', provider: opened.provider, skipped: opened.skipped });
  if (described) {
    const onReady = (provider?: Provider) => send({ type: 'describing', ...(provider && { provider }) });
    describer = new Describer(described, { onNote, onReady });
  }
  const clocks = { now: Date.now, random: Math.random };
  const context = { detector, pool, ...(describer && { describer }), chains, send, restart, ...clocks };
  for (const job of cameras) {
    const reader = new CameraReader(job, context);
    readers.set(job.camera, reader);
    reader.run().catch((error: unknown) => {
      send({ type: 'camera', run: job.run, camera: job.camera, state: 'failed', message: messageOf(error) });
    });
  }
}

/** Settings of TensorRT, where it is asked for: read when the first session is made, and by the whole process. */
async function prepareEngines({ providers, enginesFolder, path }: DetectorJob): Promise<string | undefined> {
  if (providers?.includes('tensorrt') !== true) return undefined;
  const folder = await engineFolder(enginesFolder, path);
  await mkdir(folder, { recursive: true });
  Object.assign(process.env, tensorrtEnvironment(folder, process.env));
  return folder;
}

const noEngineKept =
  'TensorRT kept no engine: this build of onnxruntime-node does not pass its settings on, so that each start builds ' +
  'anew. Take cuda for a quick start.';

async function stop(): Promise<void> {
  await Promise.all([...readers.values()].map((reader) => reader.stop()));
  // Leaving while a network runs would abort the process from within the runtime.
  await Promise.all([pool?.close(), describer?.close()]);
  // A bus thread that never came back would keep the process alive.
  process.exit(0);
}

/** Not `process.exit`: it waits for the threads in native code, and that of a playing video's bus may never return. */
function endNow(): void {
  process.kill(process.pid, 'SIGKILL');
}

function fatal(message: string): void {
  process.send?.({ type: 'fatal', message } satisfies FromVision, endNow);
}

/** Ends this process for its station to start it anew. */
function restart(why: string): void {
  process.stderr.write(`${why}\n`, endNow);
}

// Whatever happens, the station hears of this process, or takes it for hung.
setInterval(() => send({ type: 'beat' }), beatMs);

function send(message: FromVision): void {
  // The channel may break before anybody says that the station is gone: unheard, the error would end this process from
  // within, while native threads run.
  const onSent = (error: Error | null): void => {
    if (error) endNow();
  };
  if (process.connected) process.send?.(message, onSent);
}
