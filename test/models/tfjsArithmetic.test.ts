import { describe, expect, test } from 'vitest';
import { castTo, floats, ints, nhwc, scalar, toNhwc } from './tfjsGraph.ts';
import { run } from './tfjsRun.ts';

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
