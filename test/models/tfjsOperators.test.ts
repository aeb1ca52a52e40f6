import { describe, expect, test } from 'vitest';
import { translateTfjsGraph } from '../../src/models/import/tfjs/index.ts';
import { ints, tfjsFiles, windowAttr } from './tfjsGraph.ts';
import type { NodeInput, WeightInput } from './tfjsGraph.ts';
import { run } from './tfjsRun.ts';

const floats = (name: string, ...values: number[]): WeightInput => ({ name, shape: [values.length], values });
const scalar = (name: string, value: number): WeightInput => ({ ...ints(name, value), shape: [] });
const base64 = (text: string) => Buffer.from(text).toString('base64');
const toNhwc = ints('toNhwc', 0, 2, 3, 1);
const nhwc: NodeInput = { name: 'nhwc', op: 'Transpose', input: ['x', 'toNhwc'] };
const castTo = (name: string, from: string, type: string): NodeInput => ({
  name,
  op: 'Cast',
  input: [from],
  attr: { DstT: { type } },
});

describe('arithmetic', () => {
  test.each([
    ['Sub', ['nhwc', 'c'], [-9, -17, -8, -16]],
    ['Sub', ['c', 'nhwc'], [9, 17, 8, 16]],
    ['Mul', ['nhwc', 'c'], [10, 60, 20, 80]],
  ])('%s of %j repeats a constant for each pixel, channels last', async (op, input, expected) => {
    // The pixels are (1, 3) and (2, 4).
    const { y } = await run(
      [1, 2, 1, 2],
      [toNhwc, floats('c', 10, 20)],
      [nhwc, { name: 'y', op, input }],
      ['y'],
    );
    expect(y).toEqual({ dims: [1, 1, 2, 2], data: expected });
  });

  test('Mul repeats an activation along its axes of length 1, on either side', async () => {
    const { left, right } = await run(
      [1, 2, 2],
      [ints('axis', -1)],
      [
        { name: 'mean', op: 'Mean', input: ['x', 'axis'], attr: { keep_dims: { b: true } } },
        { name: 'left', op: 'Mul', input: ['mean', 'x'] },
        { name: 'right', op: 'Mul', input: ['x', 'mean'] },
      ],
      ['left', 'right'],
    );
    const expected = { dims: [1, 2, 2], data: [1.5, 3, 10.5, 14] };
    expect({ left, right }).toEqual({ left: expected, right: expected });
  });

  // Whole numbers from -4 to 3.
  test.each([
    ['FloorDiv', 3, [-2, -1, -1, -1, 0, 0, 0, 1]],
    ['FloorMod', 3, [2, 0, 1, 2, 0, 1, 2, 0]],
    ['FloorDiv', -3, [1, 1, 0, 0, 0, -1, -1, -1]],
    ['FloorMod', -3, [-1, 0, -2, -1, 0, -2, -1, 0]],
  ])('%s by %d rounds down, not towards 0', async (op, divisor, expected) => {
    const { y } = await run(
      [1, 8],
      [floats('five', 5), scalar('divisor', divisor)],
      [
        { name: 'shifted', op: 'Sub', input: ['x', 'five'] },
        castTo('whole', 'shifted', 'DT_INT32'),
        { name: 'result', op, input: ['whole', 'divisor'] },
        castTo('y', 'result', 'DT_FLOAT'),
      ],
      ['y'],
    );
    expect(y?.data).toEqual(expected);
  });

  test('Cast to whole numbers cuts towards 0', async () => {
    const { y } = await run(
      [1, 4],
      [floats('shift', 2.5)],
      [
        { name: 'shifted', op: 'Sub', input: ['x', 'shift'] },
        castTo('whole', 'shifted', 'DT_INT32'),
        castTo('y', 'whole', 'DT_FLOAT'),
      ],
      ['y'],
    );
    expect(y?.data).toEqual([-1, 0, 0, 1]);
  });

  test('Equal gives 1 where two activations are the same', async () => {
    const { y } = await run(
      [1, 2, 2],
      [ints('swap', 0, 2, 1)],
      [
        { name: 'swapped', op: 'Transpose', input: ['x', 'swap'] },
        { name: 'same', op: 'Equal', input: ['x', 'swapped'] },
        castTo('y', 'same', 'DT_FLOAT'),
      ],
      ['y'],
    );
    expect(y?.data).toEqual([1, 0, 0, 1]);
  });

  test('Relu and Relu6', async () => {
    const { relu, relu6 } = await run(
      [1, 3],
      [floats('shift', 2, 2, -4)],
      [
        { name: 'shifted', op: 'Sub', input: ['x', 'shift'] },
        { name: 'relu', op: 'Relu', input: ['shifted'] },
        { name: 'relu6', op: 'Relu6', input: ['shifted'] },
      ],
      ['relu', 'relu6'],
    );
    expect(relu?.data).toEqual([0, 0, 7]);
    expect(relu6?.data).toEqual([0, 0, 6]);
  });
});

