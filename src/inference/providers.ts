import type { Provider, SkippedProvider } from '../domain/provider.ts';

export interface ProviderSelection {
  /** What to try, in order; ends with `cpu`. */
  readonly order: readonly Provider[];
  readonly skipped: readonly SkippedProvider[];
}

/** What is known of the runtime before a network is loaded. */
export interface RuntimeFacts {
  /** Providers the runtime was built for; one that is not bundled is in a library of its own. */
  readonly backends: readonly { readonly name: string; readonly bundled: boolean }[];
  /** File names of libraries beside the runtime. */
  readonly libraries: readonly string[];
}

/**
 * Tried unless told. TensorRT is not: it builds an engine for minutes, and whether that is kept is not certain
 * (docs/gpu.md).
 */
const unlessTold: readonly Provider[] = ['cuda', 'cpu'];

/**
 * The providers worth trying. One that is built in but whose library is not installed is skipped here, since trying it
 * makes the runtime write to the terminal. One that is tried may still fail, e.g. for want of a GPU.
 */
export function selectProviders(
  facts: RuntimeFacts,
  wanted: readonly Provider[] = unlessTold,
): ProviderSelection {
  const order: Provider[] = [];
  const skipped: SkippedProvider[] = [];
  for (const provider of new Set<Provider>([...wanted.filter((name) => name !== 'cpu'), 'cpu'])) {
    const reason = provider === 'cpu' ? null : whyAbsent(provider, facts);
    if (reason === null) order.push(provider);
    else skipped.push({ provider, reason, tried: false });
  }
  return { order, skipped };
}

function whyAbsent(provider: Provider, { backends, libraries }: RuntimeFacts): string | null {
  const backend = backends.find(({ name }) => name === provider);
  if (backend === undefined) return 'this build of onnxruntime-node does not have it';
  const installed =
    backend.bundled || libraries.some((file) => file.includes(`onnxruntime_providers_${provider}.`));
  return installed
    ? null
    : `its library is not installed (run "npm rebuild onnxruntime-node" without ONNXRUNTIME_NODE_INSTALL=skip)`;
}
