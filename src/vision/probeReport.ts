import type { ElementNeed } from '../decode/elements.ts';
import type { RuntimeReport } from '../inference/runtime.ts';

/** What the native libraries of this machine can do; an error says why one cannot be loaded. */
export interface ProbeReport {
  readonly gstreamer:
    | { readonly missing: readonly ElementNeed[]; readonly missingUseful: readonly ElementNeed[] }
    | { readonly error: string };
  readonly onnxruntime: RuntimeReport | { readonly error: string };
}
