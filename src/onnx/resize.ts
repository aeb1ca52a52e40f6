import { constantsOf, floatsOf, integersOf, setFloats, setIntegers } from './constants.ts';
import type { GraphMessage, ModelMessage, TensorMessage, ValueInfo } from './model.ts';
import { toNumber } from './model.ts';

export interface InputSize {
  readonly width: number;
  readonly height: number;
}

/** Sizes of a detector's input are multiples of its coarsest stride. */
export const coarsestStride = 32;
const strides = [8, 16, coarsestStride] as const;

/** A detector whose graph holds something that only fits its own size. */
export class FixedSizeError extends Error {}

/**
 * Gives a convolutional detector another input size, and any batch, as if it had been exported so: what such an export
 * writes into the graph as constants is the shapes of its grids (one cell for each 8, 16 and 32 pixels), the centres
 * of their cells and their strides. The model is changed in place.
 * @throws FixedSizeError naming the constant that is none of these; the model is then of no use any more.
 */
export function resizeInput({ graph }: ModelMessage, size: InputSize, batch = 1): void {
  const input = graph.input[0];
  const dims = input?.type?.tensorType?.shape?.dim;
  if (!input || dims?.length !== 4) throw new FixedSizeError('its input is not [batch, 3, height, width]');
  const [oldBatch, , oldHeight, oldWidth] = dims.map(({ dimValue }) => toNumber(dimValue));
  setDims(input, [batch, 3, size.height, size.width]);
  // What was computed from the old size; the runtime derives it anew.
  graph.valueInfo = [];
  openOutputs(graph);
  if (!oldHeight || !oldWidth) return;
  const before = gridsOf({ width: oldWidth, height: oldHeight });
  const after = gridsOf(size);
  const isSameSize = oldWidth === size.width && oldHeight === size.height;
  if (isSameSize && oldBatch === batch) return;

  const constants = constantsOf(graph);
  for (const shape of shapesOfActivations(graph, constants)) {
    const [first, ...rest] = integersOf(shape);
    const resized = isSameSize ? rest : resizedShape(rest, before, after);
    setIntegers(shape, [first === 1 ? batch : (first ?? 0), ...resized]);
  }
  if (!isSameSize) {
    for (const constant of constants.values()) resizeCells(constant, before, after);
  }
}

interface Grids {
  readonly grids: readonly { readonly stride: number; readonly columns: number; readonly rows: number }[];
  /** Cells of all grids together. */
  readonly cells: number;
}

function gridsOf({ width, height }: InputSize): Grids {
  const grids = strides.map((stride) => ({
    stride,
    columns: Math.ceil(width / stride),
    rows: Math.ceil(height / stride),
  }));
  return { grids, cells: grids.reduce((sum, { columns, rows }) => sum + columns * rows, 0) };
}

/** Which input of an operator is the shape of its result. */
const shapePositions: Readonly<Record<string, number>> = { Reshape: 1, Resize: 3 };

/** Constants that say what shape something computed gets; weights are reshaped by constants too. */
function shapesOfActivations(
  graph: GraphMessage,
  constants: ReadonlyMap<string, TensorMessage>,
): Set<TensorMessage> {
  const shapes = new Set<TensorMessage>();
  for (const { opType, input } of graph.node) {
    const position = shapePositions[opType];
    const shape = position === undefined ? undefined : constants.get(input[position] ?? '');
    if (shape && !constants.has(input[0] ?? '')) shapes.add(shape);
  }
  return shapes;
}

/** A shape without its batch: [.., rows, columns], [.., rows · columns] or [.., cells] of the new grids. */
function resizedShape(shape: readonly number[], before: Grids, after: Grids): number[] {
  const sizes = [...shape];
  for (const [i, { columns, rows }] of before.grids.entries()) {
    const grid = after.grids[i];
    if (grid && sizes.at(-2) === rows && sizes.at(-1) === columns)
      return [...sizes.slice(0, -2), grid.rows, grid.columns];
  }
  return sizes.map((length) => {
    if (length === before.cells) return after.cells;
    const i = before.grids.findIndex(({ columns, rows }) => columns * rows === length);
    const grid = after.grids[i];
    return grid ? grid.columns * grid.rows : length;
  });
}

/** Centres of the cells as [1, 2, cells] and strides as [1, cells]: what the box decoders of YOLOv8 and later hold. */
function resizeCells(constant: TensorMessage, before: Grids, after: Grids): void {
  const dims = constant.dims.map(toNumber);
  if (!dims.includes(before.cells)) return;
  const perCell = [centresOf, stridesOf].find((make) => isEqual(make(before), floatsOf(constant)));
  if (!perCell) {
    throw new FixedSizeError(
      `its constant ${constant.name} [${dims.join(', ')}] has a value for each of ${before.cells} cells that is neither its centre nor its stride`,
    );
  }
  setFloats(
    constant,
    dims.map((length) => (length === before.cells ? after.cells : length)),
    perCell(after),
  );
}

/** All x, then all y, in cells of their grid. */
function centresOf({ grids }: Grids): Float32Array {
  const cells = grids.flatMap(({ columns, rows }) =>
    Array.from({ length: columns * rows }, (_, i) => [(i % columns) + 0.5, Math.floor(i / columns) + 0.5]),
  );
  return Float32Array.from([...cells.map(([x = 0]) => x), ...cells.map(([, y = 0]) => y)]);
}

const stridesOf = ({ grids }: Grids): Float32Array =>
  Float32Array.from(
    grids.flatMap(({ stride, columns, rows }) => Array.from({ length: columns * rows }, () => stride)),
  );

const isEqual = (a: Float32Array, b: Float32Array): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);

function openOutputs(graph: GraphMessage): void {
  for (const { type } of graph.output) {
    if (type?.tensorType?.shape) delete type.tensorType.shape;
  }
}

function setDims(value: ValueInfo, dims: readonly number[]): void {
  const tensor = value.type?.tensorType;
  if (tensor) tensor.shape = { dim: dims.map((dimValue) => ({ dimValue })) };
}
