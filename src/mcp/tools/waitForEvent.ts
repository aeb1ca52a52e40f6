import * as z from 'zod';
import { sleep } from '../../async/sleep.ts';
import { ArgusError } from '../../domain/errors.ts';
import { firingId, rowNumber } from '../../domain/ids.ts';
import type { Reader } from '../../store/reader.ts';
import type { EventFilter } from '../../store/types.ts';
import type { StoredFiring } from '../../store/watchQueries.ts';
import { defineTool, noCall, type Call } from '../contract.ts';
import { namesInput } from '../inputs.ts';
import { findCamera, findShape } from '../lookup.ts';
import { firingToJson, namesOfWatches } from '../watchResource.ts';
import { quoted } from '../quoted.ts';
import { findWatch } from '../watchOfQuestion.ts';
import { localTime, resolveTimeZone } from '../window.ts';

/** Hosts give up a call after a minute. */
const longestS = 55;
const usualS = 30;
const pollMs = 250;
const mostTold = 20;
const progressEveryMs = 5_000;

const happening = z.object({
  firing_id: z.string().optional(),
  watch: z.string().optional().describe('Name'),
  event_id: z.string().optional(),
  event: z.string().optional(),
  camera: z.string(),
  time: z.string(),
  at: z.string().optional().describe('Line or zone'),
  direction: z.string().optional(),
  class: z.string().optional(),
  count: z.int().optional(),
  track_ids: z.array(z.string()),
});

export const waitForEvent = defineTool({
  name: 'wait_for_event',
  title: 'Wait until something happens',
  description:
    'Waits until a watch fires (any, or the one named); or, given any of camera to classes instead, until such an event ' +
    'happens.',
  input: z.object({
    watch: z.string().optional().describe('Name or id'),
    camera: z.string().optional(),
    line: z.string().optional(),
    zone: z.string().optional(),
    event: z.enum(['crossing', 'enter', 'exit', 'dwell']).optional(),
    direction: z.enum(['forward', 'backward']).optional(),
    classes: namesInput.optional(),
    after: z.string().optional().describe('next_after of the last answer: nothing in between is missed'),
    timeout_seconds: z.number().min(0).max(longestS).optional().describe(`Default: ${usualS}`),
    time_zone: z.string().optional(),
  }),
  output: z.object({
    happened: z.array(happening).describe('In the order in which it was noted, at most 20'),
    timed_out: z.boolean(),
    next_after: z.string(),
    notes: z.array(z.string()).optional(),
  }),

  async handle(input, world, call = noCall) {
    const timeZone = resolveTimeZone(input.time_zone ?? world.timeZone);
    const reader = world.reader();
    const look =
      input.watch !== undefined || !asksForEvents(input)
        ? firingsFor(reader, input)
        : eventsFor(reader, input);
    const timeoutMs = (input.timeout_seconds ?? usualS) * 1000;
    const startedMs = performance.now();
    const found = await waitUntil(reader, () => look(timeZone), timeoutMs, call);
    const isDone = found.happened.length > 0;
    const notes = isDone || (await world.live()) ? [] : ['No station is running: nothing new is noted.'];
    const waited = Math.round((performance.now() - startedMs) / 1000);
    const lines = found.happened.map(lineOf);
    return {
      structured: {
        ...found,
        timed_out: !isDone,
        ...(notes.length > 0 && { notes }),
      },
      text: [
        ...(isDone ? lines : [`Nothing in ${waited} s.`]),
        ...notes,
        `To go on: after "${found.next_after}".`,
      ].join('\n'),
    };
  },
});

interface Asked {
  readonly watch?: string | undefined;
  readonly camera?: string | undefined;
  readonly line?: string | undefined;
  readonly zone?: string | undefined;
  readonly event?: 'crossing' | 'enter' | 'exit' | 'dwell' | undefined;
  readonly direction?: 'forward' | 'backward' | undefined;
  readonly classes?: string[] | undefined;
  readonly after?: string | undefined;
}

interface Found {
  readonly happened: z.input<typeof happening>[];
  readonly next_after: string;
}

const asksForEvents = ({ camera, line, zone, event, direction, classes }: Asked): boolean =>
  [camera, line, zone, event, direction, classes].some((one) => one !== undefined);

