import { describe, expect, test } from 'vitest';
import { castTo, floats, ints, scalar } from './tfjsGraph.ts';
import type { NodeInput } from './tfjsGraph.ts';
import { run } from './tfjsRun.ts';

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
