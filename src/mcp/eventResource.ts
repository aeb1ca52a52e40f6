import { ArgusError } from '../domain/errors.ts';
import { eventId, rowNumber } from '../domain/ids.ts';
import type { StoredEvent } from '../store/types.ts';
import { quoted } from './quoted.ts';
import type { Resource } from './resourceContract.ts';
import { stillUri } from './stillResource.ts';
import { corners } from './trackResource.ts';
import { localTime } from './window.ts';

/** One stored event: who did what at which line or zone. */
export const eventResource: Resource = {
  name: 'event',
  title: 'Event at a line or zone',
  description: 'What is stored of it, by event_id',
  mimeType: 'application/json',
  template: 'argus://event/{id}',
  ttlMs: 60_000,
  suggest: (world) =>
    world
      .reader()
      .events({}, { newestFirst: true, limit: 200 })
      .events.map(({ id }) => id),
  read(id, world) {
    const number = rowNumber(id, 'e');
    const event = number === undefined ? undefined : world.reader().event(eventId(number));
    if (!event)
      throw new ArgusError(
        `There is no event ${quoted(id)}.`,
        'Take an event_id from the evidence of count_zone_events.',
      );
    return { json: eventJson(event, world.timeZone) };
  },
};

const eventJson = (event: StoredEvent, timeZone: string) => ({
  event_id: event.id,
  camera: event.camera,
  [event.type === 'crossing' ? 'line' : 'zone']: event.shape,
  name: event.shapeName,
  event: event.type,
  ...(event.direction && { direction: event.direction }),
  time: localTime(event.timeMs, timeZone),
  ...(event.durationMs !== undefined && { duration_seconds: Number((event.durationMs / 1000).toFixed(1)) }),
  class: event.label,
  confidence: Number(event.confidence.toFixed(2)),
  box: corners(event.box),
  track: `argus://track/${event.trackId}`,
  ...(event.still && { still: stillUri(event.still) }),
});
