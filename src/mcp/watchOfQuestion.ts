import { ArgusError } from '../domain/errors.ts';
import type { WatchId } from '../domain/ids.ts';
import type { Watch, WatchCondition, WatchDefinition } from '../domain/watch.ts';
import type { Reader } from '../store/reader.ts';
import type { StoredCamera } from '../store/types.ts';
import { checkPlace, parseWatch } from '../watches/definition.ts';
import { parseHours } from '../watches/schedule.ts';
import { findCamera, findShape } from './lookup.ts';
import { quoted } from './quoted.ts';
import { resolveTimeZone } from './window.ts';

/** What a rule can be about. */
export const watchKinds = [
  'occupancy',
  'crossing',
  'enter',
  'exit',
  'dwell',
  'absence',
  'camera_down',
] as const;

interface Asked {
  readonly name?: string | undefined;
  readonly camera?: string | undefined;
  readonly line?: string | undefined;
  readonly zone?: string | undefined;
  readonly when?: (typeof watchKinds)[number] | undefined;
  readonly more_than?: number | undefined;
  readonly for_seconds?: number | undefined;
  readonly direction?: 'forward' | 'backward' | undefined;
  readonly classes?: readonly string[] | undefined;
  readonly hours?: string | undefined;
  readonly days?: readonly string[] | undefined;
  readonly time_zone?: string | undefined;
  readonly cooldown_seconds?: number | undefined;
}

const usualCooldownS = 60;
/** Frames come more slowly than that from no camera that is there. */
const usualDownS = 30;

/** The rule that is asked for. Throws ArgusError where something is missing or does not go together. */
export function askedWatch(reader: Reader, asked: Asked, worldTimeZone: string): WatchDefinition {
  const camera = findCamera(reader, asked.camera);
  const condition = conditionOf(asked);
  const at = placeOf(reader, camera, asked);
  const timeZone = resolveTimeZone(asked.time_zone ?? worldTimeZone);
  const hours = parseHours(asked.hours, asked.days, timeZone);
  const watch: WatchDefinition = {
    name: nameOf(asked.name),
    camera: camera.id,
    ...(at && { at }),
    condition,
    ...(asked.classes && asked.classes.length > 0 && { labels: [...asked.classes] }),
    ...(hours && { hours }),
    cooldownMs: msOf(asked.cooldown_seconds ?? usualCooldownS),
  };
  checkPlace(watch);
  checkDwell(reader, camera, watch);
  return watch;
}

/** A rule that is only tried needs none. */
function nameOf(name = 'unnamed'): string {
  const trimmed = name.trim();
  if (trimmed !== '' && !/^w\d+$/i.test(trimmed)) return trimmed;
  throw new ArgusError(
    `name: ${quoted(name)} cannot be the name of a watch.`,
    'Give a few words that say what it is for; w1, w2, … are ids.',
  );
}

function conditionOf({ when, more_than: moreThan, for_seconds: seconds, direction }: Asked): WatchCondition {
  if (when === undefined) {
    throw new ArgusError(
      'when: what is to be watched for?',
      `Give when as one of: ${watchKinds.join(', ')}.`,
    );
  }
  if ((moreThan !== undefined) !== (when === 'occupancy')) {
    throw new ArgusError(
      'more_than goes with when: "occupancy", and is needed there.',
      'Give both, or neither.',
    );
  }
  const forMs = seconds === undefined ? undefined : msOf(seconds);
  switch (when) {
    case 'occupancy':
      return { kind: 'occupancy', moreThan: moreThan ?? 0, forMs: forMs ?? 0 };
    case 'absence':
      if (forMs === undefined || forMs < 1000) {
        throw new ArgusError('for_seconds: how long is nobody to be there?', 'Give 1 or more, e.g. 600.');
      }
      return { kind: 'absence', forMs };
    case 'camera_down':
      return { kind: 'camera_down', forMs: Math.max(forMs ?? msOf(usualDownS), 1000) };
    case 'crossing':
    case 'enter':
    case 'exit':
    case 'dwell':
      if (forMs !== undefined && when !== 'dwell') {
        throw new ArgusError(
          `for_seconds does not go with when: "${when}".`,
          'Leave it out, or use "dwell".',
        );
      }
      return {
        kind: 'event',
        type: when,
        ...(direction && { direction }),
        ...(forMs !== undefined && forMs > 0 && { forMs }),
      };
  }
}

function placeOf(reader: Reader, camera: StoredCamera, { line, zone }: Asked): WatchDefinition['at'] {
  if (line === undefined && zone === undefined) return undefined;
  const { shape } = findShape(reader, camera, { line, zone });
  return { kind: shape.kind, shape: shape.id };
}

function checkDwell(reader: Reader, camera: StoredCamera, { condition, at }: WatchDefinition): void {
  if (condition.kind !== 'event' || condition.type !== 'dwell' || condition.forMs !== undefined || !at)
    return;
  const stored = reader.shapes(camera.id).find(({ shape }) => shape.id === at.shape);
  if (stored?.shape.kind === 'zone' && stored.shape.dwellMs !== undefined) return;
  throw new ArgusError(
    `for_seconds: zone ${at.shape} has no dwell time, so no visit to it is a dwell.`,
    'Give how long a visit has to last.',
  );
}

/** The watch of that name or id, of those that are looked at. Throws ArgusError with the known ones. */
export function findWatch(reader: Reader, asked: string): Watch {
  const watches = currentWatches(reader);
  const wanted = asked.trim().toLowerCase();
  const found = watches.find(({ id, name }) => id === wanted || name.toLowerCase() === wanted);
  if (found) return found;
  const known = watches.map(({ id, name }) => `${id} ${quoted(name)}`);
  throw new ArgusError(
    `There is no watch ${quoted(asked)}.`,
    known.length > 0 ? `Known: ${known.slice(0, 20).join(', ')}.` : 'Make one with action "create".',
  );
}

/** All that are looked at; one that cannot be read is left out, as the station does. */
export function currentWatches(reader: Reader): Watch[] {
  return reader.watches.current().flatMap(({ id, definition }): (Watch & { readonly id: WatchId })[] => {
    try {
      return [{ ...parseWatch(definition), id }];
    } catch (error) {
      if (error instanceof ArgusError) return [];
      throw error;
    }
  });
}

const msOf = (seconds: number): number => Math.round(seconds * 1000);