describe('Mean', () => {
  test.each([
    [[1, 2], { dims: [1, 1, 1, 2], data: [2.5, 6.5] }],
    [[-3, -2], { dims: [1, 1, 1, 2], data: [2.5, 6.5] }],
    [[-1], { dims: [1, 2, 2, 1], data: [3, 4, 5, 6] }],
    [[], { dims: [1, 2, 2, 2], data: [1, 5, 2, 6, 3, 7, 4, 8] }],
  ])('over axes %j of a picture with channels last', async (axes, expected) => {
    const { y } = await run(
      [1, 2, 2, 2],
      [toNhwc, ints('axes', ...axes)],
      [nhwc, { name: 'y', op: 'Mean', input: ['nhwc', 'axes'], attr: { keep_dims: { b: true } } }],
      ['y'],
    );
    expect(y).toEqual(expected);
  });
});

describe('a convolution', () => {
  const ones: WeightInput = { name: 'kernel', shape: [2, 2, 1, 1], values: [1, 1, 1, 1] };

  test.each(['Conv2D', 'DepthwiseConv2dNative'])('%s with dilations reaches further', async (op) => {
    const dilations = { list: { i: ['1', '2', '2', '1'] } };
    const conv = (name: string, padding: string): NodeInput => ({
      name,
      op,
      input: ['x', 'kernel'],
      attr: { ...windowAttr(padding, 1), dilations },
    });
    const nodes = [conv('valid', 'VALID'), conv('same', 'SAME')];
    const { valid, same } = await run([1, 3, 3, 1], [ones], nodes, ['valid', 'same']);
    expect(valid).toEqual({ dims: [1, 1, 1, 1], data: [20] });
    expect(same).toEqual({ dims: [1, 3, 3, 1], data: [5, 10, 5, 10, 20, 10, 5, 10, 5] });
  });

  test('DepthwiseConv2dNative gives each channel its own kernels, one after the other', async () => {
    const kernel: WeightInput = { name: 'kernel', shape: [1, 1, 2, 2], values: [1, 10, 100, 1000] };
    const { y } = await run(
      [1, 1, 2, 2],
      [kernel],
      [{ name: 'y', op: 'DepthwiseConv2dNative', input: ['x', 'kernel'], attr: windowAttr('SAME', 1) }],
      ['y'],
    );
    expect(y).toEqual({ dims: [1, 1, 2, 4], data: [1, 10, 200, 2000, 3, 30, 400, 4000] });
  });

  test('DepthwiseConv2dNative with padding SAME puts the odd pixel at the bottom and the right', async () => {
    const { y } = await run(
      [1, 3, 3, 1],
      [ones],
      [{ name: 'y', op: 'DepthwiseConv2dNative', input: ['x', 'kernel'], attr: windowAttr('SAME', 2) }],
      ['y'],
    );
    expect(y).toEqual({ dims: [1, 2, 2, 1], data: [12, 9, 15, 9] });
  });

  // Without what is fused the results are 1 and 10.
  test.each([
    [['BiasAdd'], [-1, 8]],
    [
      ['BiasAdd', 'Relu'],
      [0, 8],
    ],
    [
      ['BiasAdd', 'Relu6'],
      [0, 6],
    ],
  ])('with %j fused', async (steps, expected) => {
    const fused = (name: string, op: string): NodeInput => ({
      name,
      op,
      input: ['x', 'kernel', 'bias'],
      attr: { ...windowAttr('VALID', 1), fused_ops: { list: { s: steps.map(base64) } } },
    });
    const { full, depthwise } = await run(
      [1, 1, 1, 1],
      [{ name: 'kernel', shape: [1, 1, 1, 2], values: [1, 10] }, floats('bias', -2, -2)],
      [fused('full', '_FusedConv2D'), fused('depthwise', 'FusedDepthwiseConv2dNative')],
      ['full', 'depthwise'],
    );
    expect(full).toEqual({ dims: [1, 1, 1, 2], data: expected });
    expect(depthwise).toEqual(full);
  });
});

