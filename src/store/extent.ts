import type { Box } from '../domain/box.ts';
import type { Interval } from '../domain/time.ts';
import { insideRange, positionMax, positionMin } from '../domain/storedPoint.ts';

/**
 * A box of the R*Tree `segment_extents`: time, x and y as 32-bit integers. Its 32-bit floats would be minutes wrong for
 * UTC ms. The cameras lie side by side along x, which saves the tree a dimension. Every bound is rounded outward, so
 * what overlaps in truth overlaps here.
 */
export interface Extent {
  readonly timeMin: number;
  readonly timeMax: number;
  readonly xMin: number;
  readonly xMax: number;
  readonly yMin: number;
  readonly yMax: number;
}

/** Of an anchor that was somewhere from (x1, y1) to (x2, y2) from one moment to another, UTC ms. */
export function extentOfPath(
  cameraNumber: number,
  fromMs: number,
  toMs: number,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
): Extent {
  const left = cameraNumber * slab;
  return {
    timeMin: seconds(fromMs),
    timeMax: seconds(toMs),
    xMin: left + gridBelow(x1),
    xMax: left + gridAbove(x2),
    yMin: gridBelow(y1),
    yMax: gridAbove(y2),
  };
}

/** The part of the index in which every anchor lies that came into the area in the interval. */
export const extentOf = (cameraNumber: number, { fromMs, toMs }: Interval, area: Box): Extent =>
  extentOfPath(cameraNumber, fromMs, toMs, area.x1, area.y1, area.x2, area.y2);

/** The part of the index in which every segment lies that has a point in the interval, whichever camera it is of. */
export const timeExtentOf = ({ fromMs, toMs }: Interval): Pick<Extent, 'timeMin' | 'timeMax'> => ({
  timeMin: seconds(fromMs),
  timeMax: seconds(toMs),
});

/** An extent with room for the segment to go on for a while, so that its entry need not be changed each time. */
export function withRoom(extent: Extent): Extent {
  return {
    timeMin: extent.timeMin,
    timeMax: extent.timeMax + roomSeconds,
    // A camera's neighbours are a gap away, which the room must not fill.
    xMin: extent.xMin - room,
    xMax: extent.xMax + room,
    yMin: extent.yMin - room,
    yMax: extent.yMax + room,
  };
}

export const isWithin = (inner: Extent, outer: Extent): boolean =>
  inner.timeMin >= outer.timeMin &&
  inner.timeMax <= outer.timeMax &&
  inner.xMin >= outer.xMin &&
  inner.xMax <= outer.xMax &&
  inner.yMin >= outer.yMin &&
  inner.yMax <= outer.yMax;

/** 32,000 steps hold the picture and what lies beside it; the rest keeps cameras apart. */
const grid = 32_000;
const slab = 65_536;
const gridPerPicture = grid / (positionMax - positionMin);
const room = grid / 32;
const roomSeconds = 10;
/** Seconds from 2020 fit 32 bits from 1951 to 2088. */
const epochMs = Date.UTC(2020, 0, 1);

/** Rounding down keeps the order of times, so two intervals that overlap do so in whole seconds. */
const seconds = (timeMs: number): number =>
  Math.min(2 ** 31 - 1 - roomSeconds, Math.max(-(2 ** 31), Math.floor((timeMs - epochMs) / 1000)));

// One step more than rounding needs: packing moves an edge by up to half of one.
const gridBelow = (v: number): number => Math.floor((insideRange(v) - positionMin) * gridPerPicture) - 1;
const gridAbove = (v: number): number => Math.ceil((insideRange(v) - positionMin) * gridPerPicture) + 1;
