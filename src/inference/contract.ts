import type { Manifest } from '../config/manifest.ts';
import type { OutputTensor } from '../domain/tensor.ts';
import type { Provider, SkippedProvider } from '../domain/provider.ts';

export interface SessionOptions {
  /** The network's input, as the model's manifest gives it. */
  readonly input: Manifest['input'];
  /** Another size for the input than the manifest's. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Pictures that one run takes; 1 unless told. */
  readonly batch?: number;
  /** Threads of one run; 1 unless told, as more collapse beside any other load. */
  readonly threads?: number;
  /** Execution providers to try, in this order; CUDA where it is there unless told. CPU is always the last. */
  readonly providers?: readonly Provider[];
  /** Called before each provider is tried: loading may block the thread for minutes. */
  readonly onTry?: (provider: Provider) => void;
}

/** Planar pixels: 3 · width · height bytes, plane after plane in the network's colour order, rows without padding. */
export interface Picture {
  readonly planar: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** A network ready to run. Wait for a run before you start the next. */
export interface Session {
  /** Size of the input, pixels. A smaller picture is put inside, on black. */
  readonly width: number;
  readonly height: number;
  /** Pictures that one run takes. */
  readonly batch: number;
  /** What really runs the network. */
  readonly provider: Provider;
  /** What would have been tried before it, and why it is not used. */
  readonly skipped: readonly SkippedProvider[];
  /**
   * Runs 1 to `batch` pictures and gives the outputs of each, its batch axis 1. They are read before the call returns.
   * Blocks the thread's event loop while the network runs.
   */
  run(pictures: readonly Picture[]): Promise<Readonly<Record<string, OutputTensor>>[]>;
  close(): Promise<void>;
}
