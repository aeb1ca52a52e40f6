import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { InferenceSession, listSupportedBackends, type Tensor } from 'onnxruntime-node';
import { ArgusError, messageOf } from '../domain/errors.ts';
import type { Provider, SkippedProvider } from '../domain/provider.ts';
import { selectProviders, type RuntimeFacts } from './providers.ts';

export interface LoadOptions {
  /** What to call the network in errors: its file. */
  readonly name: string;
  /** Values for all its inputs, for the run that shows whether a provider can run it. */
  readonly feeds: (network: InferenceSession) => Readonly<Record<string, Tensor>>;
  readonly threads?: number;
  readonly providers?: readonly Provider[];
  /** Called before each provider is tried: that may take minutes. */
  readonly onTry?: (provider: Provider) => void;
}

export interface LoadedNetwork {
  readonly network: InferenceSession;
  readonly provider: Provider;
  readonly skipped: readonly SkippedProvider[];
}

/**
 * Loads a network on the first provider that also runs it: some fail only then, e.g. for want of memory or of a kernel.
 * @throws ArgusError when not even the CPU does.
 */
export async function loadOnFirstThatWorks(bytes: Uint8Array, options: LoadOptions): Promise<LoadedNetwork> {
  const selection = selectProviders(runtimeFacts(), options.providers);
  const skipped = [...selection.skipped];
  for (const [tried, provider] of selection.order.entries()) {
    options.onTry?.(provider);
    try {
      // What this provider cannot run goes to the ones after it.
      const network = await loadAndRun(bytes, selection.order.slice(tried), options);
      return { network, provider, skipped };
    } catch (error) {
      // A provider may fail for a reason of its own; the CPU fails only for the file's.
      if (provider === 'cpu') throw cannotRun(options.name, bytes.length, error);
      skipped.push({ provider, reason: causeOf(provider, error), tried: true });
    }
  }
  throw new Error('selectProviders gave no cpu');
}

async function loadAndRun(
  bytes: Uint8Array,
  executionProviders: readonly Provider[],
  { threads = 1, feeds }: LoadOptions,
): Promise<InferenceSession> {
  const network = await InferenceSession.create(bytes, {
    executionProviders: [...executionProviders],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
  });
  try {
    await network.run(feeds(network));
    return network;
  } catch (error) {
    await network.release();
    throw error;
  }
}

function cannotRun(name: string, size: number, cause: unknown): ArgusError {
  return new ArgusError(
    `${name} (${size} bytes) is no ONNX model that this runtime can run: ${reasonOf(cause)}.`,
    'Delete the file and start again to have it fetched anew, or put another .onnx file in its place.',
    { cause },
  );
}

const causeOf = (provider: Provider, thrown: unknown): string =>
  messageOf(thrown).includes('Failed to load shared library')
    ? `its library cannot be loaded: ${libraryProblem(join(runtimeFolder(), libraryOf(provider)))}`
    : reasonOf(thrown);

const libraryOf = (provider: Provider): string =>
  process.platform === 'win32'
    ? `onnxruntime_providers_${provider}.dll`
    : `libonnxruntime_providers_${provider}.so`;

/** Why a library cannot be loaded, which the runtime tells to the terminal alone: most often another one is missing. */
export function libraryProblem(path: string): string {
  try {
    process.dlopen({ exports: {} }, path);
    return 'no reason is known';
  } catch (error) {
    return firstLine(messageOf(error)).replace(`${path}: `, '');
  }
}

/** The runtime's words without the place in its source that comes before them. */
const reasonOf = (thrown: unknown): string =>
  firstLine(messageOf(thrown))
    .replace(/^.* was false\. /, '')
    .replace(/^\/\S+\.(?:cc|h):\d+ /, '');

const firstLine = (text: string): string => (text.split('\n', 1)[0] ?? '').trim().replace(/\.$/, '');

export function runtimeFacts(): RuntimeFacts {
  const folder = runtimeFolder();
  return {
    backends: listSupportedBackends(),
    libraries: existsSync(folder) ? readdirSync(folder) : [],
  };
}

function runtimeFolder(): string {
  const root = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  return join(root, 'bin/napi-v6', process.platform, process.arch);
}
