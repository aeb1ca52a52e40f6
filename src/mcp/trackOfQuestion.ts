import * as z from 'zod';
import { ArgusError } from '../domain/errors.ts';
import { eventId, rowNumber, stillId, trackId } from '../domain/ids.ts';
import type { Reader } from '../store/reader.ts';
import type { StoredTrack } from '../store/types.ts';
import { quoted } from './quoted.ts';

/** Input of tools that are asked about one track. */
export const trackInput = {
  track_id: z.string().optional().describe('Such as "gate-1-7"'),
  event_id: z.string().optional().describe('Such as "e12"'),
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

/** A still is of the very frame that was analysed, or of one next to it, ms. */
const nearMs = 250;

/** The track that a picture is the best one of, or the only one that it shows. Throws ArgusError where that is none. */
export function trackOfStill(
  reader: Reader,
  asked: {
    readonly still_id?: string | undefined;
    readonly track_id?: string | undefined;
    readonly event_id?: string | undefined;
  },
): StoredTrack {
  const { still_id: id = '' } = asked;
  if (asked.track_id !== undefined || asked.event_id !== undefined)
    throw new ArgusError('Give one of track_id, event_id and still_id.', 'Leave the others out.');
  const number = rowNumber(id, 's');
  const still = number === undefined ? undefined : reader.still(stillId(number));
  if (!still) throw new ArgusError(`There is no still "${id}".`, 'Take a still_id from another answer.');
  const shown = reader.boxesAt(still.camera, still.timeMs, nearMs).map(({ trackId: of }) => of);
  const best = reader.tracksOfStill(still.id);
  const [only, ...others] = best.length === 1 ? best : shown;
  const track = only === undefined || others.length > 0 ? undefined : reader.track(only);
  if (track) return track;
  throw new ArgusError(
    shown.length === 0 ? `Still ${id} shows no track.` : `Still ${id} shows several: ${shown.join(', ')}.`,
    'Give track_id instead.',
  );
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
