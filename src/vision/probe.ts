import { requiredElements, usefulElements, elementExists } from '../decode/elements.ts';
import { describeRuntime } from '../inference/runtime.ts';
import { messageOf } from '../domain/errors.ts';
import type { ProbeReport } from './probeReport.ts';

/**
 * A process of its own that loads the native libraries and tells what they can do, as one that is broken may take its
 * process down.
 */
function probe(): ProbeReport {
  return {
    gstreamer: attempt(() => ({
      missing: requiredElements.filter(({ name }) => !elementExists(name)),
      missingUseful: usefulElements.filter(({ name }) => !elementExists(name)),
    })),
    onnxruntime: attempt(describeRuntime),
  };
}

function attempt<T>(action: () => T): T | { readonly error: string } {
  try {
    return action();
  } catch (error) {
    return { error: messageOf(error) };
  }
}

process.send?.(probe(), () => process.exit(0));
