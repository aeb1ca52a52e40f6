import { listSupportedBackends } from 'onnxruntime-node';
import { runtimeFacts } from './session.ts';
import { selectProviders, type Provider, type SkippedProvider } from './providers.ts';

export interface RuntimeReport {
  /** Providers that the runtime was built with. */
  readonly built: readonly string[];
  /** Those that would be tried, best first. */
  readonly order: readonly Provider[];
  readonly skipped: readonly SkippedProvider[];
}

/** What this machine's ONNX Runtime would run a network on, before one is loaded. */
export function describeRuntime(): RuntimeReport {
  return { built: listSupportedBackends().map(({ name }) => name), ...selectProviders(runtimeFacts()) };
}
