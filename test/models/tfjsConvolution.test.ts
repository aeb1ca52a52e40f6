import { describe, expect, test } from 'vitest';
import { base64, floats, ints, nhwc, toNhwc, windowAttr } from './tfjsGraph.ts';
import type { NodeInput, WeightInput } from './tfjsGraph.ts';
import { run } from './tfjsRun.ts';

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
