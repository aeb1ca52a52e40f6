import { modelProto } from './schema.ts';

/** A constant of the graph; int64 values are given as bigint, as shapes and sizes are in ONNX. */
export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

export type OnnxAttribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly string: string };

export interface OnnxNode {
  readonly opType: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** A float32 input or output. */
export interface OnnxValue {
  readonly name: string;
  readonly dims: readonly number[];
}

/** The part of an ONNX model that importers write: one graph of the default operator set. */
export interface OnnxModel {
  readonly name: string;
  readonly producer: string;
  readonly opset: number;
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

const irVersion = 8;
/** TensorProto.DataType. */
const dataTypes = { float32: 1, int64: 7 };
/** AttributeProto.AttributeType. */
const attributeTypes = { float: 1, int: 2, string: 3, ints: 7 };

/** The model as the bytes of an .onnx file. */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  const message = modelProto.create({
    irVersion,
    producerName: model.producer,
    opsetImport: [{ domain: '', version: model.opset }],
    graph: {
      name: model.name,
      node: model.nodes.map((node) => ({
        name: node.name,
        opType: node.opType,
        input: node.inputs,
        output: node.outputs,
        attribute: Object.entries(node.attributes).map(([name, value]) => attributeProto(name, value)),
      })),
      initializer: model.constants.map(({ name, dims, data }) => ({
        name,
        dims,
        dataType: data instanceof Float32Array ? dataTypes.float32 : dataTypes.int64,
        // Raw data is little-endian, as are all machines that Node 20 and ONNX Runtime run on.
        rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      })),
      input: model.inputs.map(valueProto),
      output: model.outputs.map(valueProto),
    },
  });
  return modelProto.encode(message).finish();
}

function attributeProto(name: string, value: OnnxAttribute) {
  if ('int' in value) return { name, i: value.int, type: attributeTypes.int };
  if ('float' in value) return { name, f: value.float, type: attributeTypes.float };
  if ('ints' in value) return { name, ints: value.ints, type: attributeTypes.ints };
  return { name, s: new TextEncoder().encode(value.string), type: attributeTypes.string };
}

const valueProto = ({ name, dims }: OnnxValue) => ({
  name,
  type: {
    tensorType: { elemType: dataTypes.float32, shape: { dim: dims.map((dimValue) => ({ dimValue })) } },
  },
});
