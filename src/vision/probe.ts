import { decodingChoices } from '../config/decoding.ts';
import { chooseChains, refusal } from '../decode/chains.ts';
import { requiredElements, elementExists } from '../decode/elements.ts';
import { describeRuntime } from '../inference/runtime.ts';
import type { Provider } from '../domain/provider.ts';
import { messageOf } from '../domain/errors.ts';
import type { ProbeReport } from './probeReport.ts';

/**
 * A process of its own that loads the native libraries and tells what they can do, as one that is broken may take its
 * process down.
 */
async function probe(): Promise<ProbeReport> {
  const [decoding, ...providers] = process.argv.slice(2);
  const asked = decodingChoices.find((choice) => choice === decoding) ?? 'auto';
  return {
    gstreamer: await attempt(() => {
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
    onnxruntime: await attempt(() =>
      describeRuntime(providers.length > 0 ? (providers as Provider[]) : undefined),
    ),
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
