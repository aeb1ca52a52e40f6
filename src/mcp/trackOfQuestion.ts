import { z } from 'zod';
import { ArgusError } from '../domain/errors.ts';
import { eventId, rowNumber, trackId } from '../domain/ids.ts';
import type { Reader } from '../store/reader.ts';
import type { StoredTrack } from '../store/types.ts';
import { quoted } from './quoted.ts';

/** Input of tools that are asked about one track. */
export const trackInput = {
  track_id: z.string().optional().describe('Such as "gate-1-7", from another answer'),
  event_id: z.string().optional().describe('Such as "e12"; instead of track_id: who made it'),
};

/** The track that is asked about. Throws ArgusError where there is none. */
export function findTrack(
  reader: Reader,
  asked: { readonly track_id?: string | undefined; readonly event_id?: string | undefined },
): StoredTrack {
  if ((asked.track_id === undefined) === (asked.event_id === undefined))
    throw new ArgusError('Give either track_id or event_id.', 'Take one from the answer of another tool.');
  const id = asked.track_id ?? trackOfEvent(reader, asked.event_id ?? '');
  const track = reader.track(trackId(id));
  if (!track)
    throw new ArgusError(
      `There is no track ${quoted(id)}.`,
      'Take a track_id from the answer of another tool.',
    );
  return track;
}

function trackOfEvent(reader: Reader, id: string): string {
  const number = rowNumber(id, 'e');
  const event = number === undefined ? undefined : reader.event(eventId(number));
  if (!event)
    throw new ArgusError(
      `There is no event ${quoted(id)}.`,
      'Take an event_id from the evidence of count_zone_events.',
    );
  return event.trackId;
}
