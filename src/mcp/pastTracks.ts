import { createPauses } from '../async/slices.ts';
import type { Box } from '../domain/box.ts';
import type { CameraId, TrackId } from '../domain/ids.ts';
import type { Interval } from '../domain/time.ts';
import type { PastTrack } from '../events/replay.ts';
import type { Reader } from '../store/reader.ts';
import type { TrackPath } from '../store/types.ts';

/** Stretches of time looked up at once: as long as one look takes about as long as a slice, within these bounds. */
const firstStretchMs = 900_000;
const leastStretchMs = 60_000;
const longestStretchMs = 86_400_000;
const quickMs = 5;
const slowMs = 20;

/**
 * The tracks whose boxes may have touched the area in the interval, each once; all that did, and some that came near.
 * Works in slices, so that others have their turn. A track's points are read when they are asked for.
 *
 * @param labels only tracks of these classes; undefined: of all
 */
export async function* pastTracks(
  reader: Reader,
  camera: CameraId,
  interval: Interval,
  area: Box,
  labels?: readonly string[],
): AsyncGenerator<PastTrack> {
  const pause = createPauses();
  const seen = new Set<TrackId>();
  let stretchMs = firstStretchMs;
  for (let { fromMs } = interval; fromMs < interval.toMs;) {
    const toMs = Math.min(fromMs + stretchMs, interval.toMs);
    const startedMs = performance.now();
    const paths = reader.pathsNear(camera, { fromMs, toMs }, area);
    const tookMs = performance.now() - startedMs;
    if (tookMs < quickMs) stretchMs = Math.min(stretchMs * 2, longestStretchMs);
    if (tookMs > slowMs) stretchMs = Math.max(stretchMs / 2, leastStretchMs);
    await pause();
    for (const path of paths) {
      if (seen.has(path.trackId) || (labels && !labels.includes(path.label))) continue;
      seen.add(path.trackId);
      const track = pastTrack(reader, path);
      if (track) yield track;
      await pause();
    }
    fromMs = toMs;
  }
}

function pastTrack(reader: Reader, { trackId, pieces }: TrackPath): PastTrack | undefined {
  const track = reader.track(trackId);
  if (!track) return undefined;
  const [piece = []] = pieces;
  // Most tracks are short and have been read as a whole already.
  const isWhole = pieces.length === 1 && piece.length === track.points;
  return {
    trackId,
    label: track.label,
    firstMs: track.firstMs,
    lastMs: track.lastMs,
    points: track.points,
    ended: track.ended,
    pointsWithin: (fromMs, toMs) =>
      isWhole
        ? piece.filter(({ timeMs }) => timeMs >= fromMs && timeMs < toMs)
        : reader.trackPoints(trackId, fromMs, toMs),
  };
}
