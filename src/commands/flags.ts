import { parseShapeOption } from '../config/shapes.ts';
import type { Confidence } from '../domain/confidence.ts';
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

/** `0.5` or `car=0.6,person=0.4`, a plain number among them for all other classes. Throws ArgusError naming the option. */
export function confidenceFrom(option: string, text: string): Confidence {
  const classes = new Map<string, number>();
  for (const part of text.split(',')) {
    const [, name = 'default', value = ''] = /^(?:(.*)=)?([^=]*)$/s.exec(part) ?? [];
    const label = name.trim();
    const confidence = value.trim() === '' ? NaN : Number(value);
    if (label === '' || !(confidence >= 0 && confidence <= 1))
      throw new ArgusError(
        `${option}: "${part}" is not usable.`,
        'Give a number from 0 to 1, or one for each class, e.g. car=0.6,person=0.4, and a plain one for all others.',
      );
    if (classes.has(label))
      throw new ArgusError(
        `${option}: "${text}" has two numbers for ${label === 'default' ? 'all other classes' : label}.`,
        'Give one.',
      );
    classes.set(label, confidence);
  }
  const others = classes.get('default');
  classes.delete('default');
  return { ...(others !== undefined && { default: others }), classes };
}
