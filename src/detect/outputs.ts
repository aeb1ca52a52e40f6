import { ArgusError } from '../domain/errors.ts';
import type { OutputTensor } from '../domain/tensor.ts';

type Outputs = Readonly<Record<string, OutputTensor>>;

/** A wanted shape; a word stands for any size and is what the error calls it. */
type WantedShape = readonly (number | string)[];

/**
 * The output of the wanted shape. Names are not looked at, as they differ from export to export.
 * @throws ArgusError when no output has that shape.
 */
export function outputOfShape(layout: string, outputs: Outputs, wanted: WantedShape): OutputTensor {
  for (const name in outputs) {
    const tensor = outputs[name];
    if (tensor !== undefined && hasShape(tensor, wanted)) return tensor;
  }
  const found = Object.entries(outputs).map(([name, { dims }]) => `${name} [${dims.join(', ')}]`);
  throw new ArgusError(
    `Layout ${layout} wants an output of shape [${wanted.join(', ')}], but the network gives ${found.join(', ') || 'none'}.`,
    `Set "layout", "input" and "classes" in the model's manifest.json to those the weights were exported with, or use the weights the manifest names.`,
  );
}

const hasShape = ({ dims }: OutputTensor, wanted: WantedShape): boolean =>
  dims.length === wanted.length &&
  wanted.every((size, axis) => typeof size === 'string' || size === dims[axis]);
