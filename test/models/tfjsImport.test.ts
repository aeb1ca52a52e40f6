import { describe, expect, test } from 'vitest';
import { ArgusError } from '../../src/domain/errors.ts';
import { halfToFloat } from '../../src/models/import/half.ts';
import { translateTfjsGraph } from '../../src/models/import/tfjs/index.ts';
import { ints, tfjsFiles, toNhwc, windowAttr } from './tfjsGraph.ts';
import type { NodeInput, TfjsFiles, WeightInput } from './tfjsGraph.ts';
import { run } from './tfjsRun.ts';

const toNchw = ints('toNchw', 0, 3, 1, 2);

const opTypes = ({ json, weights }: TfjsFiles) =>
  translateTfjsGraph(json, () => weights).nodes.map(({ opType }) => opType);

describe('a convolution', () => {
  // 1×1×3×3 input, 2×2 kernel of ones: sums of four neighbours.
  const kernel: WeightInput = { name: 'kernel', shape: [2, 2, 1, 1], values: [1, 1, 1, 1] };
  const bias: WeightInput = { name: 'bias', shape: [1], values: [0.5] };
  const nodes: NodeInput[] = [
    { name: 'nhwc', op: 'Transpose', input: ['x', 'toNhwc'] },
    { name: 'conv', op: 'Conv2D', input: ['nhwc', 'kernel'], attr: windowAttr('VALID', 1) },
    { name: 'sum', op: 'Add', input: ['conv', 'bias'] },
    { name: 'nchw', op: 'Transpose', input: ['sum', 'toNchw'] },
  ];

  test('between transposes gives what TensorFlow gives', async () => {
    const { nchw } = await run([1, 1, 3, 3], [toNhwc, toNchw, kernel, bias], nodes, ['nchw']);
    expect(nchw).toEqual({ dims: [1, 1, 2, 2], data: [12.5, 16.5, 24.5, 28.5] });
  });

  test('becomes one node: the transposes cancel and the bias is part of it', () => {
    const files = tfjsFiles([1, 1, 3, 3], [toNhwc, toNchw, kernel, bias], nodes, ['nchw']);
    expect(opTypes(files)).toEqual(['Conv', 'Identity']);
  });

  test('that another node reads too keeps its bias apart', async () => {
    const { nchw, raw } = await run(
      [1, 1, 3, 3],
      [toNhwc, toNchw, kernel, bias],
      [...nodes, { name: 'raw', op: 'Transpose', input: ['conv', 'toNchw'] }],
      ['nchw', 'raw'],
    );
    expect(raw?.data).toEqual([12, 16, 24, 28]);
    expect(nchw?.data).toEqual([12.5, 16.5, 24.5, 28.5]);
  });

  test('does the padding before it', async () => {
    const padded: NodeInput[] = [
      { name: 'pad', op: 'Pad', input: ['x', 'amounts'] },
      { name: 'nhwc', op: 'Transpose', input: ['pad', 'toNhwc'] },
      ...nodes.slice(1),
    ];
    // One row above, two columns to the right.
    const amounts: WeightInput = {
      name: 'amounts',
      shape: [4, 2],
      values: [0, 0, 0, 0, 1, 0, 0, 2],
      dtype: 'int32',
    };
    const weights = [toNhwc, toNchw, kernel, bias, amounts];
    const { nchw } = await run([1, 1, 3, 3], weights, padded, ['nchw']);
    expect(nchw?.dims).toEqual([1, 1, 3, 4]);
    expect(nchw?.data).toEqual([3.5, 5.5, 3.5, 0.5, 12.5, 16.5, 9.5, 0.5, 24.5, 28.5, 15.5, 0.5]);
    expect(opTypes(tfjsFiles([1, 1, 3, 3], weights, padded, ['nchw']))).toEqual(['Conv', 'Identity']);
  });

  test('with padding SAME puts the odd pixel at the bottom and the right', async () => {
    const same = nodes.map((node) =>
      node.op === 'Conv2D' ? { ...node, attr: windowAttr('SAME', 2) } : node,
    );
    const { nchw } = await run([1, 1, 3, 3], [toNhwc, toNchw, kernel, bias], same, ['nchw']);
    expect(nchw).toEqual({ dims: [1, 1, 2, 2], data: [12.5, 9.5, 15.5, 9.5] });
  });

  test('whose kernel has a part of the channels is grouped', async () => {
    const grouped: WeightInput = { name: 'kernel', shape: [1, 1, 1, 2], values: [10, 100] };
    const { conv } = await run([1, 2, 1, 2], [toNhwc, grouped], nodes.slice(0, 2), ['conv']);
    // Channels (1, 2) times 10 and (3, 4) times 100, channels last.
    expect(conv).toEqual({ dims: [1, 1, 2, 2], data: [10, 300, 20, 400] });
  });
});

