import type { OutputTensor } from '../../src/domain/tensor.ts';
import type { DetectorManifest } from '../../src/config/manifest.ts';
import { cocoIds } from '../../src/domain/classes.ts';

/** Something that a network sees: centre and size in input pixels, class by its number, confidence 0–1. */
export interface Seen {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly class: number;
  readonly confidence: number;
}

export interface NetworkShape {
  readonly width: number;
  readonly height: number;
  readonly classes: number;
}

export type Outputs = Record<string, OutputTensor>;

/** Writes what is seen as a network of the layout does: the reverse of its decoder, from the layout's definition. */
export type Encoder = (seen: readonly Seen[], shape: NetworkShape) => Outputs;

export const encoders: Readonly<Record<DetectorManifest['layout'], Encoder>> = {
  yolox: encodeYolox,
  yolov8: encodeYolov8,
  yolo11: encodeYolov8,
  yolov10: encodeYolov10,
  yolo26: encodeYolov10,
  nanodet: encodeNanodet,
  detr: (seen, shape) => encodeDetr(seen, shape.classes, (index) => index, shape),
};

/** RF-DETR of COCO: 91 logits, by category id. */
export const encodeSparseDetr: Encoder = (seen, shape) =>
  encodeDetr(seen, 91, (index) => cocoIds[index] ?? 0, shape);

const tensor = (dims: number[]): { data: Float32Array; dims: number[] } => ({
  data: new Float32Array(dims.reduce((product, size) => product * size, 1)),
  dims,
});

const strides = [8, 16, 32];
const gridsOf = ({ width, height }: NetworkShape) =>
  strides.map((stride) => ({
    stride,
    columns: Math.ceil(width / stride),
    rows: Math.ceil(height / stride),
  }));

/** Finest cell that an object's centre lies in. */
function cellOf({ x, y }: Seen, { stride, columns, rows }: ReturnType<typeof gridsOf>[number]) {
  const column = Math.min(columns - 1, Math.max(0, Math.floor(x / stride)));
  const row = Math.min(rows - 1, Math.max(0, Math.floor(y / stride)));
  return { column, row, index: row * columns + column };
}

function encodeYolox(seen: readonly Seen[], shape: NetworkShape): Outputs {
  const grids = gridsOf(shape);
  const cells = grids.reduce((sum, { columns, rows }) => sum + columns * rows, 0);
  const width = 5 + shape.classes;
  const output = tensor([1, cells, width]);
  for (const one of seen) {
    const grid = grids[0];
    if (!grid) continue;
    const { column, row, index } = cellOf(one, grid);
    const values = [
      one.x / grid.stride - column,
      one.y / grid.stride - row,
      Math.log(one.width / grid.stride),
      Math.log(one.height / grid.stride),
      // Objectness times class score; the other classes are a little less likely.
      Math.sqrt(one.confidence),
      ...Array.from({ length: shape.classes }, (_, c) =>
        c === one.class ? Math.sqrt(one.confidence) : one.confidence / 2,
      ),
    ];
    output.data.set(values, index * width);
  }
  return { output };
}

function encodeYolov8(seen: readonly Seen[], shape: NetworkShape): Outputs {
  const count = gridsOf(shape).reduce((sum, { columns, rows }) => sum + columns * rows, 0);
  const output = tensor([1, 4 + shape.classes, count]);
  for (const [i, one] of seen.entries()) {
    const scores = Array.from({ length: shape.classes }, (_, c) =>
      c === one.class ? one.confidence : one.confidence / 2,
    );
    for (const [row, value] of [one.x, one.y, one.width, one.height, ...scores].entries())
      // Spread over the candidates, as in life.
      output.data[row * count + ((i * 7) % count)] = value;
  }
  return { output0: output };
}

function encodeYolov10(seen: readonly Seen[]): Outputs {
  const output = tensor([1, 300, 6]);
  for (const [i, { x, y, width, height, confidence, class: index }] of seen.entries())
    output.data.set([x - width / 2, y - height / 2, x + width / 2, y + height / 2, confidence, index], i * 6);
  return { output0: output };
}

function encodeNanodet(seen: readonly Seen[], shape: NetworkShape): Outputs {
  const outputs: Outputs = {};
  const grids = gridsOf(shape);
  const made = grids.map(({ stride, columns, rows }) => {
    const scores = tensor([1, columns * rows, shape.classes]);
    const distances = tensor([1, columns * rows, 44]);
    outputs[`scores${stride}`] = scores;
    outputs[`distances${stride}`] = distances;
    return { scores, distances };
  });
  for (const one of seen) {
    // The finest grid whose ten bins reach the edges.
    const reach = Math.max(one.width, one.height) / 2 + 1;
    const level = grids.findIndex(({ stride }) => reach + stride / 2 <= 10 * stride);
    const [grid, into] = [grids[level], made[level]];
    if (!grid || !into) throw new Error(`no grid of NanoDet reaches ${reach} px`);
    const { column, row, index } = cellOf(one, grid);
    for (let c = 0; c < shape.classes; c++)
      into.scores.data[index * shape.classes + c] = c === one.class ? one.confidence : one.confidence / 2;
    const [cx, cy] = [(column + 0.5) * grid.stride, (row + 0.5) * grid.stride];
    const edges = [
      cx - (one.x - one.width / 2),
      cy - (one.y - one.height / 2),
      one.x + one.width / 2 - cx,
      one.y + one.height / 2 - cy,
    ];
    for (const [side, edge] of edges.entries())
      into.distances.data.set(binsOf(edge / grid.stride), (index * 4 + side) * 11);
  }
  return outputs;
}

/** Logits of the 11 bins whose softmax-weighted mean is the distance. */
function binsOf(distance: number): number[] {
  const low = Math.min(9, Math.floor(distance));
  const share = distance - low;
  return Array.from({ length: 11 }, (_, bin) => {
    const weight = bin === low ? 1 - share : bin === low + 1 ? share : 0;
    return Math.log(Math.max(weight, 1e-9));
  });
}

function encodeDetr(
  seen: readonly Seen[],
  slots: number,
  slotOf: (index: number) => number,
  { width, height }: NetworkShape,
): Outputs {
  const boxes = tensor([1, 300, 4]);
  const logits = tensor([1, 300, slots]);
  logits.data.fill(-10);
  for (const [i, one] of seen.entries()) {
    boxes.data.set([one.x / width, one.y / height, one.width / width, one.height / height], i * 4);
    logits.data[i * slots + slotOf(one.class)] = Math.log(one.confidence / (1 - one.confidence));
  }
  return { pred_logits: logits, pred_boxes: boxes };
}
