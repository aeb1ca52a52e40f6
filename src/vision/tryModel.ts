import { software } from '../decode/chains.ts';
import { Video, type VideoFrame } from '../decode/video.ts';
import type { Detection } from '../domain/detection.ts';
import { ArgusError, messageOf } from '../domain/errors.ts';
import { openSession } from '../inference/session.ts';
import { safeText } from '../source/description.ts';
import { Detector } from './detector.ts';
import type { TrialAnswer, TrialRequest } from './trial.ts';

/**
 * A process of its own that runs a model that nobody has run before: what is wrong with it takes this process down
 * and nothing else.
 */
process.once('message', (request: TrialRequest) => {
  answer(request)
    .catch(failure)
    // Not `exit`: it would wait for the threads of a playing video.
    .then((result) => process.send?.(result, () => process.kill(process.pid, 'SIGKILL')))
    .catch(() => process.kill(process.pid, 'SIGKILL'));
});

async function answer(request: TrialRequest): Promise<TrialAnswer> {
  switch (request.type) {
    case 'outputs':
      return { type: 'outputs', outputs: await outputsOf(request) };
    case 'detect':
      return { type: 'detections', ...(await detect(request)) };
  }
}

async function outputsOf({ path, size }: Extract<TrialRequest, { type: 'outputs' }>) {
  const session = await advising(
    'Export it again, or check it with the tools it was exported with, e.g. onnxruntime in Python.',
    openSession(path, {
      input: { ...size, colour: 'rgb', padding: 'centre', mean: [0, 0, 0], std: [1, 1, 1] },
    }),
  );
  const black = { planar: new Uint8Array(3 * size.width * size.height), ...size };
  const [outputs = {}] = await session.run([black]);
  return Object.entries(outputs).map(([name, { dims }]) => ({ name, dims: [...dims] }));
}

/** Pictures that are looked at, at most; a video has about one a second. */
const mostPictures = 30;
/** Frames that are kept for their picture, which comes on its own way. */
const framesKept = 40;

async function detect({ path, manifest, source }: Extract<TrialRequest, { type: 'detect' }>) {
  const detector = await Detector.open({ manifest, path });
  const stills = new Map<number, Uint8Array>();
  const frames = new Map<number, VideoFrame>();
  const video = new Video(source, {
    inputWidth: manifest.input.width,
    inputHeight: manifest.input.height,
    colour: manifest.input.colour,
    live: false,
    chain: software,
    onStill: ({ ptsMs, jpeg }) => stills.set(ptsMs, jpeg),
  });
  let seen: { detections: Detection[]; jpeg: Uint8Array } | undefined;
  for (let looked = 0; looked < mostPictures;) {
    const frame = await video.nextFrame();
    if (frame) frames.set(frame.ptsMs, frame);
    else await aMoment();
    for (const [ptsMs, jpeg] of stills) {
      const its = frames.get(ptsMs);
      if (!its) continue;
      stills.delete(ptsMs);
      looked++;
      const detections = await advising(
        'Say how it was exported with --layout, --size and --classes, or leave them out for a guess.',
        detector.detect(its),
      );
      seen = { detections: detections.filter((one) => one.confidence >= manifest.thresholds.high), jpeg };
      if (seen.detections.length > 0) return seen;
    }
    if (!frame) break;
    for (const ptsMs of frames.keys()) if (frames.size > framesKept) frames.delete(ptsMs);
  }
  if (seen) return seen;
  const end = await video.ended;
  throw new ArgusError(
    `No picture could be read from ${safeText(source)}${end.kind === 'error' ? `: ${end.message.replace(/\.$/, '')}` : ''}.`,
    'Give a picture or a video that shows what the model knows with --picture.',
  );
}

/** The next step of a model that is kept, such as to fetch it anew, is none for one that is being added. */
async function advising<T>(next: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ArgusError)) throw error;
    throw new ArgusError(error.what, next, { cause: error });
  }
}

const aMoment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 500));

function failure(error: unknown): TrialAnswer {
  if (error instanceof ArgusError) return { type: 'failed', what: error.what, next: error.next };
  return {
    type: 'failed',
    what: `The model could not be run: ${messageOf(error)}.`,
    next: 'Check it with the tools it was exported with.',
  };
}
