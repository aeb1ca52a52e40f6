import type { Box } from '../domain/box.ts';
import { ArgusError } from '../domain/errors.ts';
import { trackId } from '../domain/ids.ts';
import type { TrackPoint } from '../domain/track.ts';
import type { Reader } from '../store/reader.ts';
import type { StoredTrack } from '../store/types.ts';
import { quoted } from './quoted.ts';
import type { Resource } from './resourceContract.ts';
import { stillUri } from './stillResource.ts';
import { localTime } from './window.ts';

/** Enough to see the way that it took. */
const mostPoints = 60;
const mostEvents = 50;

/** One track: when and where it went, and what it did. */
export const trackResource: Resource = {
  name: 'track',
  title: 'Track of one object',
  description: 'Its times, its path (at most 60 places) and its events, by track_id',
  mimeType: 'application/json',
  template: 'argus://track/{id}',
  ttlMs: 5_000,
  suggest: (world) => world.reader().newestIds('tracks', 200),
  read(id, world) {
    const reader = world.reader();
    const track = reader.track(trackId(id));
    if (!track)
      throw new ArgusError(`There is no track ${quoted(id)}.`, 'Take a track_id from the answer of a tool.');
    return { json: trackJson(reader, track, world.timeZone) };
  },
};

function trackJson(reader: Reader, track: StoredTrack, timeZone: string) {
  const path = reader.trackPoints(track.id);
  const { events, next } = reader.events({ track: track.id }, { limit: mostEvents });
  return {
    track_id: track.id,
    camera: track.camera,
    class: track.label,
    from: localTime(track.firstMs, timeZone),
    to: localTime(track.lastMs, timeZone),
    ended: track.ended,
    confidence: Number(track.maxConfidence.toFixed(2)),
    ...(track.bestStill && { still: stillUri(track.bestStill) }),
    path: thinned(path).map(({ timeMs, box }) => ({ time: localTime(timeMs, timeZone), box: corners(box) })),
    events: events.map(({ id }) => `argus://event/${id}`),
    ...(next !== undefined && { more_events: true }),
  };
}

/** Evenly by number, with the last one. */
function thinned(path: readonly TrackPoint[]): readonly TrackPoint[] {
  const step = Math.ceil(path.length / (mostPoints - 1));
  return step <= 1 ? path : path.filter((_, n) => n % step === 0 || n === path.length - 1);
}

/** x1, y1, x2, y2 in parts of the picture. */
export const corners = ({ x1, y1, x2, y2 }: Box): number[] =>
  [x1, y1, x2, y2].map((value) => Number(value.toFixed(4)));
