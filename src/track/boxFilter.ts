import type { Box } from '../domain/box.ts';
import { boxHeight, boxWidth } from '../domain/box.ts';
import { AxisFilter } from './kalman.ts';

/**
 * How objects move and how far detections are off. Lengths are multiples of the box's own width (x and width) or height
 * (y and height), so that near and far objects and both axes of the picture are treated alike.
 *
 * Found by a random search over the six sequences of bench/tracking.ts, at full and half frame rate and with detections
 * left out at random, for values that do well on all of these; none of them is sharp.
 */
const motion = {
  /** Standard deviation of a detection's centre and size. */
  stdPlace: 0.08,
  stdSize: 0.06,
  /** Of the unknown first velocity of centre and size, per second. */
  stdSpeed: 2,
  stdGrowth: 0.2,
  /** Square root of the spectral density of the random acceleration of centre and size, per s^1.5. */
  wanderPlace: 0.25,
  wanderSize: 0.1,
  /** Growth is believed to fade with this time constant, seconds: few objects keep coming nearer. */
  growthFadesS: 1,
} as const;

/** Believes where a box is, from the boxes measured so far. */
export class BoxFilter {
  /** Centre x, centre y, width, height. */
  private readonly axes: readonly [AxisFilter, AxisFilter, AxisFilter, AxisFilter];
  private measured: Box;

  constructor(box: Box, axes?: BoxFilter['axes']) {
    const { stdPlace, stdSize, stdSpeed, stdGrowth } = motion;
    const w = boxWidth(box);
    const h = boxHeight(box);
    this.measured = box;
    this.axes = axes ?? [
      new AxisFilter((box.x1 + box.x2) / 2, stdPlace * w, stdSpeed * w),
      new AxisFilter((box.y1 + box.y2) / 2, stdPlace * h, stdSpeed * h),
      new AxisFilter(w, stdSize * w, stdGrowth * w),
      new AxisFilter(h, stdSize * h, stdGrowth * h),
    ];
  }

  predict(dtS: number): void {
    const { wanderPlace, wanderSize, growthFadesS } = motion;
    const [x, y, width, height] = this.axes;
    const w = boxWidth(this.measured);
    const h = boxHeight(this.measured);
    x.predict(dtS, (wanderPlace * w) ** 2);
    y.predict(dtS, (wanderPlace * h) ** 2);
    width.predict(dtS, (wanderSize * w) ** 2);
    height.predict(dtS, (wanderSize * h) ** 2);
    const fading = Math.exp(-dtS / growthFadesS);
    width.velocity *= fading;
    height.velocity *= fading;
  }

  correct(box: Box): void {
    const { stdPlace, stdSize } = motion;
    const [x, y, width, height] = this.axes;
    const w = boxWidth(box);
    const h = boxHeight(box);
    this.measured = box;
    x.correct((box.x1 + box.x2) / 2, stdPlace * w);
    y.correct((box.y1 + box.y2) / 2, stdPlace * h);
    width.correct(w, stdSize * w);
    height.correct(h, stdSize * h);
  }

  /** The believed box; never smaller than a quarter of the last measured one. */
  get box(): Box {
    const [x, y, width, height] = this.axes;
    const halfWidth = Math.max(width.value, boxWidth(this.measured) / 4) / 2;
    const halfHeight = Math.max(height.value, boxHeight(this.measured) / 4) / 2;
    return {
      x1: x.value - halfWidth,
      y1: y.value - halfHeight,
      x2: x.value + halfWidth,
      y2: y.value + halfHeight,
    };
  }

  clone(): BoxFilter {
    const [x, y, width, height] = this.axes;
    return new BoxFilter(this.measured, [x.clone(), y.clone(), width.clone(), height.clone()]);
  }
}
