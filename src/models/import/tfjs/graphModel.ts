import * as z from 'zod';
import { ArgusError, messageOf } from '../../../domain/errors.ts';
import { halfToFloat } from '../half.ts';

/** A constant of the graph, de-quantised. Integers stay integers: they are shapes, sizes and axes. */
export interface Constant {
  readonly kind: 'constant';
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** `name` or `name:1` for an output other than the first; control inputs are left out. */
  readonly inputs: readonly string[];
  readonly attributes: Attributes;
}

export interface GraphModel {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly constants: ReadonlyMap<string, Constant>;
  /** Names of the graph's outputs, `name` or `name:0`. */
  readonly outputs: readonly string[];
}

const integer = z.coerce.number().int();
const shapeSchema = z.object({ dim: z.array(z.object({ size: integer.default(0) })).default([]) });
const attributeSchema = z.object({
  i: integer.optional(),
  f: z.coerce.number().optional(),
  b: z.boolean().optional(),
  /** Base64. */
  s: z.string().optional(),
  shape: shapeSchema.optional(),
  list: z.object({ i: z.array(integer).optional(), s: z.array(z.string()).optional() }).optional(),
  /** E.g. DT_FLOAT. */
  type: z.string().optional(),
});
type Attributes = Readonly<Record<string, z.infer<typeof attributeSchema>>>;

const quantizationSchema = z.object({
  dtype: z.enum(['float16', 'uint8', 'uint16']),
  scale: z.number().default(1),
  min: z.number().default(0),
});
const weightSchema = z.object({
  name: z.string(),
  shape: z.array(z.int().nonnegative()),
  dtype: z.enum(['float32', 'int32', 'bool']),
  quantization: quantizationSchema.optional(),
});
type WeightSpec = z.infer<typeof weightSchema>;

const fileSchema = z.object({
  format: z.literal('graph-model'),
  signature: z.object({ outputs: z.record(z.string(), z.object({ name: z.string() })) }),
  modelTopology: z.object({
    node: z.array(
      z.object({
        name: z.string(),
        op: z.string(),
        input: z.array(z.string()).default([]),
        attr: z.record(z.string(), attributeSchema).default({}),
      }),
    ),
  }),
  weightsManifest: z.array(z.object({ paths: z.array(z.string()), weights: z.array(weightSchema) })),
});

/**
 * Reads a TensorFlow.js graph model: the JSON text and, by the path the JSON gives, its weight files.
 * @throws ArgusError when the text is no graph model or the weights do not fill it.
 */
export function readGraphModel(json: string, readWeights: (path: string) => Uint8Array): GraphModel {
  const file = parseFile(json);
  const constants = new Map<string, Constant>();
  for (const { paths, weights } of file.weightsManifest) {
    const bytes = Buffer.concat(paths.map(readWeights));
    let offset = 0;
    for (const spec of weights) {
      const length = sizeOf(spec.shape) * bytesPerValue(spec);
      if (offset + length > bytes.length) throw truncated(paths, bytes.length, spec.name);
      constants.set(spec.name, {
        kind: 'constant',
        shape: spec.shape,
        data: readValues(spec, bytes.subarray(offset, offset + length)),
      });
      offset += length;
    }
  }
  const nodes = file.modelTopology.node.map(({ name, op, input, attr }) => ({
    name,
    op,
    inputs: input.filter((reference) => !reference.startsWith('^')),
    attributes: attr,
  }));
  return {
    nodes: new Map(nodes.map((node) => [node.name, node])),
    constants,
    outputs: [...new Set(Object.values(file.signature.outputs).map(({ name }) => name))].toSorted(),
  };
}

export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

function parseFile(json: string): z.infer<typeof fileSchema> {
  let content: unknown;
  try {
    content = JSON.parse(json);
  } catch (error) {
    throw notAGraphModel(messageOf(error));
  }
  const parsed = fileSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw notAGraphModel(
    parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
  );
}

function bytesPerValue({ dtype, quantization }: WeightSpec): number {
  switch (quantization?.dtype ?? dtype) {
    case 'float32':
    case 'int32':
      return 4;
    case 'float16':
    case 'uint16':
      return 2;
    case 'uint8':
    case 'bool':
      return 1;
  }
}

function readValues(spec: WeightSpec, bytes: Buffer): Float32Array | Int32Array {
  const values =
    spec.dtype === 'float32' ? new Float32Array(sizeOf(spec.shape)) : new Int32Array(sizeOf(spec.shape));
  const step = bytesPerValue(spec);
  const { scale, min } = spec.quantization ?? { scale: 1, min: 0 };
  const read = readerOf(spec, bytes);
  for (let i = 0; i < values.length; i++) {
    const value = read(i * step) * scale + min;
    values[i] = spec.dtype === 'float32' ? value : Math.round(value);
  }
  return values;
}

function readerOf({ dtype, quantization }: WeightSpec, bytes: Buffer): (offset: number) => number {
  switch (quantization?.dtype ?? dtype) {
    case 'float32':
      return (offset) => bytes.readFloatLE(offset);
    case 'int32':
      return (offset) => bytes.readInt32LE(offset);
    case 'float16':
      return (offset) => halfToFloat(bytes.readUInt16LE(offset));
    case 'uint16':
      return (offset) => bytes.readUInt16LE(offset);
    case 'uint8':
    case 'bool':
      return (offset) => bytes.readUInt8(offset);
  }
}

/** What the file should be and is not, `why` in a few words. */
export const notAGraphModel = (why: string): ArgusError =>
  new ArgusError(
    `The file is not a TensorFlow.js graph model (${why}).`,
    'Check "files" of the npm source in the model\'s manifest.json: the .json first, its weights after it.',
  );

const truncated = (paths: readonly string[], length: number, tensor: string): ArgusError =>
  new ArgusError(
    `The weights ${paths.join(', ')} end after ${length} bytes, within or before ${tensor}.`,
    'Fetch the package anew; the copy is incomplete.',
  );
