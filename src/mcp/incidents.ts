import { ArgusError } from '../domain/errors.ts';
import { eventId, rowNumber, type CameraId } from '../domain/ids.ts';
import type { Moment } from '../domain/moment.ts';
import type { Interval } from '../domain/time.ts';
import type { Grouping, Incident, Strand } from '../incidents/contract.ts';
import { handleOf, parseHandle, usualGapMs, type Beginning } from '../incidents/handle.ts';
import { incidentFrom, joinStrands } from '../incidents/join.ts';
import {
  contextAfterMs,
  contextBeforeMs,
  longestGapMs,
  sameTrackMs,
  strandsOf,
} from '../incidents/strands.ts';
import type { Reader } from '../store/reader.ts';
import { longestWayMs, tiesBetween } from './incidentTies.ts';

/** Grouped in one question: more take too long. */
const mostMoments = 50_000;

/** An incident and how it was found. */
export interface KnownIncident {
  readonly id: string;
  readonly incident: Incident;
  readonly grouping: Grouping;
  /** How many tracks of other cameras were too many to be compared by looks. */
  readonly notCompared: number;
}

export interface IncidentsOptions {
  readonly cameras?: readonly CameraId[] | undefined;
  readonly grouping: Grouping;
}

/** The incidents that went on in the window, in the order of their beginning. Throws ArgusError when too much happened. */
export function incidentsIn(
  reader: Reader,
  window: Interval,
  { cameras, grouping }: IncidentsOptions,
): { readonly incidents: readonly KnownIncident[]; readonly notCompared: number } {
  const around = {
    fromMs: window.fromMs - contextBeforeMs - longestWayMs,
    toMs: window.toMs + contextAfterMs + longestWayMs,
  };
  const moments = loadMoments(reader, around, cameras, grouping);
  const isWithin = ({ fromMs, toMs }: Interval, marginMs = 0) =>
    fromMs < window.toMs + marginMs && toMs >= window.fromMs - marginMs;
  // What is tied to it may have been just before or after the window.
  const strands = strandsOf(moments, grouping.gapMs).filter((strand) => isWithin(strand, longestWayMs));
  const { ties, notCompared } = tiesBetween(reader, strands, grouping.gapMs);
  const found = joinStrands(strands, ties).filter((incident) => isWithin(incident));
  const incidents = found.map((incident) => ({
    id: handleOf(incident.strands, grouping),
    incident,
    grouping,
    notCompared,
  }));
  return { incidents, notCompared };
}

function loadMoments(
  reader: Reader,
  window: Interval,
  cameras: readonly CameraId[] | undefined,
  { labels }: Grouping,
): Moment[] {
  const moments = reader.moments(window, { cameras, labels, limit: mostMoments + 1 });
  if (moments.length <= mostMoments) return moments;
  throw new ArgusError(
    `More than ${mostMoments} things happened in the window and the hours around it.`,
    'Ask for a shorter window, fewer cameras or fewer classes.',
  );
}

/**
 * The incident of that id, found anew: its strands, each as it is now, and what ties them. Throws ArgusError when there
 * is none, or it is not kept any more.
 */
export function incidentOf(reader: Reader, id: string): KnownIncident {
  const parsed = parseHandle(id);
  const strands = parsed?.beginnings.flatMap(
    (beginning) => strandWith(reader, beginning, parsed.grouping) ?? [],
  );
  if (!parsed || !strands || strands.length < parsed.beginnings.length) {
    throw new ArgusError(
      `There is no incident ${JSON.stringify(id)}, or it is not kept any more.`,
      'Take an incident_id from list_incidents.',
    );
  }
  const apart = [...new Map(strands.map((strand) => [`${strand.camera} ${strand.fromMs}`, strand])).values()];
  const { grouping } = parsed;
  const { ties, notCompared } =
    apart.length > 1 ? tiesBetween(reader, apart, grouping.gapMs) : { ties: [], notCompared: 0 };
  const own = joinStrands(apart, ties).flatMap((incident) => incident.ties);
  const incident = incidentFrom(apart, own);
  return { id: handleOf(incident.strands, grouping), incident, grouping, notCompared };
}

/** The incident to which an event belongs, with what belongs to it in other cameras. Throws ArgusError when there is no such event. */
export function incidentOfEvent(reader: Reader, id: string): KnownIncident {
  const number = rowNumber(id, 'e');
  const event = number === undefined ? undefined : reader.event(eventId(number));
  if (!event) {
    throw new ArgusError(
      `There is no event ${JSON.stringify(id)}.`,
      'Take an event_id from the answer of another tool.',
    );
  }
  const grouping = { gapMs: usualGapMs };
  const strand = strandWith(reader, { event: event.id }, grouping);
  const window = { fromMs: strand?.fromMs ?? event.timeMs, toMs: (strand?.toMs ?? event.timeMs) + 1 };
  const found = incidentsIn(reader, window, { grouping }).incidents.find(({ incident }) =>
    incident.moments.some((moment) => moment.event?.id === event.id),
  );
  if (!found) throw new Error(`event ${id} is in no incident`);
  return found;
}

/** Most incidents are short: so much is looked at first, to both sides. */
const firstLookMs = 45 * 60_000;

function strandWith(reader: Reader, beginning: Beginning, grouping: Grouping): Strand | undefined {
  const place = 'event' in beginning ? reader.event(beginning.event) : reader.track(beginning.track);
  if (!place) return undefined;
  const timeMs = 'firstMs' in place ? place.firstMs : place.timeMs;
  const isIt = ({ event, trackId }: Moment) =>
    'event' in beginning ? event?.id === beginning.event : !event && trackId === beginning.track;
  const look = (beforeMs: number, afterMs: number) => {
    const around = { fromMs: timeMs - beforeMs, toMs: timeMs + afterMs };
    const moments = loadMoments(reader, around, [place.camera], grouping);
    const strand = strandsOf(moments, grouping.gapMs).find((one) => one.moments.some(isIt));
    const marginMs = sameTrackMs + longestGapMs;
    const isWhole =
      strand && strand.fromMs - around.fromMs > marginMs && around.toMs - strand.toMs > marginMs;
    return { strand, isWhole };
  };
  const first = look(firstLookMs, firstLookMs);
  return first.isWhole || !first.strand ? first.strand : look(contextBeforeMs, contextAfterMs).strand;
}