describe('padding with another value than the operator can do', () => {
  const amounts: WeightInput = {
    name: 'amounts',
    shape: [4, 2],
    values: [0, 0, 1, 0, 0, 0, 0, 0],
    dtype: 'int32',
  };
  const poolOf = (value: number): [WeightInput[], NodeInput[]] => [
    [toNhwc, amounts, { name: 'value', shape: [], values: [value] }],
    [
      { name: 'nhwc', op: 'Transpose', input: ['x', 'toNhwc'] },
      { name: 'pad', op: 'PadV2', input: ['nhwc', 'amounts', 'value'] },
      { name: 'pool', op: 'MaxPool', input: ['pad'], attr: windowAttr('VALID', 1, 2) },
    ],
  ];

  test.each([
    [-Infinity, [2, 4]],
    [100, [100, 4]],
  ])('a pool over a picture padded with %d', async (value, expected) => {
    const [weights, nodes] = poolOf(value);
    const { pool } = await run([1, 1, 2, 2], weights, nodes, ['pool']);
    expect(pool?.data).toEqual(expected);
  });
});

describe('other operators', () => {
  test('ConcatV2 and SplitV follow the axis through a transpose', async () => {
    const { one, all } = await run(
      [1, 2, 1, 2],
      [toNhwc, ints('sizes', 1, 3), { ...ints('axis', -1), shape: [] }],
      [
        { name: 'nhwc', op: 'Transpose', input: ['x', 'toNhwc'] },
        { name: 'joined', op: 'ConcatV2', input: ['nhwc', 'nhwc', 'axis'] },
        { name: 'split', op: 'SplitV', input: ['joined', 'sizes', 'axis'] },
        { name: 'one', op: 'Identity', input: ['split:1'] },
        { name: 'all', op: 'Identity', input: ['joined'] },
      ],
      ['one', 'all'],
    );
    expect(all).toEqual({ dims: [1, 1, 2, 4], data: [1, 3, 1, 3, 2, 4, 2, 4] });
    expect(one).toEqual({ dims: [1, 1, 2, 3], data: [3, 1, 3, 4, 2, 4] });
  });

  test('Reshape sees TensorFlow’s order, its shape may be computed from constants', async () => {
    const { flat } = await run(
      [1, 2, 1, 2],
      [
        toNhwc,
        { name: 'indices', shape: [1, 1], values: [1], dtype: 'int32' },
        ints('length', 2),
        ints('values', 4),
        { ...ints('zero', 0), shape: [] },
        ints('base', -1, 0),
      ],
      [
        { name: 'nhwc', op: 'Transpose', input: ['x', 'toNhwc'] },
        { name: 'dense', op: 'SparseToDense', input: ['indices', 'length', 'values', 'zero'] },
        { name: 'shape', op: 'AddV2', input: ['base', 'dense'] },
        { name: 'flat', op: 'Reshape', input: ['nhwc', 'shape'] },
      ],
      ['flat'],
    );
    expect(flat).toEqual({ dims: [1, 4], data: [1, 3, 2, 4] });
  });

  test('ResizeBilinear with half-pixel centres', async () => {
    const { big } = await run(
      [1, 1, 2, 1],
      [ints('size', 2, 4)],
      [
        {
          name: 'big',
          op: 'ResizeBilinear',
          input: ['x', 'size'],
          attr: { half_pixel_centers: { b: true } },
        },
      ],
      ['big'],
    );
    expect(big).toEqual({
      dims: [1, 2, 4, 1],
      data: [1, 1.25, 1.75, 2, 1, 1.25, 1.75, 2],
    });
  });

  test('LeakyRelu, Sigmoid and a constant added on the left', async () => {
    const { soft, leaky } = await run(
      [1, 2],
      [{ name: 'minus', shape: [2], values: [-2, -2] }],
      [
        { name: 'sum', op: 'AddV2', input: ['minus', 'x'] },
        { name: 'leaky', op: 'LeakyRelu', input: ['sum'], attr: { alpha: { f: 0.25 } } },
        { name: 'soft', op: 'Sigmoid', input: ['sum'] },
      ],
      ['soft', 'leaky'],
    );
    expect(leaky?.data).toEqual([-0.25, 0]);
    expect(soft?.data).toEqual([expect.closeTo(0.2689), 0.5]);
  });

  test('Add of two activations in different orders', async () => {
    const { sum } = await run(
      [1, 2, 2],
      [ints('swap', 0, 2, 1)],
      [
        { name: 'swapped', op: 'Transpose', input: ['x', 'swap'] },
        { name: 'sum', op: 'Add', input: ['swapped', 'x'] },
      ],
      ['sum'],
    );
    expect(sum?.data).toEqual([2, 5, 5, 8]);
  });
});

