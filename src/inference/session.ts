import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { InferenceSession, listSupportedBackends, Tensor } from 'onnxruntime-node';
import type { Manifest } from '../config/manifest.ts';
import { ArgusError, messageOf } from '../domain/errors.ts';
import type { OutputTensor } from '../domain/tensor.ts';
import type { Session, SessionOptions } from './contract.ts';
import { selectProviders } from './providers.ts';
import type { Provider, RuntimeFacts, SkippedProvider } from './providers.ts';

/**
 * Loads a network for the input its manifest tells of, on the first provider that takes it.
 * @throws ArgusError when the file is missing, is no whole ONNX model, or has another input.
 */
export async function openSession(modelPath: string, options: SessionOptions): Promise<Session> {
  if (!existsSync(modelPath) || !statSync(modelPath).isFile()) {
    throw new ArgusError(
      `There is no model file ${modelPath}.`,
      'Check the path, or let Argus fetch the weights by leaving the path out.',
    );
  }
  const loaded = await loadOnFirstThatWorks(modelPath, options);
  try {
    const inputName = checkInput(modelPath, loaded.network, options.input);
    checkOutputs(modelPath, loaded.network);
    return sessionOf(loaded, inputName, options.input);
  } catch (error) {
    await loaded.network.release();
    throw error;
  }
}

interface LoadedNetwork {
  readonly network: InferenceSession;
  readonly provider: Provider;
  readonly skipped: readonly SkippedProvider[];
}

async function loadOnFirstThatWorks(modelPath: string, options: SessionOptions): Promise<LoadedNetwork> {
  const selection = selectProviders(runtimeFacts(), options.providers);
  const skipped = [...selection.skipped];
  for (const [tried, provider] of selection.order.entries()) {
    try {
      const network = await InferenceSession.create(modelPath, {
        // What this provider cannot run goes to the ones after it.
        executionProviders: selection.order.slice(tried),
        intraOpNumThreads: options.threads ?? 1,
        interOpNumThreads: 1,
        graphOptimizationLevel: 'all',
      });
      return { network, provider, skipped };
    } catch (error) {
      // A provider may fail for a reason of its own; the CPU fails only for the file's.
      if (provider === 'cpu') throw notAModel(modelPath, error);
      skipped.push({ provider, reason: firstLine(messageOf(error)) });
    }
  }
  throw new Error('selectProviders gave no cpu');
}

function sessionOf(loaded: LoadedNetwork, inputName: string, input: Manifest['input']): Session {
  const { network, provider, skipped } = loaded;
  // One buffer for all pictures: the tensor is a view of it.
  const pixels = new Float32Array(3 * input.width * input.height);
  const feeds = { [inputName]: new Tensor('float32', pixels, [1, 3, input.height, input.width]) };
  return {
    provider,
    skipped,
    async run(planar) {
      normalise(planar, pixels, input);
      const outputs: Record<string, OutputTensor> = {};
      for (const [name, { data, dims }] of Object.entries(await network.run(feeds))) {
        if (data instanceof Float32Array) outputs[name] = { data, dims };
      }
      return outputs;
    },
    close: () => network.release(),
  };
}

/** Writes (pixel − mean) / std of every plane. */
function normalise(planar: Uint8Array, into: Float32Array, { width, height, mean, std }: Manifest['input']) {
  if (planar.length !== into.length) {
    throw new ArgusError(
      `A picture of ${planar.length} bytes was given to a network that takes ${into.length} (3 × ${width} × ${height}).`,
      `Have the decoder scale to ${width}x${height} planar pixels without row padding, as the model's manifest says.`,
    );
  }
  const plane = width * height;
  for (let channel = 0; channel < 3; channel++) {
    const scale = 1 / (std[channel] ?? NaN);
    const shift = -(mean[channel] ?? NaN) * scale;
    const end = (channel + 1) * plane;
    for (let i = channel * plane; i < end; i++) into[i] = (planar[i] ?? NaN) * scale + shift;
  }
}

/** Name of the network's only input, once its type and shape are found to be what the manifest says. */
function checkInput(modelPath: string, network: InferenceSession, input: Manifest['input']): string {
  const wanted = [1, 3, input.height, input.width];
  const [first, ...others] = network.inputMetadata;
  const fits =
    first?.isTensor === true &&
    others.length === 0 &&
    first.type === 'float32' &&
    first.shape.length === wanted.length &&
    // A size given as a word is dynamic and takes any.
    first.shape.every((size, axis) => typeof size === 'string' || size === wanted[axis]);
  if (fits) return first.name;
  const found = network.inputMetadata.map((meta) =>
    meta.isTensor ? `${meta.name} ${meta.type} [${meta.shape.join(', ')}]` : meta.name,
  );
  throw new ArgusError(
    `${modelPath} takes ${found.join(' and ') || 'no input'}, but its manifest wants one float32 [${wanted.join(', ')}].`,
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

function notAModel(modelPath: string, cause: unknown): ArgusError {
  const { size } = statSync(modelPath);
  return new ArgusError(
    `${modelPath} (${size} bytes) is not a whole ONNX model that this runtime can load: ${firstLine(messageOf(cause))}.`,
    'Delete the file and start again to have it fetched anew, or put a complete .onnx file in its place.',
    { cause },
  );
}

const firstLine = (text: string): string => (text.split('\n', 1)[0] ?? '').replace(/\.$/, '');

export function runtimeFacts(): RuntimeFacts {
  const root = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  const folder = join(root, 'bin/napi-v6', process.platform, process.arch);
  return {
    built: listSupportedBackends().map(({ name }) => name),
    libraries: existsSync(folder) ? readdirSync(folder) : [],
  };
}
