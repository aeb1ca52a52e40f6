import { resolve } from 'node:path';
import { colourHistogram, histogramOf } from '../../src/identify/histogram.ts';
import { openSession } from '../../src/inference/session.ts';
import type { Manifest } from '../../src/config/manifest.ts';
import { cropHeight, cropWidth } from './crops.ts';

const size = { width: cropWidth, height: cropHeight, padding: 'centre' } as const;
const networks: Readonly<Record<string, { file: string; input: Manifest['input'] }>> = {
  'person-reid-0287': {
    file: 'person-reid-0287.onnx',
    input: { ...size, colour: 'bgr', mean: [0, 0, 0], std: [1, 1, 1] },
  },
  'osnet-x0-25': {
    file: 'osnet_x0_25_msmt17.onnx',
    input: { ...size, colour: 'rgb', mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] },
  },
};

/** Makes a vector of length 1 of a crop: planar, 128×256, red first. */
export type Describe = (crop: Uint8Array) => Promise<Float32Array>;

/** What there is to describe people by, under the names that appearances carry. */
export const describers: Readonly<Record<string, () => Promise<Describe>>> = {
  ...Object.fromEntries(Object.keys(networks).map((name) => [name, () => networkDescriber(name)])),
  [colourHistogram]: () => Promise.resolve((crop) => Promise.resolve(histogramOf(crop))),
};

/** A network of the shared test data. */
async function networkDescriber(name: string): Promise<Describe> {
  const network = networks[name];
  if (!network) throw new Error(`no network ${name}`);
  const shared = process.env['ARGUS_SHARED'] ?? resolve(import.meta.dirname, '../../../shared');
  const session = await openSession(resolve(shared, 'models', network.file), { input: network.input });
  return async (crop) => {
    const planar = network.input.colour === 'bgr' ? planesReversed(crop) : crop;
    const [outputs = {}] = await session.run([{ planar, width: cropWidth, height: cropHeight }]);
    const [output] = Object.values(outputs);
    if (!output) throw new Error(`${name} gave nothing`);
    return unit(output.data);
  };
}

function planesReversed(planar: Uint8Array): Uint8Array {
  const plane = planar.length / 3;
  const reversed = new Uint8Array(planar.length);
  for (let p = 0; p < 3; p++) reversed.set(planar.subarray(p * plane, (p + 1) * plane), (2 - p) * plane);
  return reversed;
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((v) => v / length);
}
