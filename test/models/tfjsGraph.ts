/** Small TensorFlow.js graph models, written as tfjs-converter writes them. */

export interface WeightInput {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly dtype?: 'float32' | 'int32';
  readonly quantization?: { dtype: 'uint8' | 'uint16' | 'float16'; scale?: number; min?: number };
}

export interface NodeInput {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, unknown>>;
}

export interface TfjsFiles {
  readonly json: string;
  readonly weights: Buffer;
}

/** The files of a graph model: an input `x` of this shape, these constants and nodes. */
export function tfjsFiles(
  shape: readonly number[],
  weights: readonly WeightInput[],
  nodes: readonly NodeInput[],
  outputs: readonly string[],
): TfjsFiles {
  const placeholder = {
    name: 'x',
    op: 'Placeholder',
    attr: { shape: { shape: { dim: shape.map((size) => ({ size: String(size) })) } } },
  };
  const constants = weights.map(({ name }) => ({ name, op: 'Const' }));
  const model = {
    format: 'graph-model',
    signature: { inputs: {}, outputs: Object.fromEntries(outputs.map((name) => [name, { name }])) },
    // Nodes need not come in the order in which they run.
    modelTopology: { node: [...nodes.toReversed(), ...constants, placeholder] },
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: weights.map(({ name, shape: dims, dtype = 'float32', quantization }) => ({
          name,
          shape: dims,
          dtype,
          quantization,
        })),
      },
    ],
  };
  return { json: JSON.stringify(model), weights: Buffer.concat(weights.map(bytesOf)) };
}

function bytesOf({ values, dtype = 'float32', quantization }: WeightInput): Buffer {
  switch (quantization?.dtype ?? dtype) {
    case 'uint8':
      return Buffer.from(values);
    case 'uint16':
      return Buffer.from(Uint16Array.from(values).buffer);
    // Halves are given as their bits.
    case 'float16':
      return Buffer.from(Uint16Array.from(values).buffer);
    case 'int32':
      return Buffer.from(Int32Array.from(values).buffer);
    case 'float32':
      return Buffer.from(Float32Array.from(values).buffer);
  }
}

export const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Attributes of a Conv2D or MaxPool as TensorFlow.js writes them. */
export const windowAttr = (padding: string, stride: number, kernel?: number) => ({
  padding: { s: base64(padding) },
  data_format: { s: base64('NHWC') },
  strides: { list: { i: ['1', String(stride), String(stride), '1'] } },
  ...(kernel === undefined ? {} : { ksize: { list: { i: ['1', String(kernel), String(kernel), '1'] } } }),
});

export const ints = (name: string, ...values: number[]): WeightInput => ({
  name,
  shape: [values.length],
  values,
  dtype: 'int32',
});

export const floats = (name: string, ...values: number[]): WeightInput => ({
  name,
  shape: [values.length],
  values,
});

export const scalar = (name: string, value: number): WeightInput => ({ ...ints(name, value), shape: [] });

/** The input as TensorFlow sees a picture, channels last. */
export const toNhwc = ints('toNhwc', 0, 2, 3, 1);
export const nhwc: NodeInput = { name: 'nhwc', op: 'Transpose', input: ['x', 'toNhwc'] };

export const castTo = (name: string, from: string, type: string): NodeInput => ({
  name,
  op: 'Cast',
  input: [from],
  attr: { DstT: { type } },
});
