import { createPauses } from '../async/slices.ts';
import { homographyOf } from '../domain/homography.ts';
import { medianOf } from '../domain/quantiles.ts';
import { motionOf } from '../events/motion.ts';
import type { Reader } from '../store/reader.ts';
import type { StoredCamera, StoredTrack } from '../store/types.ts';

/** The speed of a moment is that of the second before and the second after. */
const aroundMs = 1000;
/** Moments of a track that are looked at, spread over it. */
const mostMoments = 30;
const shortMs = 600_000;

/** How fast a track was over the ground, m/s: at moments spread over it. */
export interface TrackSpeed {
  readonly medianMps: number;
  readonly maxMps: number;
}

/** Undefined for each track that it cannot be told of: its camera has no scale, or it was seen for too short. Works in slices. */
export async function trackSpeeds(
  reader: Reader,
  cameras: readonly StoredCamera[],
  tracks: readonly StoredTrack[],
): Promise<(TrackSpeed | undefined)[]> {
  const grounds = new Map(cameras.map(({ id, scale }) => [id, scale && homographyOf(scale)]));
  const pause = createPauses();
  const speeds = [];
  for (const { id, camera, firstMs, lastMs } of tracks) {
    const toGround = grounds.get(camera);
    const momentMs = toGround ? momentsOf(firstMs, lastMs) : [];
    // One look at all of a short track is cheaper than one for each moment.
    const all = toGround && lastMs - firstMs <= shortMs ? reader.trackPoints(id) : undefined;
    const sorted = toGround
      ? momentMs
          .flatMap((timeMs) => {
            const around = { fromMs: timeMs - aroundMs, toMs: timeMs + aroundMs + 1 };
            return (
              motionOf(all ?? reader.trackPoints(id, around.fromMs, around.toMs), around, toGround)
                ?.speedMps ?? []
            );
          })
          .sort((a, b) => a - b)
      : [];
    speeds.push(
      sorted.length > 0 ? { medianMps: medianOf(sorted), maxMps: sorted.at(-1) ?? NaN } : undefined,
    );
    await pause();
  }
  return speeds;
}

/** Each second of a short track, fewer of a long one; of the shortest its middle. */
function momentsOf(firstMs: number, lastMs: number): number[] {
  const inside = lastMs - firstMs - 2 * aroundMs;
  if (inside <= 0) return [(firstMs + lastMs) / 2];
  const n = Math.min(mostMoments, Math.floor(inside / 1000) + 1);
  return Array.from({ length: n }, (_, i) => firstMs + aroundMs + (n === 1 ? 0 : (i * inside) / (n - 1)));
}

export const kmhOf = (mps: number): number => Number((mps * 3.6).toFixed(1));
