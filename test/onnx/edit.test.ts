import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { ArgusError } from '../../src/domain/errors.ts';
import { describeModel } from '../../src/onnx/describe.ts';
import { decodeModel, encodeModel, type ModelMessage } from '../../src/onnx/model.ts';
import { FixedSizeError, resizeInput } from '../../src/onnx/resize.ts';
import { takePixels } from '../../src/onnx/takePixels.ts';
import { encodeOnnx, type OnnxNode } from '../../src/onnx/write.ts';
import { shared } from '../fixtures/shared.ts';

/** A network of these nodes from `in` [1, 3, 64, 64] to `out`. */
const networkOf = (
  nodes: readonly OnnxNode[],
  constants: Parameters<typeof encodeOnnx>[0]['constants'] = [],
) =>
  decodeModel(
    encodeOnnx({
      name: 'net',
      producer: 'test',
      opset: 13,
      nodes,
      constants,
      inputs: [{ name: 'in', dims: [1, 3, 64, 64] }],
      outputs: [{ name: 'out', dims: [1] }],
    }),
    'net.onnx',
  );

const node = (opType: string, inputs: string[], output: string): OnnxNode => ({
  opType,
  name: `${opType}-${output}`,
  inputs,
  outputs: [output],
  attributes: {},
});

async function run(model: ModelMessage, input: Tensor): Promise<Tensor> {
  const session = await InferenceSession.create(encodeModel(model), { intraOpNumThreads: 1 });
  const outputs = await session.run({ [session.inputNames[0] ?? '']: input });
  await session.release();
  const first = outputs[session.outputNames[0] ?? ''];
  if (!first) throw new Error('no output');
  return first;
}

describe.each([
  ['yolox_nano.onnx', 416, false],
  ['yolov10n.onnx', 640, false],
  ['yolo11n_320.onnx', 320, true],
] as const)('%s', (name, side, isQuantised) => {
  const file = shared(`models/${name}`);
  const pixels = (width: number, height: number, batch = 1) => {
    const data = Float32Array.from(
      { length: batch * 3 * width * height },
      (_, i) => ((i * 7919) % 251) / 251,
    );
    return new Tensor('float32', data, [batch, 3, height, width]);
  };

  test.skipIf(file.missing)('is the same after it was read and written', async () => {
    const bytes = readFileSync(file.path);
    const [before, after] = await Promise.all(
      [bytes, encodeModel(decodeModel(bytes, name))].map((content) =>
        InferenceSession.create(content, { intraOpNumThreads: 1 }),
      ),
    );
    const input = { images: pixels(side, side) };
    const [a, b] = [await before?.run(input), await after?.run(input)];
    await Promise.all([before?.release(), after?.release()]);
    for (const key of Object.keys(a ?? {})) expect(b?.[key]?.data).toEqual(a?.[key]?.data);
    expect(Object.keys(a ?? {})).not.toEqual([]);
  });

  test.skipIf(file.missing)(
    'runs at other sizes, and gives a batch what each of it alone gives',
    async () => {
      const small = { width: side, height: side - 64 };
      const single = decodeModel(readFileSync(file.path), name);
      resizeInput(single, small);
      const double = decodeModel(readFileSync(file.path), name);
      resizeInput(double, small, 2);
      const both = pixels(small.width, small.height, 2);
      const half = both.data.length / 2;
      const second = new Tensor('float32', both.data.slice(half), [1, 3, small.height, small.width]);

      const alone = await run(single, second);
      const together = await run(double, both);
      expect(together.dims).toEqual([2, ...alone.dims.slice(1)]);
      // A dynamically quantised network scales all of a batch alike, so that each changes the others.
      if (isQuantised) return;
      const ofSecond = (together.data as Float32Array).subarray(alone.data.length);
      const worst = (alone.data as Float32Array).reduce(
        (most, value, i) => Math.max(most, Math.abs(value - (ofSecond[i] ?? NaN))),
        0,
      );
      // A dynamically quantised network scales a whole batch alike; the others differ by rounding.
      expect(worst).toBeLessThan(name.includes('yolo11') ? 40 : 0.05);
    },
  );
});

