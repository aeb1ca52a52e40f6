import { decodingChoices } from '../config/decoding.ts';
import { chooseChains, refusal } from '../decode/chains.ts';
import { requiredElements, elementExists } from '../decode/elements.ts';
import { describeRuntime } from '../inference/runtime.ts';
import { messageOf } from '../domain/errors.ts';
import type { ProbeReport } from './probeReport.ts';

/**
 * A process of its own that loads the native libraries and tells what they can do, as one that is broken may take its
 * process down.
 */
function probe(): ProbeReport {
  const asked = decodingChoices.find((choice) => choice === process.argv[2]) ?? 'auto';
  return {
    gstreamer: attempt(() => {
      const selection = chooseChains(asked, elementExists);
      const refused = selection.chains.length === 0 ? refusal(selection) : undefined;
      return {
        missing: requiredElements.filter(({ name }) => !elementExists(name)),
        decoding: {
          chains: selection.chains.map(({ name }) => name),
          skipped: selection.skipped.map(({ chain, reason }) => `${chain}: ${reason}`),
          ...(refused && { refused }),
        },
      };
    }),
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
