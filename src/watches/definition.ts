import * as z from 'zod';
import { ArgusError } from '../domain/errors.ts';
import { cameraId, shapeId } from '../domain/ids.ts';
import type { WatchDefinition } from '../domain/watch.ts';

const dayMs = 86_400_000;
/** Enough for any wait that a rule may ask for. */
const forMs = z.int().min(0).max(dayMs);

const condition = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('occupancy'), moreThan: z.int().min(0).max(10_000), forMs }),
  z.strictObject({ kind: z.literal('absence'), forMs: forMs.min(1000) }),
  z.strictObject({
    kind: z.literal('event'),
    type: z.enum(['crossing', 'enter', 'exit', 'dwell']),
    direction: z.enum(['forward', 'backward']).optional(),
    forMs: forMs.min(1).optional(),
  }),
  z.strictObject({ kind: z.literal('camera_down'), forMs: forMs.min(1000) }),
]);

/** A class as models name them. It stands in rules without quotation marks, so that it cannot break out of its line. */
export const isClassName = (text: string): boolean => /^[^\p{C}\p{Zl}\p{Zp}"]{1,60}$/u.test(text);
export const mostClasses = 20;

const minute = z.int().min(0).max(1440);
const hours = z.strictObject({
  fromMinute: minute.max(1439),
  toMinute: minute,
  days: z.array(z.int().min(1).max(7)).min(1).optional(),
  timeZone: z.string().refine(isTimeZone),
});

/** What is kept of a watch, as JSON. */
const definitionSchema = z.strictObject({
  name: z.string().min(1).max(100),
  camera: z.string().transform(cameraId),
  at: z.strictObject({ kind: z.enum(['line', 'zone']), shape: z.string().transform(shapeId) }).optional(),
  condition,
  labels: z.array(z.string().refine(isClassName)).min(1).max(mostClasses).optional(),
  hours: hours.optional(),
  cooldownMs: z
    .int()
    .min(0)
    .max(30 * dayMs),
});

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    // That is how it says that it does not know one.
    return false;
  }
}

/** Reads what was kept or sent. Throws ArgusError where it is no watch, or one that makes no sense. */
export function parseWatch(data: unknown): WatchDefinition {
  const parsed = definitionSchema.safeParse(data);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ArgusError(
      `This is no watch: ${issue ? `${issue.path.join('.')}: ${issue.message}` : 'unreadable'}.`,
      'Delete it and create it anew with the tool watch.',
    );
  }
  const watch = withoutUndefined(parsed.data) as WatchDefinition;
  checkPlace(watch);
  return watch;
}

/** Throws ArgusError where place and condition do not go together. */
export function checkPlace({ at, condition, labels }: WatchDefinition): void {
  const wrong = (what: string, next: string) => new ArgusError(what, next);
  switch (condition.kind) {
    case 'occupancy':
    case 'absence':
      if (at?.kind === 'line')
        throw wrong(`${condition.kind} cannot be told of a line.`, 'Give a zone, or neither.');
      return;
    case 'camera_down':
      if (at || labels)
        throw wrong('camera_down is of the whole camera.', 'Leave line, zone and classes out.');
      return;
    case 'event': {
      const kind = condition.type === 'crossing' ? 'line' : 'zone';
      if (at?.kind !== kind) throw wrong(`${condition.type} happens at a ${kind}.`, `Give ${kind}.`);
      if (condition.direction && kind === 'zone')
        throw wrong('A zone has no direction.', 'Leave direction out, or give a line.');
    }
  }
}

/** Optional keys of zod may be undefined; ours are absent then. */
function withoutUndefined(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
