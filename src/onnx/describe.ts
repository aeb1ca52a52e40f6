import { toNumber, type ModelMessage, type ValueInfo } from './model.ts';
import { dataTypeNames } from './schema.ts';

/** An input or output of a network. */
export interface TensorDescription {
  readonly name: string;
  /** E.g. `float32`. */
  readonly type: string;
  /** A size that is open is a word; undefined when the file does not say. */
  readonly shape: readonly (number | string)[] | undefined;
}

export interface ModelDescription {
  readonly inputs: readonly TensorDescription[];
  readonly outputs: readonly TensorDescription[];
  readonly producer: string;
  /** What the exporter noted, e.g. Ultralytics' `names`, `stride` and `end2end`. */
  readonly metadata: Readonly<Record<string, string>>;
}

export function describeModel(model: ModelMessage): ModelDescription {
  const { graph, producerName, metadataProps } = model;
  // Old files list their constants among the inputs.
  const constants = new Set(graph.initializer.map(({ name }) => name));
  return {
    inputs: graph.input.filter(({ name }) => !constants.has(name)).map(describeTensor),
    outputs: graph.output.map(describeTensor),
    producer: producerName ?? '',
    metadata: Object.fromEntries(metadataProps.map(({ key, value }) => [key, value])),
  };
}

function describeTensor({ name, type }: ValueInfo): TensorDescription {
  const tensor = type?.tensorType;
  return {
    name,
    type: tensor ? (dataTypeNames[tensor.elemType] ?? `type ${tensor.elemType}`) : 'no tensor',
    shape: tensor?.shape?.dim.map(({ dimValue, dimParam }, axis) =>
      toNumber(dimValue) > 0 ? toNumber(dimValue) : dimParam || `size${axis}`,
    ),
  };
}

/** E.g. `images float32 [1, 3, 640, 640]`. */
export const tensorText = ({ name, type, shape }: TensorDescription): string =>
  `${name} ${type} ${shape ? `[${shape.join(', ')}]` : 'of any shape'}`;
