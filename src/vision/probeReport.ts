import type { ElementNeed } from '../decode/elements.ts';
import type { RuntimeReport } from '../inference/runtime.ts';

/** What the native libraries of this machine can do; an error says why one cannot be loaded. */
export interface ProbeReport {
  readonly gstreamer:
    | {
        readonly missing: readonly ElementNeed[];
        readonly decoding: {
          /** In the order in which they would be tried. */
          readonly chains: readonly string[];
          readonly skipped: readonly string[];
          /** Set when what was asked for cannot be used: why, and what to do. */
          readonly refused?: readonly [string, string];
        };
      }
    | { readonly error: string };
  readonly onnxruntime: RuntimeReport | { readonly error: string };
}
