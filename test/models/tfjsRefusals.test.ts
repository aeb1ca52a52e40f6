import { describe, expect, test } from 'vitest';
import { translateTfjsGraph } from '../../src/models/import/tfjs/index.ts';
import { base64, castTo, floats, ints, scalar, tfjsFiles, windowAttr } from './tfjsGraph.ts';
import type { NodeInput, WeightInput } from './tfjsGraph.ts';

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
