import type { Box } from '../domain/box.ts';
import { anchorOf } from '../domain/geometry.ts';
import type { ToGround } from '../domain/homography.ts';
import type { Interval } from '../domain/time.ts';
import type { TrackPoint } from '../domain/track.ts';

/** How something moved over the ground. */
export interface Motion {
  readonly speedMps: number;
  /** Degrees from the ground's y axis (0) towards its x axis (90), 0 ≤ heading < 360; undefined: it stood. */
  readonly headingDeg?: number;
}

/** Slower than this has no direction: a box that trembles looks like it. */
const standingMps = 0.2;
/** Over less time the trembling of a box is as large as the way made. */
const leastSpanMs = 500;
/** So near to the picture's edge a box is cut off by it, and its foot is not where it seems. */
const edgeNorm = 0.005;

/**
 * The steady motion that fits the track's points within the interval best (least squares of place over time). A sum of
 * steps would count every tremble of the box as way made. Points whose box the picture's edge cuts off are left out.
 * Undefined when the others that are on the ground span less than half a second.
 */
export function motionOf(
  points: readonly TrackPoint[],
  { fromMs, toMs }: Interval,
  toGround: ToGround,
): Motion | undefined {
  const places = points.flatMap(({ timeMs, box }) => {
    const counts = timeMs >= fromMs && timeMs < toMs && !isCutOff(box);
    const place = counts ? toGround(anchorOf(box)) : undefined;
    return place ? [{ timeMs, ...place }] : [];
  });
  const [first, last] = [places[0], places.at(-1)];
  if (!first || !last || last.timeMs - first.timeMs < leastSpanMs) return undefined;
  const mean = (of: (place: (typeof places)[number]) => number) =>
    places.reduce((sum, place) => sum + of(place), 0) / places.length;
  const middleS = mean(({ timeMs }) => (timeMs - first.timeMs) / 1000);
  const offS = (timeMs: number) => (timeMs - first.timeMs) / 1000 - middleS;
  const spread = mean(({ timeMs }) => offS(timeMs) ** 2);
  const xMps = mean(({ timeMs, xM }) => offS(timeMs) * (xM - first.xM)) / spread;
  const yMps = mean(({ timeMs, yM }) => offS(timeMs) * (yM - first.yM)) / spread;
  const speedMps = Math.hypot(xMps, yMps);
  if (speedMps < standingMps) return { speedMps };
  const headingDeg = ((Math.atan2(xMps, yMps) * 180) / Math.PI + 360) % 360;
  return { speedMps, headingDeg };
}

/** Above, only the head is missing. */
const isCutOff = ({ x1, x2, y2 }: Box): boolean => x1 < edgeNorm || x2 > 1 - edgeNorm || y2 > 1 - edgeNorm;
