import type { EventType, LineDirection } from '../domain/event.ts';
import type { Interval } from '../domain/time.ts';
import type { Reader } from '../store/reader.ts';
import type { EventFilter, StoredCamera } from '../store/types.ts';
import { noCall, type Call } from './contract.ts';
import { countedLive, pastEvents, uncountedSpan } from './pastEvents.ts';
import type { AskedShape } from './shapes.ts';
import { motionsAt } from './speeds.ts';
import { storedEvents, type CountedEvent, type Tally } from './tally.ts';

/** Which events at a line or zone are asked for; conditions left out do not count. */
export interface Question {
  readonly camera: StoredCamera;
  readonly at: AskedShape;
  readonly window: Interval;
  readonly types: readonly EventType[];
  readonly labels?: readonly string[] | undefined;
  readonly direction?: LineDirection | undefined;
  /** Of visits to a zone: at least this long. `dwell` events are then told at this moment of a visit. */
  readonly minDwellMs?: number | undefined;
  readonly minConfidence?: number | undefined;
  /** Over the ground, m/s; the camera needs a scale. */
  readonly minSpeedMps?: number | undefined;
}

export interface Gathered extends Tally {
  /** Until when, within the window, events had to be told from trajectories, as nobody counted at the shape then. */
  readonly uncountedUntilMs?: number;
  /** How many events were left out as it cannot be told whether they were fast enough. */
  readonly untold?: number;
}

/**
 * Where the events are that a question asks for. They were counted live when the shape is stored, and are told from
 * the trajectories when it is drawn just now, when visits of another length are asked for than those counted, and for
 * the time before the stored shape was drawn as it is. A track was followed either before that or after, so that
 * nothing is counted twice.
 */
export async function gather(reader: Reader, question: Question, call: Call = noCall): Promise<Gathered> {
  const atAnySpeed = await gatherAtAnySpeed(reader, question, call);
  const { camera, minSpeedMps } = question;
  if (minSpeedMps === undefined) return atAnySpeed;
  const { stored, inHand, ...rest } = atAnySpeed;
  const events = [...inHand, ...stored.flatMap((filter) => [...storedEvents(reader, filter)])];
  const motions = await motionsAt(reader, [camera], events, call.signal);
  return {
    ...rest,
    stored: [],
    inHand: events.filter((_, n) => (motions[n]?.speedMps ?? 0) >= minSpeedMps),
    untold: motions.filter((motion) => !motion).length,
  };
}

async function gatherAtAnySpeed(reader: Reader, question: Question, call: Call): Promise<Gathered> {
  const { camera, at, window, minDwellMs } = question;
  const shape = minDwellMs === undefined ? at.shape : { ...at.shape, dwellMs: minDwellMs };
  const passes = passFor(question);
  const past = { camera: camera.id, shape, labels: question.labels };
  if (!at.stored || minDwellMs !== undefined) {
    return { stored: [], inHand: (await pastEvents(reader, { ...past, window }, call)).filter(passes) };
  }

  const uncounted = uncountedSpan(reader, camera.id, shape, window);
  const wasCounted = countedLive(reader, camera.id, shape);
  const early = uncounted
    ? await pastEvents(reader, { ...past, window: uncounted, wants: (track) => !wasCounted(track) }, call)
    : [];
  const filter: EventFilter = {
    camera: camera.id,
    shape: shape.id,
    fromMs: window.fromMs,
    toMs: window.toMs,
    types: question.types,
    ...(question.labels && { labels: question.labels }),
    ...(question.direction && { direction: question.direction }),
  };
  const inHand: CountedEvent[] = early.filter(passes);
  const until = uncounted && { uncountedUntilMs: uncounted.toMs };
  if (question.minConfidence === undefined) return { stored: [filter], inHand, ...until };
  for (const event of storedEvents(reader, filter)) if (passes(event)) inHand.push(event);
  return { stored: [], inHand, ...until };
}

/** What the trajectories cannot be asked for by class, place and time. */
function passFor({ types, direction, minDwellMs, minConfidence = 0 }: Question) {
  return (event: CountedEvent): boolean =>
    types.includes(event.type) &&
    (direction === undefined || event.direction === direction) &&
    (minDwellMs === undefined || (event.durationMs ?? 0) >= minDwellMs) &&
    event.confidence >= minConfidence;
}