describe('a network of float16', () => {
  /** float16 in, doubled, float16 out. */
  const half = () => {
    const model = networkOf([node('Add', ['in', 'in'], 'out')]);
    for (const value of [...model.graph.input, ...model.graph.output]) {
      const type = value.type?.tensorType;
      if (type) type.elemType = 10;
    }
    return model;
  };

  test('takes bytes and gives float32', async () => {
    const model = half();
    takePixels(model, { mean: [0, 0, 10], std: [1, 2, 1] });
    expect(describeModel(model).inputs[0]).toMatchObject({ type: 'uint8', shape: [1, 3, 64, 64] });
    const input = new Tensor('uint8', new Uint8Array(3 * 64 * 64).fill(50), [1, 3, 64, 64]);
    const output = await run(model, input);
    expect(output.type).toBe('float32');
    const plane = 64 * 64;
    expect([0, plane, 2 * plane].map((i) => output.data[i])).toEqual([100, 50, 80]);
  });
});

describe('what has a value for each cell', () => {
  const cells = 8 * 8 + 4 * 4 + 2 * 2;
  test('and is no centre or stride, keeps the network at its size', () => {
    const learntNetwork = () =>
      networkOf(
        [node('Add', ['in', 'learnt'], 'out')],
        [{ name: 'learnt', dims: [1, cells], data: new Float32Array(cells).fill(0.5) }],
      );
    const resize = () => resizeInput(learntNetwork(), { width: 64, height: 32 });
    expect(resize).toThrow(FixedSizeError);
    expect(resize).toThrow(`its constant learnt [1, ${cells}] has a value for each of ${cells} cells`);
  });
});

describe('a file that is no whole model is an error that names it', () => {
  test.each([
    ['text', Buffer.from('Not found'), '(9 bytes) is not a whole ONNX model'],
    ['nothing', new Uint8Array(), '(0 bytes) is not a whole ONNX model'],
    [
      'a cut model',
      encodeModel(networkOf([node('Add', ['in', 'in'], 'out')])).slice(0, -20),
      'is not a whole ONNX model',
    ],
  ])('%s', (_, bytes, message) => {
    expect(() => decodeModel(bytes, 'some.onnx')).toThrow(ArgusError);
    expect(() => decodeModel(bytes, 'some.onnx')).toThrow('some.onnx');
    expect(() => decodeModel(bytes, 'some.onnx')).toThrow(message);
  });
});

test('a model whose weights lie in another file is refused, and that file named', () => {
  const model = networkOf(
    [node('Add', ['in', 'w'], 'out')],
    [{ name: 'w', dims: [1], data: new Float32Array(1) }],
  );
  const [weights] = model.graph.initializer;
  if (weights) weights.externalData = [{ key: 'location', value: 'w.data' }];
  const decode = () => decodeModel(encodeModel(model), 'some.onnx');
  expect(decode).toThrow(ArgusError);
  expect(decode).toThrow('some.onnx has weights in w.data, and a model is to be one file.');
});

test('a model takes bytes at another size although a constant is listed before the picture', async () => {
  const constants = [{ name: 'one', dims: [1], data: Float32Array.of(1) }];
  const before = networkOf([node('Add', ['in', 'one'], 'out')], constants);
  before.graph.input.unshift({
    name: 'one',
    type: { tensorType: { elemType: 1, shape: { dim: [{ dimValue: 1 }] } } },
  });
  const model = decodeModel(encodeModel(before), 'some.onnx');
  resizeInput(model, { width: 32, height: 64 });
  takePixels(model, { mean: [0, 0, 0], std: [1, 1, 1] });
  const output = await run(model, new Tensor('uint8', new Uint8Array(3 * 64 * 32).fill(5), [1, 3, 64, 32]));
  expect(output.data[0]).toBe(6);
});
