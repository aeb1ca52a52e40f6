import { existsSync, statSync } from 'node:fs';
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import type { Manifest } from '../config/manifest.ts';
import { ArgusError } from '../domain/errors.ts';
import { paddingBefore, type Padding } from '../domain/letterbox.ts';
import type { OutputTensor } from '../domain/tensor.ts';
import { describeModel, tensorText } from '../onnx/describe.ts';
import { encodeModel, readModel, type ModelMessage } from '../onnx/model.ts';
import { resizeInput, type InputSize } from '../onnx/resize.ts';
import { takePixels } from '../onnx/takePixels.ts';
import type { Picture, Session, SessionOptions } from './contract.ts';
import { loadOnFirstThatWorks, type LoadedNetwork } from './load.ts';

/**
 * Loads a network for the input its manifest tells of, on the first provider that takes it.
 * @throws ArgusError when the file is missing, is no whole ONNX model, or has another input; FixedSizeError when its
 * graph does not allow the size or the batch that is asked for.
 */
export async function openSession(modelPath: string, options: SessionOptions): Promise<Session> {
  const { input, batch = 1, size = input } = options;
  const wanted = { width: size.width, height: size.height, batch, padding: input.padding };
  const model = readPlaced(modelPath);
  checkInput(modelPath, model, input);
  resizeInput(model, wanted, batch);
  takePixels(model, input);
  // One buffer for all runs: the tensor is a view of it, and the black around a picture stays as it is.
  const pixels = new Uint8Array(batch * 3 * size.width * size.height);
  const tensor = new Tensor('uint8', pixels, [batch, 3, size.height, size.width]);
  const feeds = ({ inputNames: [name = ''] }: InferenceSession) => ({ [name]: tensor });
  const loaded = await loadOnFirstThatWorks(encodeModel(model), { ...options, name: modelPath, feeds });
  try {
    checkOutputs(modelPath, loaded.network);
    return sessionOf(loaded, wanted, pixels, feeds(loaded.network));
  } catch (error) {
    await loaded.network.release();
    throw error;
  }
}

interface Wanted extends InputSize {
  readonly batch: number;
  readonly padding: Padding;
}

function readPlaced(path: string): ModelMessage {
  if (!existsSync(path) || !statSync(path).isFile()) {
    throw new ArgusError(
      `There is no model file ${path}.`,
      'Check the path, or let Argus fetch the weights by leaving the path out.',
    );
  }
  try {
    return readModel(path);
  } catch (error) {
    if (!(error instanceof ArgusError)) throw error;
    throw new ArgusError(
      error.what,
      `Delete the file and start again if Argus fetched it. If it is yours: ${error.next}`,
      { cause: error },
    );
  }
}

function sessionOf(
  { network, provider, skipped }: LoadedNetwork,
  { width, height, batch, padding }: Wanted,
  pixels: Uint8Array,
  feeds: InferenceSession.FeedsType,
): Session {
  const pictureBytes = 3 * width * height;
  const sizes = Array.from({ length: batch }, () => ({ width: 0, height: 0 }));
  let lastRun: Promise<unknown> = Promise.resolve();

  async function runOnce(pictures: readonly Picture[]): Promise<Record<string, OutputTensor>[]> {
    for (const [i, picture] of pictures.entries()) {
      const into = pixels.subarray(i * pictureBytes, (i + 1) * pictureBytes);
      const last = sizes[i];
      if (last?.width !== picture.width || last.height !== picture.height) into.fill(0);
      sizes[i] = { width: picture.width, height: picture.height };
      place(picture, into, { width, height }, padding);
    }
    const results = Object.entries(await network.run(feeds));
    return pictures.map((_, i) => {
      const outputs: Record<string, OutputTensor> = {};
      for (const [name, { data, dims }] of results) {
        if (data instanceof Float32Array) outputs[name] = ofPicture({ data, dims }, i, batch);
      }
      return outputs;
    });
  }

  return {
    width,
    height,
    batch,
    provider,
    skipped,
    async run(pictures) {
      if (pictures.length === 0 || pictures.length > batch)
        throw new Error(`a run takes 1 to ${batch} pictures, and ${pictures.length} were given`);
      // The pixels of all runs share one buffer, and the network reads it a moment later: the next run waits.
      const run = lastRun.then(() => runOnce(pictures));
      lastRun = run.catch(() => undefined);
      return run;
    },
    close: () => network.release(),
  };
}

/** Copies a picture into an input that may be larger. */
function place(picture: Picture, into: Uint8Array, size: InputSize, padding: Padding): void {
  const { planar, width, height } = picture;
  if (planar.length !== 3 * width * height || width > size.width || height > size.height) {
    throw new ArgusError(
      `A picture of ${planar.length} bytes, said to be 3 × ${width} × ${height}, was given to a network that takes 3 × ${size.width} × ${size.height}.`,
      `Have the decoder scale to at most ${size.width}x${size.height} planar pixels without row padding, as the model's manifest says.`,
    );
  }
  if (width === size.width && height === size.height) {
    into.set(planar);
    return;
  }
  const left = paddingBefore(width, size.width, padding);
  const top = paddingBefore(height, size.height, padding);
  for (let channel = 0; channel < 3; channel++) {
    for (let row = 0; row < height; row++) {
      const from = (channel * height + row) * width;
      const to = (channel * size.height + top + row) * size.width + left;
      into.set(planar.subarray(from, from + width), to);
    }
  }
}

/** What is one picture's of an output whose first axis is the batch. */
function ofPicture({ data, dims: [, ...dims] }: OutputTensor, index: number, batch: number): OutputTensor {
  const length = data.length / batch;
  return { data: data.subarray(index * length, (index + 1) * length), dims: [1, ...dims] };
}

/** Whether the network's only input is of the type and shape that the manifest says. */
function checkInput(modelPath: string, model: ModelMessage, input: Manifest['input']): void {
  const { inputs } = describeModel(model);
  const [first, ...others] = inputs;
  const fits =
    first !== undefined &&
    others.length === 0 &&
    ['float32', 'float16'].includes(first.type) &&
    first.shape?.length === 4 &&
    // A size given as a word is dynamic and takes any.
    [1, 3, input.height, input.width].every(
      (size, axis) => typeof first.shape?.[axis] === 'string' || first.shape?.[axis] === size,
    );
  if (fits) return;
  throw new ArgusError(
    `${modelPath} takes ${inputs.map(tensorText).join(' and ') || 'no input'}, but its manifest wants one float32 [1, 3, ${input.height}, ${input.width}].`,
    `Set "input" in the model's manifest.json to the size this file was exported with, or put the file that the manifest names in its place.`,
  );
}

function checkOutputs(modelPath: string, network: InferenceSession): void {
  if (network.outputMetadata.some((meta) => meta.isTensor && meta.type === 'float32')) return;
  const found = network.outputMetadata.map((meta) =>
    meta.isTensor ? `${meta.name} ${meta.type}` : meta.name,
  );
  throw new ArgusError(
    `${modelPath} gives no float32 output, but ${found.join(' and ')}.`,
    'Export the model with float32 outputs.',
  );
}
