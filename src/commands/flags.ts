import { parseShapeOption } from '../config/shapes.ts';
import { ArgusError } from '../domain/errors.ts';
import type { Shape } from '../domain/event.ts';

/** The lines and zones of `--line` and `--zone`. Throws ArgusError naming the one that cannot be used. */
export function shapesOf({
  line,
  zone,
}: {
  readonly line: readonly string[];
  readonly zone: readonly string[];
}): Shape[] {
  const shapes = [
    ...line.map((text) => parseShapeOption('line', text)),
    ...zone.map((text) => parseShapeOption('zone', text)),
  ];
  const repeated = shapes.find(({ id }, i) => shapes.findIndex((other) => other.id === id) !== i);
  if (repeated)
    throw new ArgusError(`Two lines or zones have the id "${repeated.id}".`, 'Give each its own.');
  return shapes;
}

/** A number of that range. Throws ArgusError naming the option. */
export function numberFrom(option: string, text: string, least: number, most: number): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (value >= least && value <= most) return value;
  throw new ArgusError(`${option}: "${text}" is not usable.`, `Give a number from ${least} to ${most}.`);
}
