import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { readSequences } from '../../bench/mot15.ts';
import type { Box } from '../../src/domain/box.ts';
import { ArgusError } from '../../src/domain/errors.ts';
import { importOpenvinoIr } from '../../src/models/import/openvino/index.ts';
import { shared } from '../fixtures/shared.ts';
import { framesOf } from '../inference/frames.ts';

const video = shared('video/vtest.avi');
const published = shared('models/openvino/person-reidentification-retail-0287.xml');
const reference = shared('models/person-reid-0287.onnx');
const missing = video.missing || published.missing || reference.missing;
const picture = { width: 768, height: 576, colour: 'bgr', padding: 'centre' } as const;

describe('person-reid-0287', () => {
  test.skipIf(missing)(
    'imported from OpenVINO gives for people what its ONNX file gives',
    { timeout: 60_000 },
    async () => {
      const weights = readFileSync(published.path.replace('.xml', '.bin'));
      const imported = await InferenceSession.create(
        importOpenvinoIr(readFileSync(published.path, 'utf8'), weights),
        { intraOpNumThreads: 1 },
      );
      const known = await InferenceSession.create(reference.path, { intraOpNumThreads: 1 });
      const embeddings: Float32Array[] = [];
      for (const crop of await people()) {
        const [mine, theirs] = [await embed(imported, crop), await embed(known, crop)];
        expect(cosine(mine, theirs)).toBeGreaterThan(1 - 1e-3);
        embeddings.push(mine);
      }
      await Promise.all([imported.release(), known.release()]);
      expect(embeddings.length).toBeGreaterThan(8);
      // Else all would be alike, and nothing shown: the people of the first frame are different ones.
      const [first = new Float32Array(), second = new Float32Array()] = embeddings;
      expect(cosine(first, second)).toBeLessThan(0.9);
    },
  );
});

/** People of some frames, cut out along the ground truth and scaled to the network's input. */
async function people(): Promise<Float32Array[]> {
  const truth = readSequences().find(({ name }) => name === 'PETS09-S2L1')?.truth ?? [];
  const numbers = [0, 100, 400];
  const frames = await framesOf(video.path, { ...picture, mean: [0, 0, 0], std: [1, 1, 1] }, numbers);
  return frames.flatMap((planar, i) =>
    (truth[numbers[i] ?? -1] ?? []).map(({ box }) => scaledCrop(planar, box, 128, 256)),
  );
}

/** Nearest pixels. */
function scaledCrop(planar: Uint8Array, box: Box, width: number, height: number): Float32Array {
  const crop = new Float32Array(3 * width * height);
  const pick = (from: number, to: number, share: number, length: number) =>
    Math.min(length - 1, Math.max(0, Math.floor((from + share * (to - from)) * length)));
  for (let channel = 0; channel < 3; channel++)
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++) {
        const x = pick(box.x1, box.x2, (column + 0.5) / width, picture.width);
        const y = pick(box.y1, box.y2, (row + 0.5) / height, picture.height);
        const value = planar[(channel * picture.height + y) * picture.width + x] ?? NaN;
        crop[(channel * height + row) * width + column] = value;
      }
  return crop;
}

async function embed(session: InferenceSession, crop: Float32Array): Promise<Float32Array> {
  const input = new Tensor('float32', crop, [1, 3, 256, 128]);
  const outputs = await session.run({ [session.inputNames[0] ?? '']: input });
  return outputs[session.outputNames[0] ?? '']?.data as Float32Array;
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) =>
    x.reduce((sum, value, i) => sum + value * (y[i] ?? NaN), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/** An IR of a parameter [1, 2], a constant, and one layer of both. */
function irOf(type: string, { element = 'f32', size = 8, version = '11', data = '' } = {}): string {
  const port = (id: number) => `<port id="${id}" precision="FP32"><dim>1</dim><dim>2</dim></port>`;
  return `<?xml version="1.0"?>
<net name="small" version="${version}"><layers>
  <layer id="0" name="x" type="Parameter" version="opset1"><data shape="1,2" element_type="f32"/><output>${port(0)}</output></layer>
  <layer id="1" name="w" type="Const" version="opset1"><data element_type="${element}" shape="1,2" offset="0" size="${size}"/><output>${port(0)}</output></layer>
  <layer id="2" name="y" type="${type}" version="opset1">${data}<input>${port(0)}${port(1)}</input><output>${port(2)}</output></layer>
  <layer id="3" name="y/sink_port_0" type="Result" version="opset1"><input>${port(0)}</input></layer>
</layers><edges>
  <edge from-layer="0" from-port="0" to-layer="2" to-port="0"/>
  <edge from-layer="1" from-port="0" to-layer="2" to-port="1"/>
  <edge from-layer="2" from-port="2" to-layer="3" to-port="0"/>
</edges></net>`;
}

const weights = new Uint8Array(Float32Array.of(4, -2).buffer);

test.each([
  ['Add', [7, 3]],
  ['Subtract', [-1, 7]],
  ['Multiply', [12, -10]],
  ['Divide', [0.75, -2.5]],
  ['PReLU', [3, 5]],
])('%s of an activation and a constant is computed as OpenVINO does', async (type, wanted) => {
  const session = await InferenceSession.create(importOpenvinoIr(irOf(type), weights));
  const { y } = await session.run({ x: new Tensor('float32', Float32Array.of(3, 5), [1, 2]) });
  await session.release();
  expect(Array.from(y?.data as Float32Array)).toEqual(wanted);
});

test.each([
  ['text', () => importOpenvinoIr('Not found', weights), 'not an OpenVINO model that can be read'],
  ['other XML', () => importOpenvinoIr('<html></html>', weights), 'a document of <html>, not <net>'],
  ['a cut document', () => importOpenvinoIr(irOf('Add').slice(0, 700), weights), 'not an OpenVINO model'],
  ['an old version', () => importOpenvinoIr(irOf('Add', { version: '7' }), weights), 'its version is 7'],
  [
    'an unknown type of number',
    () => importOpenvinoIr(irOf('Add', { element: 'u4' }), weights),
    'constant w is of element type u4',
  ],
  [
    'a constant of another size',
    () => importOpenvinoIr(irOf('Add', { size: 6 }), weights),
    'constant w of shape [1, 2] and type f32 cannot take 6 bytes',
  ],
  [
    'weights that are cut',
    () => importOpenvinoIr(irOf('Add'), weights.slice(0, 5)),
    'end at byte 5, but constant w lies at 0 to 8',
  ],
  [
    'an unknown layer',
    () => importOpenvinoIr(irOf('Einsum'), weights),
    'does not translate Einsum (layer y)',
  ],
  [
    'an unknown form of a layer',
    () => importOpenvinoIr(irOf('Add', { data: '<data auto_broadcast="pdpd"/>' }), weights),
    'does not translate Add with pdpd broadcasting (layer y)',
  ],
])('%s is an error that names it', (_, read, message) => {
  expect(read).toThrow(ArgusError);
  expect(read).toThrow(message);
});