test('MaxPool with padding SAME sees nothing outside the picture', async () => {
  const { y } = await run(
    [1, 2, 2, 1],
    [floats('ten', 10)],
    [
      { name: 'negative', op: 'Sub', input: ['x', 'ten'] },
      { name: 'y', op: 'MaxPool', input: ['negative'], attr: windowAttr('SAME', 1, 3) },
    ],
    ['y'],
  );
  expect(y).toEqual({ dims: [1, 2, 2, 1], data: [-6, -6, -6, -6] });
});

test.each([
  ['neither', {}, [1, 1.5, 2, 2]],
  ['aligned corners', { align_corners: { b: true } }, [1, 4 / 3, 5 / 3, 2]],
])('ResizeBilinear with %s', async (_, attr, expected) => {
  const { y } = await run(
    [1, 1, 2, 1],
    [ints('size', 1, 4)],
    [{ name: 'y', op: 'ResizeBilinear', input: ['x', 'size'], attr }],
    ['y'],
  );
  expect(y?.data).toEqual(expected.map((value) => expect.closeTo(value, 5) as number));
});

describe('TopKV2', () => {
  test('gives the largest along the last axis and where they are', async () => {
    const { values, places } = await run(
      [2, 3],
      [ints('swap', 1, 0), scalar('k', 2)],
      [
        { name: 'swapped', op: 'Transpose', input: ['x', 'swap'] },
        { name: 'top', op: 'TopKV2', input: ['swapped', 'k'], attr: { sorted: { b: true } } },
        { name: 'values', op: 'Identity', input: ['top'] },
        castTo('places', 'top:1', 'DT_FLOAT'),
      ],
      ['values', 'places'],
    );
    expect(values).toEqual({ dims: [3, 2], data: [4, 1, 5, 2, 6, 3] });
    expect(places).toEqual({ dims: [3, 2], data: [1, 0, 1, 0, 1, 0] });
  });

  test('takes the first of equals', async () => {
    const { places } = await run(
      [1, 5],
      [floats('c', 0, 1 / 2, 0, 0, 0), scalar('k', 4)],
      [
        { name: 'ties', op: 'Mul', input: ['x', 'c'] },
        { name: 'top', op: 'TopKV2', input: ['ties', 'k'] },
        castTo('places', 'top:1', 'DT_FLOAT'),
      ],
      ['places'],
    );
    expect(places?.data).toEqual([1, 0, 2, 3]);
  });
});

