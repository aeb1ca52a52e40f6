import type { Box } from '../domain/box.ts';
import { boxBetween, boxHeight, boxWidth } from '../domain/box.ts';
import type { Detection } from '../domain/detection.ts';
import type { TrackId } from '../domain/ids.ts';
import type { TrackPoint } from '../domain/track.ts';
import { AxisFilter } from './kalman.ts';
import type { MotionModel } from './options.ts';

/** An object being followed: where it was, where it is believed to be, and how often it was seen. */
export class LiveTrack {
  /** Given at confirmation; undefined while the track is tentative. */
  id: TrackId | undefined;
  /** Points not given out yet, oldest first. */
  pending: TrackPoint[] = [];
  readonly firstSeenMs: number;
  lastSeenMs: number;
  /** The box of the latest detection. */
  lastBox: Box;
  /** The box at the moment of the latest `predict` or `correct`. */
  box: Box;
  sightings = 0;
  /** Frames since the latest sighting. */
  missedFrames = 0;

  private readonly motion: MotionModel;
  private readonly votes = new Map<string, number>();
  private axes: readonly [AxisFilter, AxisFilter, AxisFilter, AxisFilter];
  private atLastSight: readonly [AxisFilter, AxisFilter, AxisFilter, AxisFilter];
  private stateMs: number;

  constructor(detection: Detection, timeMs: number, motion: MotionModel) {
    this.motion = motion;
    this.firstSeenMs = timeMs;
    this.lastSeenMs = timeMs;
    this.stateMs = timeMs;
    this.lastBox = detection.box;
    this.box = detection.box;
    const w = boxWidth(detection.box);
    const h = boxHeight(detection.box);
    const start = (value: number, size: number, stdVelocity: number) =>
      new AxisFilter(value, motion.stdPlace * size, stdVelocity * size);
    this.axes = [
      start((detection.box.x1 + detection.box.x2) / 2, w, motion.stdSpeed),
      start((detection.box.y1 + detection.box.y2) / 2, h, motion.stdSpeed),
      start(w, w, motion.stdGrowth),
      start(h, h, motion.stdGrowth),
    ];
    this.atLastSight = this.axes;
    this.note(detection, timeMs);
  }

  /** The class most of its detections had, weighted by confidence. */
  get label(): string {
    let best = '';
    let most = -1;
    for (const [label, weight] of this.votes) if (weight > most) [best, most] = [label, weight];
    return best;
  }

  /** Moves the believed box to a later moment. */
  predict(timeMs: number): void {
    this.step(this.axes, boxWidth(this.lastBox), boxHeight(this.lastBox), (timeMs - this.stateMs) / 1000);
    this.stateMs = timeMs;
    this.missedFrames++;
    this.box = this.boxOfAxes();
  }

  /** Takes in the detection found for this track; `predict` for the same moment comes first. */
  correct(detection: Detection, timeMs: number): void {
    if (this.missedFrames > 1) this.reupdate(detection.box, timeMs);
    this.measure(detection.box);
    this.box = this.boxOfAxes();
    this.note(detection, timeMs);
  }

  /**
   * After a gap the filter has drifted on its own prediction. As OC-SORT does (Cao et al., arXiv 2203.14360, section
   * "observation-centric re-update"), starts again from the last sighting and walks it along the straight path to the
   * new one.
   */
  private reupdate(to: Box, timeMs: number): void {
    const from = this.lastBox;
    const steps = this.missedFrames;
    const stepS = (timeMs - this.lastSeenMs) / 1000 / steps;
    this.axes = this.atLastSight;
    for (let k = 1; k <= steps; k++) {
      const box = k === steps ? to : boxBetween(from, to, k / steps);
      this.step(this.axes, boxWidth(box), boxHeight(box), stepS);
      if (k < steps) this.measure(box);
    }
  }

  private step(axes: readonly AxisFilter[], w: number, h: number, dtS: number): void {
    const { accelerationOfPlace: place, accelerationOfSize: size } = this.motion;
    axes.forEach((axis, i) => {
      const extent = i % 2 === 0 ? w : h;
      axis.predict(dtS, ((i < 2 ? place : size) * extent) ** 2);
    });
  }

  private measure(box: Box): void {
    const w = boxWidth(box);
    const h = boxHeight(box);
    const { stdPlace, stdSize } = this.motion;
    this.axes[0].correct((box.x1 + box.x2) / 2, stdPlace * w);
    this.axes[1].correct((box.y1 + box.y2) / 2, stdPlace * h);
    this.axes[2].correct(w, stdSize * w);
    this.axes[3].correct(h, stdSize * h);
  }

  private note(detection: Detection, timeMs: number): void {
    this.sightings++;
    this.missedFrames = 0;
    this.lastSeenMs = timeMs;
    this.stateMs = timeMs;
    this.lastBox = detection.box;
    this.votes.set(detection.label, (this.votes.get(detection.label) ?? 0) + detection.confidence);
    this.pending.push({ timeMs, box: detection.box, confidence: detection.confidence });
    const [x, y, w, h] = this.axes;
    this.atLastSight = [x.clone(), y.clone(), w.clone(), h.clone()];
  }

  private boxOfAxes(): Box {
    const [x, y, w, h] = this.axes;
    const halfWidth = Math.max(w.value, boxWidth(this.lastBox) / 4) / 2;
    const halfHeight = Math.max(h.value, boxHeight(this.lastBox) / 4) / 2;
    return {
      x1: x.value - halfWidth,
      y1: y.value - halfHeight,
      x2: x.value + halfWidth,
      y2: y.value + halfHeight,
    };
  }
}
