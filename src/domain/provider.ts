/** What can run a network, named as ONNX Runtime's execution providers are. */
export const providers = ['tensorrt', 'cuda', 'coreml', 'dml', 'webgpu', 'cpu'] as const;
export type Provider = (typeof providers)[number];

export interface SkippedProvider {
  readonly provider: Provider;
  /** Why it is not used, a clause. */
  readonly reason: string;
  /** Whether it was tried and failed; else it is not there at all. */
  readonly tried: boolean;
}
