import { anchorOf, type AnchorKind } from '../domain/geometry.ts';
import type { ToGround } from '../domain/homography.ts';
import type { Interval } from '../domain/time.ts';
import type { TrackPoint } from '../domain/track.ts';

/** How something moved over the ground. */
export interface Motion {
  readonly speedMps: number;
  /** Degrees from the ground's y axis (ahead) clockwise towards its x axis (right), 0 ≤ heading < 360; undefined: it stood. */
  readonly headingDeg?: number;
  /** Of the points that it is told by, UTC ms. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** Slower than this has no direction, m/s: a box that trembles looks like it. */
const standingMps = 0.05;

/**
 * The steady motion that fits the track's points within the interval best (least squares of place over time). A sum of
 * steps would count every tremble of the box as way made. Undefined for fewer than two points on the ground.
 */
export function motionOf(
  points: readonly TrackPoint[],
  { fromMs, toMs }: Interval,
  toGround: ToGround,
  anchor: AnchorKind = 'bottom',
): Motion | undefined {
  const places = points.flatMap(({ timeMs, box }) => {
    const place = timeMs >= fromMs && timeMs < toMs ? toGround(anchorOf(box, anchor)) : undefined;
    return place ? [{ timeMs, ...place }] : [];
  });
  const [first, last] = [places[0], places.at(-1)];
  if (!first || !last || first === last) return undefined;
  const mean = (of: (place: (typeof places)[number]) => number) =>
    places.reduce((sum, place) => sum + of(place), 0) / places.length;
  const middleS = mean(({ timeMs }) => (timeMs - first.timeMs) / 1000);
  const offS = (timeMs: number) => (timeMs - first.timeMs) / 1000 - middleS;
  const spread = mean(({ timeMs }) => offS(timeMs) ** 2);
  const xMps = mean(({ timeMs, xM }) => offS(timeMs) * (xM - first.xM)) / spread;
  const yMps = mean(({ timeMs, yM }) => offS(timeMs) * (yM - first.yM)) / spread;
  const speedMps = Math.hypot(xMps, yMps);
  const heading = (Math.atan2(xMps, yMps) * 180) / Math.PI;
  return {
    speedMps,
    ...(speedMps >= standingMps && { headingDeg: heading < 0 ? heading + 360 : heading }),
    fromMs: first.timeMs,
    toMs: last.timeMs,
  };
}
