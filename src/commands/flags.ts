import { parseShapeOption } from '../config/shapes.ts';
import { ArgusError } from '../domain/errors.ts';
import type { Shape } from '../domain/event.ts';
import { providers, type Provider } from '../domain/provider.ts';

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

/** The list of `--providers`, as argus.yaml has it. Throws ArgusError naming one that there is not. */
export function providersOf(text: string): Provider[] {
  return text.split(',').map((part) => {
    const name = part.trim();
    const found = providers.find((provider) => provider === name);
    if (found !== undefined) return found;
    throw new ArgusError(
      `--providers: "${name}" is no execution provider.`,
      `Give some of ${providers.join(',')} in the order in which to try them, e.g. cuda,cpu.`,
    );
  });
}
