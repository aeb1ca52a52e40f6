import { ArgusError } from '../../../domain/errors.ts';
import type { GraphNode } from './graphModel.ts';

/** An operator, or a form of it, that the importer does not know. */
export const unsupported = (node: GraphNode, how = ''): ArgusError =>
  new ArgusError(
    `The TensorFlow.js importer does not translate ${[node.op, how].join(' ').trim()} (node ${node.name}).`,
    'Export the model to ONNX with its own tools and give that file through ARGUS_MODEL_PATH.',
  );