test('GatherV2 reads along any axis where computed indices say', async () => {
  const { rows, columns } = await run(
    [2, 3],
    [scalar('k', 2), scalar('first', 0), scalar('last', -1), ints('two', 2)],
    [
      { name: 'top', op: 'TopKV2', input: ['x', 'k'] },
      { name: 'half', op: 'FloorDiv', input: ['top:1', 'two'] },
      { name: 'rows', op: 'GatherV2', input: ['x', 'half', 'first'] },
      { name: 'columns', op: 'GatherV2', input: ['x', 'top:1', 'last'] },
    ],
    ['rows', 'columns'],
  );
  // The indices are (1, 0) for the rows and (2, 1) for the columns, twice.
  expect(rows).toEqual({ dims: [2, 2, 3], data: [4, 5, 6, 1, 2, 3, 4, 5, 6, 1, 2, 3] });
  expect(columns).toEqual({ dims: [2, 2, 2], data: [3, 2, 3, 2, 6, 5, 6, 5] });
});

describe('StridedSlice', () => {
  const slice = (begin: number[], end: number[], strides: number[], attr: NodeInput['attr'] = {}) =>
    [
      [3, 4],
      [ints('begin', ...begin), ints('end', ...end), ints('strides', ...strides)],
      [{ name: 'y', op: 'StridedSlice', input: ['x', 'begin', 'end', 'strides'], attr }],
      ['y'],
    ] satisfies Parameters<typeof run>;

  // Rows are 1 to 4, 5 to 8 and 9 to 12.
  test.each([
    ['steps', slice([0, 1], [2, 4], [1, 2]), [2, 2], [2, 4, 6, 8]],
    ['places from the end', slice([-2, -3], [-1, -1], [1, 1]), [1, 2], [6, 7]],
    [
      'a beginning left open',
      slice([2, 1], [2, 3], [1, 1], { begin_mask: { i: '1' } }),
      [2, 2],
      [2, 3, 6, 7],
    ],
    ['an end left open', slice([1, 2], [2, 0], [1, 1], { end_mask: { i: '2' } }), [1, 2], [7, 8]],
    ['axes left out', slice([2], [3], [1]), [1, 4], [9, 10, 11, 12]],
    ['ends outside', slice([-9, 2], [9, 9], [1, 1]), [3, 2], [3, 4, 7, 8, 11, 12]],
  ])('with %s', async (_, graph, dims, data) => {
    const { y } = await run(...graph);
    expect(y).toEqual({ dims, data });
  });

  test.each([
    ['with ellipsis_mask', slice([0, 0], [1, 1], [1, 1], { ellipsis_mask: { i: '1' } })],
    ['with new_axis_mask', slice([0, 0], [1, 1], [1, 1], { new_axis_mask: { i: '1' } })],
    ['with shrink_axis_mask', slice([0, 0], [1, 1], [1, 1], { shrink_axis_mask: { i: '2' } })],
    ['backwards', slice([2, 0], [0, 4], [-1, 1])],
  ])('%s is refused', async (how, graph) => {
    await expect(run(...graph)).rejects.toThrow(`does not translate StridedSlice ${how} (node y)`);
  });
});

test.each([
  [0, [1, 2, 3]],
  [1, [2, 1, 3]],
  [-1, [2, 3, 1]],
])('ExpandDims at %d', async (axis, dims) => {
  const { y } = await run(
    [2, 3],
    [scalar('axis', axis)],
    [{ name: 'y', op: 'ExpandDims', input: ['x', 'axis'] }],
    ['y'],
  );
  expect(y).toEqual({ dims, data: [1, 2, 3, 4, 5, 6] });
});

