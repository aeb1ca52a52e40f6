import { at } from './activation.ts';
import type { Constant } from './graphModel.ts';
import { sizeOf } from './graphModel.ts';

/** Axis k of the result is axis `order[k]` of the constant. */
export function transposeConstant(constant: Constant, order: readonly number[]): Constant {
  const shape = order.map((axis) => at(constant.shape, axis));
  const steps = stepsOf(constant.shape);
  return gather(
    constant,
    shape,
    order.map((axis) => at(steps, axis)),
  );
}

/** Sum of two constants, shapes broadcast as numpy does. Integers stay integers. */
export function addConstants(a: Constant, b: Constant): Constant {
  const rank = Math.max(a.shape.length, b.shape.length);
  const [wideA, wideB] = [withRank(a, rank), withRank(b, rank)];
  const shape = wideA.shape.map((size, axis) => (size === 1 ? at(wideB.shape, axis) : size));
  const left = broadcastTo(wideA, shape).data;
  const right = broadcastTo(wideB, shape).data;
  return { kind: 'constant', shape, data: left.map((value, i) => value + at(right, i)) };
}

/** TensorFlow's SparseToDense: `values` at the rows of `indices`, `fill` elsewhere. */
export function denseOf(indices: Constant, shape: Constant, values: Constant, fill: Constant): Constant {
  const dims = Array.from(shape.data);
  const steps = stepsOf(dims);
  const data = likeOf(values.data, sizeOf(dims)).fill(at(fill.data, 0));
  const count = indices.data.length / Math.max(1, dims.length);
  for (let row = 0; row < count; row++) {
    const offset = steps.reduce(
      (sum, step, axis) => sum + step * at(indices.data, row * dims.length + axis),
      0,
    );
    data[offset] = at(values.data, values.data.length === 1 ? 0 : row);
  }
  return { kind: 'constant', shape: dims, data };
}

/** The constant with ones put before its shape. */
export const withRank = (constant: Constant, rank: number): Constant => ({
  ...constant,
  shape: [...Array<number>(Math.max(0, rank - constant.shape.length)).fill(1), ...constant.shape],
});

function broadcastTo(constant: Constant, shape: readonly number[]): Constant {
  const steps = stepsOf(constant.shape).map((step, axis) => (constant.shape[axis] === 1 ? 0 : step));
  return gather(constant, shape, steps);
}

/** Reads the constant's data with other steps. */
function gather(constant: Constant, shape: readonly number[], steps: readonly number[]): Constant {
  const data = likeOf(constant.data, sizeOf(shape));
  const index = new Array<number>(shape.length).fill(0);
  let offset = 0;
  for (let i = 0; i < data.length; i++) {
    data[i] = at(constant.data, offset);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      offset += at(steps, axis);
      index[axis] = at(index, axis) + 1;
      if (at(index, axis) < at(shape, axis)) break;
      offset -= at(steps, axis) * at(shape, axis);
      index[axis] = 0;
    }
  }
  return { kind: 'constant', shape, data };
}

/** Distance in a row-major tensor between neighbours along each axis. */
function stepsOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

const likeOf = (data: Constant['data'], length: number): Constant['data'] =>
  data instanceof Float32Array ? new Float32Array(length) : new Int32Array(length);
