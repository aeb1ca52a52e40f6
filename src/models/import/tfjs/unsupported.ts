import { ArgusError } from '../../../domain/errors.ts';
import type { GraphNode } from './graphModel.ts';

/** An operator, or a form of it, that the importer does not know. */
export const unsupported = (node: GraphNode, how = ''): ArgusError =>
  untranslated(`${[node.op, how].join(' ').trim()} (node ${node.name})`);

/** A part of a graph that the importer cannot express. */
export const untranslated = (part: string): ArgusError =>
  new ArgusError(
    `The TensorFlow.js importer does not translate ${part}.`,
    'Export the model to ONNX with its own tools and give that file through ARGUS_MODEL_PATH.',
  );
