import type { Provider, SkippedProvider } from '../domain/provider.ts';
import { encodeOnnx } from '../onnx/write.ts';
import { Tensor } from 'onnxruntime-node';
import { loadOnFirstThatWorks, runtimeFacts } from './load.ts';

export interface RuntimeReport {
  /** Providers that the runtime was built with. */
  readonly built: readonly string[];
  /** The one that really ran a network. */
  readonly provider: Provider;
  readonly skipped: readonly SkippedProvider[];
}

/** What runs a small network on this machine: found out by running one. */
export async function describeRuntime(providers?: readonly Provider[]): Promise<RuntimeReport> {
  const tensor = new Tensor('float32', new Float32Array(smallSize ** 2), [1, 1, smallSize, smallSize]);
  const loaded = await loadOnFirstThatWorks(smallNetwork(), {
    name: 'a small network',
    feeds: () => ({ in: tensor }),
    ...(providers && { providers }),
  });
  await loaded.network.release();
  return {
    built: runtimeFacts().backends.map(({ name }) => name),
    provider: loaded.provider,
    skipped: loaded.skipped,
  };
}

const smallSize = 8;

/** One convolution, which every provider has. */
function smallNetwork(): Uint8Array {
  const dims = [1, 1, smallSize, smallSize];
  return encodeOnnx({
    name: 'small',
    producer: 'argus',
    opset: 17,
    nodes: [
      {
        opType: 'Conv',
        name: 'conv',
        inputs: ['in', 'weights'],
        outputs: ['out'],
        attributes: { pads: { ints: [1, 1, 1, 1] } },
      },
    ],
    constants: [{ name: 'weights', dims: [1, 1, 3, 3], data: new Float32Array(9).fill(1) }],
    inputs: [{ name: 'in', dims }],
    outputs: [{ name: 'out', dims }],
  });
}
