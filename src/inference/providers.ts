/** What can run a network, named as ONNX Runtime names it. */
export type Provider = 'tensorrt' | 'cuda' | 'cpu';

export interface SkippedProvider {
  readonly provider: Provider;
  /** Why it is not used, a clause. */
  readonly reason: string;
}

export interface ProviderSelection {
  /** What to try, in order; ends with `cpu`. */
  readonly order: readonly Provider[];
  readonly skipped: readonly SkippedProvider[];
}

/** What is known of the runtime before a network is loaded. */
export interface RuntimeFacts {
  /** Providers the runtime was built for. */
  readonly built: readonly string[];
  /** File names of libraries beside the runtime. */
  readonly libraries: readonly string[];
}

const fastestFirst: readonly Provider[] = ['tensorrt', 'cuda', 'cpu'];

/**
 * The providers worth trying. One that is built in but whose library is not installed is skipped here, since trying it
 * makes the runtime write to the terminal. One that is tried may still fail, e.g. for want of a GPU.
 */
export function selectProviders(
  facts: RuntimeFacts,
  wanted: readonly Provider[] = fastestFirst,
): ProviderSelection {
  const order: Provider[] = [];
  const skipped: SkippedProvider[] = [];
  for (const provider of new Set<Provider>([...wanted.filter((name) => name !== 'cpu'), 'cpu'])) {
    const reason = provider === 'cpu' ? null : whyAbsent(provider, facts);
    if (reason === null) order.push(provider);
    else skipped.push({ provider, reason });
  }
  return { order, skipped };
}

function whyAbsent(provider: Provider, { built, libraries }: RuntimeFacts): string | null {
  if (!built.includes(provider)) return 'this build of onnxruntime-node does not have it';
  const installed = libraries.some((file) => file.includes(`onnxruntime_providers_${provider}.`));
  return installed
    ? null
    : `its library is not installed (run "npm rebuild onnxruntime-node" without ONNXRUNTIME_NODE_INSTALL=skip)`;
}