test('an output is the tensor that the signature names, whatever it calls it', () => {
  const { json } = tfjsFiles([1, 2], [], [{ name: 'y', op: 'Relu', input: ['x'] }], ['y']);
  const graph = JSON.parse(json) as { signature: { outputs: object } };
  graph.signature.outputs = { output_0: { name: 'y:0' }, output_1: { name: 'y:0' } };
  const { outputs } = translateTfjsGraph(JSON.stringify(graph), () => new Uint8Array());
  expect(outputs).toEqual([{ name: 'y', dims: [1, 2] }]);
});

describe('quantised weights', () => {
  test.each([
    ['uint8', [0, 255], { dtype: 'uint8', scale: 0.5, min: -10 }, [-10, 117.5]],
    ['uint16', [0, 1000], { dtype: 'uint16', scale: 0.25, min: 1 }, [1, 251]],
    ['float16', [0x3c00, 0xc000], { dtype: 'float16' }, [1, -2]],
  ] as const)('%s', async (_, values, quantization, expected) => {
    const { sum } = await run(
      [1, 2],
      [{ name: 'w', shape: [2], values, quantization }],
      [{ name: 'sum', op: 'Add', input: ['x', 'w'] }],
      ['sum'],
    );
    expect(sum?.data).toEqual([expected[0] + 1, expected[1] + 2]);
  });

  test.each([
    [0x0000, 0],
    [0x0001, 2 ** -24],
    [0x8400, -(2 ** -14)],
    [0x3555, 0.333251953125],
    [0x7bff, 65504],
    [0xfc00, -Infinity],
    [0x7e00, NaN],
  ])('half %i is %d', (bits, value) => expect(halfToFloat(bits)).toBe(value));
});

describe('a graph that cannot be translated is an error that names', () => {
  const translate = (nodes: NodeInput[], weights: WeightInput[] = []) => {
    const files = tfjsFiles([1, 2], weights, nodes, ['y']);
    return () => translateTfjsGraph(files.json, () => files.weights);
  };

  test('the operator and the node', () => {
    const attempt = translate([{ name: 'y', op: 'Softplus', input: ['x'] }]);
    expect(attempt).toThrow(ArgusError);
    expect(attempt).toThrow('does not translate Softplus (node y)');
  });

  test('the form of a known operator', () => {
    expect(translate([{ name: 'y', op: 'Reshape', input: ['x', 'to'] }], [ints('to', 3)])).toThrow(
      'does not translate Reshape to [3] of 2 values (node y)',
    );
  });

  test('the node that is missing', () => {
    const attempt = translate([{ name: 'y', op: 'Identity', input: ['nowhere'] }]);
    expect(attempt).toThrow(ArgusError);
    expect(attempt).toThrow('it has no node nowhere');
  });

  test('the weights that end too early', () => {
    const { json } = tfjsFiles([1, 2], [{ name: 'w', shape: [2], values: [1, 2] }], [], ['w']);
    expect(() => translateTfjsGraph(json, () => new Uint8Array(7))).toThrow(
      'end after 7 bytes, within or before w',
    );
  });

  test.each([
    ['{"format":"layers-model"}', 'format: '],
    ['no JSON', 'is not valid JSON'],
  ])('what is wrong with the file %s', (json, message) => {
    const attempt = () => translateTfjsGraph(json, () => new Uint8Array());
    expect(attempt).toThrow(ArgusError);
    expect(attempt).toThrow(message);
  });
});