function firingsFor(reader: Reader, asked: Asked): (timeZone: string) => Found {
  if (asksForEvents(asked)) {
    throw new ArgusError(
      'A watch has its own camera, place and classes.',
      'Give watch alone, or leave it out.',
    );
  }
  const only = asked.watch === undefined ? undefined : findWatch(reader, asked.watch).id;
  let after = numberAfter(asked.after, 'f') ?? reader.watches.lastNumbers().firing;
  return (timeZone) => {
    const firings = reader.watches.firings({ watch: only, after: firingId(after), limit: mostTold });
    const names = namesOfWatches(reader);
    after = numberOf(firings.at(-1)) ?? after;
    return { happened: firings.map((one) => firingToJson(one, names, timeZone)), next_after: `f${after}` };
  };
}

function eventsFor(reader: Reader, asked: Asked): (timeZone: string) => Found {
  const { event, direction, classes } = asked;
  const place = asked.line !== undefined || asked.zone !== undefined;
  const camera = asked.camera === undefined && !place ? undefined : findCamera(reader, asked.camera);
  const at = camera && place ? findShape(reader, camera, asked).shape.id : undefined;
  const filter: EventFilter = {
    ...(camera && { camera: camera.id }),
    ...(at !== undefined && { shape: at }),
    ...(event && { types: [event] }),
    ...(direction && { direction }),
    ...(classes && { labels: classes }),
  };
  let after = numberAfter(asked.after, 'e') ?? reader.watches.lastNumbers().event;
  return (timeZone) => {
    // Asked before: what comes in between is told the next time. All up to it need not be looked at again.
    const last = reader.watches.lastNumbers().event;
    const events = reader.watches.eventsAfter(after, filter, mostTold);
    const lastTold = rowNumber(events.at(-1)?.id ?? '', 'e') ?? after;
    after = events.length === mostTold ? lastTold : Math.max(last, lastTold);
    return {
      happened: events.map((one) => ({
        event_id: one.id,
        event: one.type,
        camera: one.camera,
        time: localTime(one.timeMs, timeZone),
        at: one.shape,
        ...(one.direction && { direction: one.direction }),
        class: one.label,
        track_ids: [one.trackId],
      })),
      next_after: `e${after}`,
    };
  };
}

function numberAfter(after: string | undefined, prefix: 'e' | 'f'): number | undefined {
  if (after === undefined) return undefined;
  const number = rowNumber(after.trim(), prefix);
  if (number !== undefined) return number;
  throw new ArgusError(
    `after: ${quoted(after)} is not from such a question.`,
    'Give next_after of an answer to the same question, or leave it out.',
  );
}

const numberOf = (firing: StoredFiring | undefined): number | undefined =>
  firing && rowNumber(firing.id, 'f');

/** Looks at once, and again whenever something was written, until there is something or the time has gone by. */
async function waitUntil(reader: Reader, look: () => Found, timeoutMs: number, call: Call): Promise<Found> {
  const startedMs = performance.now();
  let version: number | undefined;
  let toldMs = -Infinity;
  for (;;) {
    const now = reader.watches.dataVersion();
    const found = now === version ? undefined : look();
    version = now;
    const goneMs = performance.now() - startedMs;
    if (found && (found.happened.length > 0 || goneMs >= timeoutMs)) return found;
    if (goneMs >= timeoutMs || call.signal.aborted) return look();
    if (goneMs - toldMs >= progressEveryMs) {
      call.progress(goneMs / 1000, timeoutMs / 1000, 'Waiting');
      toldMs = goneMs;
    }
    await sleep(Math.max(1, Math.min(pollMs, timeoutMs - goneMs)), call.signal);
  }
}

function lineOf(one: z.input<typeof happening>): string {
  const ids = [one.firing_id, one.event_id].filter((id) => id !== undefined).join(', ');
  const what =
    one.watch === undefined
      ? [one.direction, one.event, 'of', one.class, one.at === undefined ? '' : `at ${one.at}`]
          .filter(Boolean)
          .join(' ')
      : `watch ${quoted(one.watch)} fired`;
  const who = one.track_ids.length > 0 ? ` (${one.track_ids.join(', ')})` : '';
  return `${ids}: ${what}, ${one.camera}, ${one.time}${who}`;
}
