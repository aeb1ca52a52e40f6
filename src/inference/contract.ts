import type { Manifest } from '../config/manifest.ts';
import type { OutputTensor } from '../domain/tensor.ts';
import type { Provider, SkippedProvider } from './providers.ts';

export interface SessionOptions {
  /** The network's input, as the model's manifest gives it. */
  readonly input: Manifest['input'];
  /** Threads of one run; 1 unless told, as more collapse beside any other load. */
  readonly threads?: number;
  /** Execution providers to try, in this order; the fastest that this machine has unless told. CPU is always the last. */
  readonly providers?: readonly Provider[];
}

/** A network ready to run. One picture at a time: wait for a run before you start the next. */
export interface Session {
  /** What really runs the network. */
  readonly provider: Provider;
  /** What would have been tried before it, and why it is not used. */
  readonly skipped: readonly SkippedProvider[];
  /**
   * Runs one picture: `planar` holds 3 · width · height bytes, plane after plane in the network's colour order. It is
   * read before the call returns. Blocks the thread's event loop while the network runs.
   */
  run(planar: Uint8Array): Promise<Record<string, OutputTensor>>;
  close(): Promise<void>;
}
