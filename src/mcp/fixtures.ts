import type { Box } from '../domain/box.ts';
import { iou } from '../domain/box.ts';
import type { CameraId, TrackId } from '../domain/ids.ts';
import { unmoved } from '../domain/stillness.ts';
import type { Interval } from '../domain/time.ts';
import type { Reader } from '../store/reader.ts';
import type { StoredTrack } from '../store/types.ts';

/**
 * Classes that move by themselves. What is taken for one of them and never moves is a thing, such as a signboard or a
 * coat stand; a parked car is a car.
 */
const movers = [
  'person',
  'bird',
  'cat',
  'dog',
  'horse',
  'sheep',
  'cow',
  'elephant',
  'bear',
  'zebra',
  'giraffe',
];
/** A track has to last this long before standing still says anything, ms … */
const longMs = 60_000;
/** … and people are detected more surely than this at some time in it, 0–1. */
const weakest = 0.65;
/** Who sits all day is detected surely, but goes home. So much of the watched time, and of so long a time, only a thing is there. */
const alwaysShare = 0.9;
const alwaysMs = 6 * 3_600_000;
/** How far back it is looked, ms. */
const pastMs = 7 * 24 * 3_600_000;
/** Two boxes that overlap so much are of one place. */
const samePlace = 0.5;

interface Place {
  readonly box: Box;
  readonly label: string;
  readonly tracks: StoredTrack[];
}

/**
 * Tracks of the window that are things taken for a person or an animal: they never moved, and either were never detected
 * surely, or their place was taken almost all the time over many hours.
 */
export function fixturesOf(reader: Reader, camera: CameraId, window: Interval): TrackId[] {
  const past = { fromMs: window.toMs - Math.max(pastMs, window.toMs - window.fromMs), toMs: window.toMs };
  const still = reader.tracksIn(past, { cameras: [camera], labels: movers, maxMoved: unmoved });
  if (!still.some(isLong)) return [];
  const places = placesOf(reader, still);
  const watchedMs = lengthOf(reader.coverage(camera, past));
  return places
    .filter((place) => place.tracks.some(isLong) && isThing(place, watchedMs))
    .flatMap(({ tracks }) => tracks)
    .filter(({ firstMs, lastMs }) => firstMs < window.toMs && lastMs >= window.fromMs)
    .map(({ id }) => id);
}

/** What an answer says of the tracks it leaves out; nothing where there are none. */
export function fixturesNote(fixtures: readonly TrackId[]): string[] {
  if (fixtures.length === 0) return [];
  const listed = fixtures.slice(0, 3).join(', ');
  const [are, things] =
    fixtures.length === 1
      ? ['1 track that never moved is', 'a thing']
      : [`${fixtures.length} tracks that never moved are`, 'things'];
  return [
    `${are} left out as probably ${things}: ${listed}${fixtures.length > 3 ? ', …' : ''}. include_fixtures: true counts ${fixtures.length === 1 ? 'it' : 'them'}.`,
  ];
}

const isLong = ({ firstMs, lastMs }: StoredTrack): boolean => lastMs - firstMs >= longMs;

function isThing({ tracks }: Place, watchedMs: number): boolean {
  if (tracks.every(({ maxConfidence }) => maxConfidence <= weakest)) return true;
  return (
    watchedMs >= alwaysMs &&
    lengthOf(tracks.map(({ firstMs, lastMs }) => ({ fromMs: firstMs, toMs: lastMs }))) >=
      alwaysShare * watchedMs
  );
}

function placesOf(reader: Reader, tracks: readonly StoredTrack[]): Place[] {
  const ends = reader.trackEnds(tracks.map(({ id }) => id));
  const places: Place[] = [];
  for (const track of tracks) {
    const box = ends.get(track.id)?.first.box;
    if (!box) continue;
    const place = places.find(
      ({ box: other, label }) => label === track.label && iou(box, other) >= samePlace,
    );
    if (place) place.tracks.push(track);
    else places.push({ box, label: track.label, tracks: [track] });
  }
  return places;
}

const lengthOf = (intervals: readonly Interval[]): number =>
  intervals.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
