import type { Box } from '../domain/box.ts';
import type { Interval } from '../domain/time.ts';
import type { TrackPoint } from '../domain/track.ts';
import { insidePosition, positionMax, positionMin } from './trajectory.ts';

/**
 * A box of the R*Tree `segment_extents`: camera, time, x and y as 32-bit integers. Its 32-bit floats would be
 * minutes wrong for UTC ms. Every bound is rounded outward, so what overlaps in truth overlaps here.
 */
export interface Extent {
  readonly cameraMin: number;
  readonly cameraMax: number;
  readonly timeMin: number;
  readonly timeMax: number;
  readonly xMin: number;
  readonly xMax: number;
  readonly yMin: number;
  readonly yMax: number;
}

/** All that the boxes of the path swept, of whichever point of a box a later question will look at. */
export function extentOfPath(cameraNumber: number, points: readonly TrackPoint[]): Extent {
  const path = { x1: Infinity, y1: Infinity, x2: -Infinity, y2: -Infinity };
  let fromMs = Infinity;
  let toMs = -Infinity;
  for (const { timeMs, box } of points) {
    fromMs = Math.min(fromMs, Math.round(timeMs));
    toMs = Math.max(toMs, Math.round(timeMs));
    path.x1 = Math.min(path.x1, box.x1);
    path.y1 = Math.min(path.y1, box.y1);
    path.x2 = Math.max(path.x2, box.x2);
    path.y2 = Math.max(path.y2, box.y2);
  }
  return extentOf(cameraNumber, { fromMs, toMs }, path);
}

/** The part of the index in which everything lies that touched the area in the interval. */
export function extentOf(cameraNumber: number, { fromMs, toMs }: Interval, area: Box): Extent {
  return {
    // A camera is a slab with a thickness: boxes without volume would make the tree's splits poor.
    cameraMin: cameraNumber * slab,
    cameraMax: cameraNumber * slab + slab - 1,
    timeMin: seconds(fromMs),
    timeMax: seconds(toMs),
    xMin: gridBelow(area.x1),
    xMax: gridAbove(area.x2),
    yMin: gridBelow(area.y1),
    yMax: gridAbove(area.y2),
  };
}

const slab = 65_536;
const gridPerPicture = 65_535 / (positionMax - positionMin);
/** Seconds from 2020 fit 32 bits from 1951 to 2088. */
const epochMs = Date.UTC(2020, 0, 1);

/** Rounding down keeps the order of times, so two intervals that overlap do so in whole seconds. */
const seconds = (timeMs: number): number =>
  Math.min(2 ** 31 - 1, Math.max(-(2 ** 31), Math.floor((timeMs - epochMs) / 1000)));

// One step more than rounding needs: packing moves an edge by up to 0.75 of a step.
const gridBelow = (v: number): number => Math.floor((insidePosition(v) - positionMin) * gridPerPicture) - 1;
const gridAbove = (v: number): number => Math.ceil((insidePosition(v) - positionMin) * gridPerPicture) + 1;
