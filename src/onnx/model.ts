import { readFileSync } from 'node:fs';
import { ArgusError, messageOf } from '../domain/errors.ts';
import { modelProto } from './schema.ts';

/*
 * An ONNX file as its messages (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto): only the fields that are
 * looked at have types here; all others are kept as they are.
 */

/** A whole number: protobufjs gives 64-bit ones as objects. */
export type Int64 = number | bigint | { toNumber(): number };

interface Dimension {
  dimValue?: Int64;
  /** Name of a size that is open. */
  dimParam?: string;
}

export interface ValueInfo {
  name: string;
  type?: { tensorType?: { elemType: number; shape?: { dim: Dimension[] } } };
}

export interface Attribute {
  name: string;
  type: number;
  i?: Int64;
  f?: number;
  s?: Uint8Array;
  ints?: Int64[];
  t?: TensorMessage;
}

export interface NodeMessage {
  name?: string;
  opType: string;
  domain?: string;
  input: string[];
  output: string[];
  attribute: Attribute[];
}

export interface TensorMessage {
  name: string;
  dims: Int64[];
  dataType: number;
  rawData?: Uint8Array;
  floatData?: number[];
  int64Data?: Int64[];
  int32Data?: number[];
  /** Where the values are when they are in another file. */
  externalData?: { key: string; value: string }[];
}

export interface GraphMessage {
  name: string;
  node: NodeMessage[];
  initializer: TensorMessage[];
  input: ValueInfo[];
  output: ValueInfo[];
  valueInfo: ValueInfo[];
}

export interface ModelMessage {
  irVersion: Int64;
  producerName?: string;
  graph: GraphMessage;
  opsetImport: { domain?: string; version: Int64 }[];
  metadataProps: { key: string; value: string }[];
}

/** The messages of an .onnx file. @throws ArgusError as `decodeModel` does, and when it cannot be read. */
export function readModel(path: string): ModelMessage {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new ArgusError(
      `${path} cannot be read: ${messageOf(error)}.`,
      'Give an .onnx file that may be read and is smaller than 2 GiB.',
      { cause: error },
    );
  }
  return decodeModel(bytes, path);
}

/**
 * The messages of an .onnx file.
 * @throws ArgusError when the bytes are not a whole ONNX model, or part of it is in another file.
 */
export function decodeModel(bytes: Uint8Array, name: string): ModelMessage {
  let message: unknown;
  try {
    message = modelProto.decode(bytes);
  } catch (error) {
    throw notOnnx(name, bytes.length, messageOf(error), error);
  }
  const model = message as ModelMessage & { graph: GraphMessage | null };
  if ((model.graph as GraphMessage | null) === null || model.graph.node.length === 0)
    throw notOnnx(name, bytes.length, 'it has no graph');
  refuseOtherFiles(model, name);
  pictureFirst(model.graph);
  return model;
}

/** The runtime, given bytes, would look for them in the working folder, and a copy of the model would lack them. */
function refuseOtherFiles({ graph }: ModelMessage, name: string): void {
  const held = graph.node.flatMap(({ attribute }) => attribute.flatMap(({ t }) => t ?? []));
  for (const { externalData = [] } of [...graph.initializer, ...held]) {
    if (externalData.length === 0) continue;
    const file = externalData.find(({ key }) => key === 'location')?.value ?? 'another file';
    throw new ArgusError(
      `${name} has weights in ${file}, and a model is to be one file.`,
      'Put them together, e.g. in Python: onnx.save_model(onnx.load("in.onnx"), "out.onnx").',
    );
  }
}

/** Old files list their constants among the inputs, and not always behind what is fed. */
function pictureFirst(graph: GraphMessage): void {
  const constants = new Set(graph.initializer.map(({ name }) => name));
  graph.input = graph.input.toSorted((a, b) => Number(constants.has(a.name)) - Number(constants.has(b.name)));
}

export const encodeModel = (model: ModelMessage): Uint8Array => modelProto.encode(model).finish();

export const toNumber = (value: Int64 | undefined | null): number =>
  value === undefined || value === null ? 0 : typeof value === 'object' ? value.toNumber() : Number(value);

const notOnnx = (name: string, size: number, why: string, cause?: unknown): ArgusError =>
  new ArgusError(
    `${name} (${size} bytes) is not a whole ONNX model: ${why}.`,
    'Give a complete .onnx file, e.g. fetch or export it again.',
    { cause },
  );
