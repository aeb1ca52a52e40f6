import { ArgusError } from '../../../domain/errors.ts';
import type { IrLayer } from './readIr.ts';

/** A layer, or a form of it, that the importer does not know. */
export const unsupported = ({ type, name }: IrLayer, how = ''): ArgusError =>
  new ArgusError(
    `The OpenVINO importer does not translate ${[type, how].join(' ').trim()} (layer ${name}).`,
    'Export the model to ONNX with its own tools and give that file through ARGUS_MODEL_PATH.',
  );
