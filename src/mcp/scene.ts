import { ArgusError } from '../domain/errors.ts';
import type { CameraId, TrackId } from '../domain/ids.ts';
import type { Moment } from '../domain/moment.ts';
import type { Interval } from '../domain/time.ts';
import { sameTrackMs } from '../incidents/strands.ts';
import type { Step } from '../incidents/timeline.ts';
import type { Reader } from '../store/reader.ts';
import type { StoredTrack } from '../store/types.ts';
import type { KnownIncident } from './incidents.ts';
import { tracksOf } from './momentCounts.ts';
import { leastPoints, peopleAmong, type People } from './people.ts';

/** More cannot be told in a summary anyway. */
const mostTracks = 2_000;
const mostMoments = 10_000;
/** So far before and after it is looked for who was where else, ms. */
const aroundMs = 300_000;
/** Comparing more takes too long for a summary. */
const mostCompared = 100;

/** What a summary is of: an incident, or all that was seen in a window. */
export interface Scene {
  /** From the first to the last sighting of those who took part, but not far beyond what they did; or the window asked for. */
  readonly window: Interval;
  readonly cameras: readonly CameraId[];
  /** In order of time. */
  readonly moments: readonly Moment[];
  /** Those who took part, in the order of their first sighting. */
  readonly participants: readonly StoredTrack[];
  /** Absent: the scene is a window. */
  readonly known?: KnownIncident;
}

export function sceneOfIncident(reader: Reader, known: KnownIncident): Scene {
  const { incident } = known;
  const participants = reader.tracksById(tracksOf(incident.moments));
  const fromMs = participants.reduce((ms, { firstMs }) => Math.min(ms, firstMs), incident.fromMs);
  const toMs = participants.reduce((ms, { lastMs }) => Math.max(ms, lastMs), incident.toMs);
  return {
    window: {
      fromMs: Math.max(fromMs, incident.fromMs - sameTrackMs),
      toMs: Math.min(toMs, incident.toMs + sameTrackMs) + 1,
    },
    cameras: incident.cameras,
    moments: incident.moments,
    participants,
    known,
  };
}

/** Throws ArgusError when too much happened. */
export function sceneOfWindow(reader: Reader, window: Interval, cameras: readonly CameraId[]): Scene {
  const filter = { cameras, leastPoints };
  const moments = reader.moments(window, { cameras, limit: mostMoments + 1 });
  const tracks = reader.countTracksIn(window, filter);
  if (tracks > mostTracks || moments.length > mostMoments) {
    throw new ArgusError(
      `${tracks} tracks are in the window: too much for one summary.`,
      'Give a shorter window or one camera, or take an incident_id from list_incidents.',
    );
  }
  return { window, cameras, moments, participants: reader.tracksIn(window, filter) };
}

/** All that happened, in order of time: events, and when each of those who took part came and went within the window. */
export function stepsOf({ moments, participants, window }: Scene): Step[] {
  const events = moments.flatMap(({ camera, trackId, label, timeMs, event }): Step[] =>
    event
      ? [
          {
            timeMs,
            camera,
            trackId,
            label,
            type: event.type,
            direction: event.direction,
            shape: event.shape,
            eventId: event.id,
          },
        ]
      : [],
  );
  const comings = participants.flatMap(({ id: trackId, camera, label, firstMs, lastMs, ended }): Step[] => {
    const step = { camera, trackId, label };
    const isInside = (timeMs: number) => timeMs >= window.fromMs && timeMs < window.toMs;
    return [
      isInside(firstMs) ? [{ ...step, timeMs: firstMs, type: 'seen' as const }] : [],
      ended && isInside(lastMs) ? [{ ...step, timeMs: lastMs, type: 'gone' as const }] : [],
    ].flat();
  });
  const rank = ({ type }: Step) => (type === 'seen' ? 0 : type === 'gone' ? 2 : 1);
  return [...events, ...comings].sort((a, b) => a.timeMs - b.timeMs || rank(a) - rank(b));
}

export interface Company {
  /** Who is who among those who took part and those around them; undefined: too many to be compared. */
  readonly people: People | undefined;
  /** How many tracks there were, in the widest view. */
  readonly around: number;
  readonly tracks: ReadonlyMap<TrackId, StoredTrack>;
}

/** Who is who among the tracks of all cameras from minutes before to minutes after; where they are too many, of the scene alone. */
export function companyOf(reader: Reader, { window, cameras, participants }: Scene): Company {
  const labels = [...new Set(participants.map(({ label }) => label))];
  const wide = { fromMs: window.fromMs - aroundMs, toMs: window.toMs + aroundMs };
  const views = [
    { interval: wide, filter: { labels, leastPoints } },
    { interval: window, filter: { labels, leastPoints, cameras } },
  ];
  const counts = views.map(({ interval, filter }) => reader.countTracksIn(interval, filter));
  const view = views.find((_, n) => (counts[n] ?? 0) <= mostCompared);
  const tracks = view ? reader.tracksIn(view.interval, view.filter) : [];
  return {
    people: view && peopleAmong(reader, tracks),
    around: counts[0] ?? 0,
    tracks: new Map(tracks.map((track) => [track.id, track])),
  };
}
