import type { Interval } from '../domain/time.ts';
import type { WatchDefinition } from '../domain/watch.ts';
import type { Visit } from '../events/occupancy.ts';
import type { Reader } from '../store/reader.ts';
import type { StoredCamera } from '../store/types.ts';
import type { Incident } from '../watches/contract.ts';
import { WatchEvaluator } from '../watches/evaluator.ts';
import { Schedule } from '../watches/schedule.ts';
import { noCall, type Call } from './contract.ts';
import { gather } from './gather.ts';
import { pastVisits } from './pastVisits.ts';
import { storedEvents, type CountedEvent } from './tally.ts';
import type { AskedShape } from './shapes.ts';

/** All that a rule may look at in a window of the past; read once, and then asked about as often as need be. */
export interface PastFacts {
  readonly window: Interval;
  readonly visits: readonly Visit[];
  /** In order of time. */
  readonly events: readonly CountedEvent[];
  readonly watched: readonly Interval[];
  /** When a live camera was to give pictures. */
  readonly expected: readonly Interval[];
}

/**
 * Reads what the rule looks at.
 *
 * @param at its line or zone
 * @param goesOnMs until when a camera of a station that runs is to give pictures; absent: no station runs
 */
export async function factsFor(
  reader: Reader,
  camera: StoredCamera,
  watch: WatchDefinition,
  at: AskedShape | undefined,
  window: Interval,
  call: Call = noCall,
  goesOnMs?: number,
): Promise<PastFacts> {
  const { condition, labels } = watch;
  const watched = reader.coverage(camera.id, window);
  const nothing = { window, visits: [], events: [], watched, expected: [] };
  switch (condition.kind) {
    case 'camera_down':
      return { ...nothing, expected: reader.watches.liveTimes(camera.id, window, goesOnMs) };
    case 'occupancy':
    case 'absence': {
      const zone = at?.shape.kind === 'zone' ? at.shape : undefined;
      return { ...nothing, visits: await pastVisits(reader, camera.id, zone, window, { labels }, call) };
    }
    case 'event': {
      if (!at) return nothing;
      const question = {
        camera,
        at,
        window,
        types: [condition.type],
        labels,
        direction: condition.direction,
        // Visits of the length that the zone itself has are counted live, and have ids.
        minDwellMs:
          at.shape.kind === 'zone' && at.shape.dwellMs === condition.forMs ? undefined : condition.forMs,
      };
      const { stored, inHand } = await gather(reader, question, call);
      const events = [...inHand, ...stored.flatMap((filter) => [...storedEvents(reader, filter)])];
      return { ...nothing, events: events.sort((a, b) => a.timeMs - b.timeMs) };
    }
  }
}

export interface DryRun {
  readonly incidents: readonly Incident<CountedEvent>[];
  /** How much of the hours of the watch was looked at, ms. */
  readonly lookedMs: number;
  /** About how often it would fire in a week; undefined: too little was looked at to tell. */
  readonly perWeek?: number;
}

const stepMs = 600_000;
/** Less of the past says nothing of a week. */
const leastLookedMs = 600_000;
const weekMs = 7 * 86_400_000;

/** What the rule would have found: the evaluator that runs live is given the past. */
export function dryRun(watch: WatchDefinition, facts: PastFacts): DryRun {
  const { window, visits, events, watched, expected } = facts;
  const evaluator = new WatchEvaluator<CountedEvent>(watch);
  const incidents: Incident<CountedEvent>[] = [];
  // A track may come back to the zone: a visit is told once the one before has ended.
  for (const { trackId, fromMs, toMs, open } of visits.toSorted((a, b) => a.fromMs - b.fromMs)) {
    evaluator.comes(trackId, fromMs);
    if (!open) evaluator.goes(trackId, toMs);
  }
  for (const { fromMs, toMs } of expected) {
    evaluator.expected(true, fromMs);
    evaluator.expected(false, toMs);
  }
  for (const event of events) {
    evaluator.happened({ timeMs: event.timeMs, trackId: event.trackId, ref: event });
    incidents.push(...evaluator.settle(event.timeMs));
  }
  for (const { fromMs, toMs } of watched) evaluator.watched(fromMs, toMs);
  if (watch.condition.kind === 'camera_down') evaluator.unwatched(window.toMs);
  // In steps, so that what is long over is not looked at again and again.
  for (let toMs = window.fromMs; toMs < window.toMs; toMs += stepMs)
    incidents.push(...evaluator.settle(toMs));
  incidents.push(...evaluator.settle(window.toMs));

  const schedule = new Schedule(watch.hours);
  const looked = watch.condition.kind === 'camera_down' ? expected : watched;
  const lookedMs = looked.reduce((sum, interval) => sum + schedule.openMs(interval), 0);
  const openMs = schedule.openMs({ fromMs: window.toMs, toMs: window.toMs + weekMs });
  return {
    incidents: incidents.sort((a, b) => a.timeMs - b.timeMs),
    lookedMs,
    ...(lookedMs >= leastLookedMs && { perWeek: (incidents.length * openMs) / lookedMs }),
  };
}