test('whole numbers stay whole when they are moved, joined, parted and shaped', async () => {
  const { y } = await run(
    [2, 3],
    [ints('swap', 1, 0), scalar('axis', 1), ints('sizes', 1, 3), ints('flat', -1), scalar('two', 2)],
    [
      castTo('whole', 'x', 'DT_INT32'),
      { name: 'swapped', op: 'Transpose', input: ['whole', 'swap'] },
      { name: 'joined', op: 'ConcatV2', input: ['swapped', 'swapped', 'axis'] },
      { name: 'split', op: 'SplitV', input: ['joined', 'sizes', 'axis'] },
      { name: 'shaped', op: 'Reshape', input: ['split:1', 'flat'] },
      { name: 'half', op: 'FloorDiv', input: ['shaped', 'two'] },
      castTo('y', 'half', 'DT_FLOAT'),
    ],
    ['y'],
  );
  expect(y).toEqual({ dims: [9], data: [2, 0, 2, 2, 1, 2, 3, 1, 3] });
});

describe('refused, as its numbers would be wrong, is', () => {
  const kernel: WeightInput = { name: 'kernel', shape: [1, 1, 1, 1], values: [1] };
  const weights = [kernel, ints('one', 1), ints('sizes', -1, 0), floats('half', 0.5), scalar('axis', 3)];
  const whole = castTo('whole', 'x', 'DT_INT32');
  const conv = (attr: NodeInput['attr']): NodeInput[] => [
    { name: 'y', op: 'Conv2D', input: ['x', 'kernel'], attr: { ...windowAttr('SAME', 1), ...attr } },
  ];
  const node = (op: string, input: string[], attr: NodeInput['attr'] = {}): NodeInput[] => [
    whole,
    { name: 'y', op, input, attr },
  ];

  test.each([
    ['Conv2D with padding EXPLICIT (node y)', conv({ padding: { s: base64('EXPLICIT') } })],
    ['Conv2D of another data format than NHWC (node y)', conv({ data_format: { s: base64('NCHW') } })],
    [
      'Conv2D with strides across images or channels (node y)',
      conv({ strides: { list: { i: ['1', '1', '1', '2'] } } }),
    ],
    [
      'MaxPool with ksize across images or channels (node y)',
      node('MaxPool', ['x'], { ...windowAttr('SAME', 1), ksize: { list: { i: ['1', '1', '1', '2'] } } }),
    ],
    [
      '_FusedConv2D with LeakyRelu behind it (node y)',
      node('_FusedConv2D', ['x', 'kernel'], {
        ...windowAttr('SAME', 1),
        fused_ops: { list: { s: [base64('LeakyRelu')] } },
      }),
    ],
    ['Mean that drops axes (node y)', node('Mean', ['x', 'one'])],
    ['Mean of int64 values (node y)', node('Mean', ['whole', 'one'], { keep_dims: { b: true } })],
    ['Relu of int64 values (node y)', node('Relu', ['whole'])],
    ['FloorMod of floating-point numbers (node y)', node('FloorMod', ['x', 'half'])],
    ['FloorDiv of floating-point numbers (node y)', node('FloorDiv', ['x', 'half'])],
    ['Sub of two constants (node y)', node('Sub', ['half', 'half'])],
    ['Cast to DT_UINT8 (node y)', [castTo('y', 'x', 'DT_UINT8')]],
    ['SplitV with a size left open (node y)', node('SplitV', ['x', 'sizes', 'axis'])],
    [
      'GatherV2 with batch_dims (node y)',
      node('GatherV2', ['x', 'whole', 'axis'], { batch_dims: { i: '1' } }),
    ],
    ['the output y, which holds int64 values', node('Identity', ['whole'])],
    ['the output y, which holds bool values', node('Equal', ['x', 'x'])],
    ['the output y, which is a constant', node('Identity', ['half'])],
    [
      'Placeholder of DT_INT32 (node y)',
      node('Placeholder', [], { dtype: { type: 'DT_INT32' }, shape: { shape: { dim: [{ size: '1' }] } } }),
    ],
  ])('%s', (what, nodes) => {
    const files = tfjsFiles([1, 1, 1, 1], weights, nodes, ['y']);
    expect(() => translateTfjsGraph(files.json, () => files.weights)).toThrow(`does not translate ${what}`);
  });
});
