import type { Finding } from '../anomaly/contract.ts';
import type { EventType } from '../domain/event.ts';
import type { EventId, TrackId } from '../domain/ids.ts';
import type { Interval } from '../domain/time.ts';
import type { Reader } from '../store/reader.ts';
import { mainType, type PlaceCounts } from './anomalyCounts.ts';

/** Listed of each finding. */
const listed = 3;
/** Looked through for the longest visits. */
const mostVisits = 1000;

export interface Evidence {
  readonly event_ids?: string[];
  readonly track_ids?: string[];
}

/** What can be looked at of a finding: stored events, else tracks. Of what is missing there is nothing to look at. */
export function evidenceOf(
  reader: Reader,
  finding: Finding,
  places: readonly PlaceCounts[],
  window: Interval,
): Evidence {
  const { family, camera, shape, label, direction, fromMs, toMs } = finding;
  if (family === 'fewer' || family === 'blackout' || family === 'dark_picture' || label === undefined)
    return {};
  const place = places.find(({ at }) => at?.shape.id === shape);
  if (!place?.at) return tracks(reader.history.longestTracks(camera, label, finding, listed));
  if (family === 'loitering') return longestVisits(reader, finding, place, window);
  const types: EventType[] = [mainType(place.at)];
  const filter = { camera, shape: place.at.shape.id, types, labels: [label], fromMs, toMs };
  const events = reader.sampleEvents({ ...filter, ...(direction && { direction }) }, listed);
  if (events.length > 0) return { event_ids: events.map(({ id }) => id) };
  const told = place.inHand.filter(
    (event) =>
      event.label === label &&
      types.includes(event.type) &&
      (direction === undefined || event.direction === direction) &&
      event.timeMs >= fromMs &&
      event.timeMs < toMs,
  );
  return tracks(told.slice(0, listed).map(({ trackId }) => trackId));
}

function longestVisits(
  reader: Reader,
  { camera, label = '', fromMs, toMs }: Finding,
  { at, inHand }: PlaceCounts,
  window: Interval,
): Evidence {
  if (!at) return {};
  const { events } = reader.events(
    { camera, shape: at.shape.id, types: ['exit'], labels: [label], fromMs, toMs },
    { limit: mostVisits },
  );
  const told = inHand.filter(
    (event) =>
      event.type === 'exit' && event.label === label && event.timeMs >= fromMs && event.timeMs < toMs,
  );
  const open = reader.history
    .openVisits(at, window.toMs)
    .filter((visit) => visit.label === label && visit.timeMs >= fromMs && visit.timeMs < toMs);
  const visits: { trackId: TrackId; durationMs?: number; id?: EventId }[] = [...events, ...told, ...open];
  const longest = visits.sort((a, b) => (b.durationMs ?? 0) - (a.durationMs ?? 0)).slice(0, listed);
  const stored = longest.flatMap(({ id }) => id ?? []);
  const others = longest.flatMap(({ id, trackId }) => (id === undefined ? [trackId] : []));
  return { ...(stored.length > 0 && { event_ids: stored }), ...tracks(others) };
}

const tracks = (ids: readonly string[]): Evidence => (ids.length > 0 ? { track_ids: [...ids] } : {});
