import type { Attribute, GraphMessage, TensorMessage } from './model.ts';
import { toNumber } from './model.ts';

/** TensorProto.DataType. */
export const dataTypes = { float32: 1, uint8: 2, int64: 7, float16: 10 } as const;

/** AttributeProto.AttributeType. */
const attributeTypes = { int: 2 } as const;

export const intAttribute = (name: string, value: number): Attribute => ({
  name,
  type: attributeTypes.int,
  i: value,
});

export const floatTensor = (name: string, dims: readonly number[], data: Float32Array): TensorMessage => ({
  name,
  dims: [...dims],
  dataType: dataTypes.float32,
  // Raw data is little-endian, as are all machines that Node 20 and ONNX Runtime run on.
  rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
});

/** Whole numbers below 2⁵³ of an int64 constant, such as a shape. */
export function integersOf(tensor: TensorMessage): number[] {
  const { rawData } = tensor;
  if (rawData === undefined || rawData.length === 0) return (tensor.int64Data ?? []).map(toNumber);
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  return Array.from({ length: rawData.length / 8 }, (_, i) => Number(view.getBigInt64(i * 8, true)));
}

export function setIntegers(tensor: TensorMessage, values: readonly number[]): void {
  const data = BigInt64Array.from(values, BigInt);
  tensor.rawData = new Uint8Array(data.buffer);
  tensor.int64Data = [];
}

export function floatsOf(tensor: TensorMessage): Float32Array {
  const { rawData } = tensor;
  if (rawData === undefined || rawData.length === 0) return Float32Array.from(tensor.floatData ?? []);
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  return Float32Array.from({ length: rawData.length / 4 }, (_, i) => view.getFloat32(i * 4, true));
}

export function setFloats(tensor: TensorMessage, dims: readonly number[], data: Float32Array): void {
  Object.assign(tensor, floatTensor(tensor.name, dims, data), { floatData: [] });
}

/** The constants of a graph by name: its initializers and what its Constant nodes hold. */
export function constantsOf(graph: GraphMessage): Map<string, TensorMessage> {
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  for (const { opType, output, attribute } of graph.node) {
    const held = opType === 'Constant' ? attribute.find(({ name }) => name === 'value')?.t : undefined;
    if (held && output[0] !== undefined) constants.set(output[0], held);
  }
  return constants;
}
