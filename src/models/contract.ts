import type { ModelSource } from '../config/manifest.ts';

export interface ObtainOptions {
  /** Where fetched weights are kept, as `<id>.onnx`. */
  readonly cacheFolder: string;
  /** Folders to look for weights in by the name that the manifest gives, in order. */
  readonly modelPath: readonly string[];
  /** Licences that the user has accepted; fetching some kinds of weights needs it. */
  readonly acceptedLicences?: readonly string[];
  /** How long a server may take to answer before it counts as out of reach, ms. */
  readonly fetchTimeoutMs: number;
  /** Called about once a second while weights are being fetched. */
  readonly onProgress?: (progress: FetchProgress) => void;
  /** Given one line for each thing worth knowing, e.g. that a source failed. */
  readonly log?: (line: string) => void;
}

export interface FetchProgress {
  readonly modelId: string;
  readonly source: 'url' | 'npm';
  readonly elapsedMs: number;
  /** Not known while npm fetches. */
  readonly receivedBytes?: number;
  /** Not known when the server does not say. */
  readonly totalBytes?: number;
}

export interface ObtainedModel {
  readonly path: string;
  readonly source: 'cache' | ModelSource['kind'];
  /** Where the weights came from, e.g. `from /models/yolox_nano.onnx`. */
  readonly why: string;
}
