import { requiredElements, usefulElements, elementExists } from '../decode/elements.ts';
import { describeRuntime } from '../inference/runtime.ts';
import type { Provider } from '../domain/provider.ts';
import { messageOf } from '../domain/errors.ts';
import type { ProbeReport } from './probeReport.ts';

/**
 * A process of its own that loads the native libraries and tells what they can do, as one that is broken may take its
 * process down.
 */
async function probe(): Promise<ProbeReport> {
  const wanted = process.argv.slice(2) as Provider[];
  return {
    gstreamer: await attempt(() => ({
      missing: requiredElements.filter(({ name }) => !elementExists(name)),
      missingUseful: usefulElements.filter(({ name }) => !elementExists(name)),
    })),
    onnxruntime: await attempt(() => describeRuntime(wanted.length > 0 ? wanted : undefined)),
  };
}

async function attempt<T>(action: () => T | Promise<T>): Promise<T | { readonly error: string }> {
  try {
    return await action();
  } catch (error) {
    return { error: messageOf(error) };
  }
}

process.send?.(await probe(), () => process.exit(0));
