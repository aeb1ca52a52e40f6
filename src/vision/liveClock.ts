/** A clock of this machine set back by more than this makes times fall; by less, they go on from the last, ms. */
export const clockBackMs = 2_000;
/** How far back the least delay is looked for, and in steps of which size, ms. */
const windowMs = 30_000;
const bucketMs = 1_000;
/** How fast the clock follows a camera whose own clock is slower: 1 ms a second, five times what bad crystals drift. */
const slewPerMs = 0.001;
/** A frame that comes earlier than expected by less than this moves the clock at once; by more, three in a row do. */
const jitterMs = 20;
const framesToAgree = 3;
/** A presentation time so much before the last one begins a new count: the camera was restarted or set. */
const newCountMs = 1_000;
/** Delays so much above the least, for so long, are no jam of the network: the clock of this machine was set forward. */
const forwardMs = 2_000;
const forwardForMs = 5_000;
/** Frames at the beginning are waited for until two in a row come at their pace, but no longer than this. */
const settleMs = 3_000;
const pacedFrames = 2;
/** Times of frames that are remembered for stills, which come on their own way. */
const timesKept = 512;

/**
 * The clock of a live connection: when a frame was captured, UTC ms.
 *
 * Each frame arrives some delay after its capture, never before. So arrival − presentation time is least for the frame
 * that was delayed least, and that least value, of the last half minute, turns presentation times into times of capture:
 * jitter does not move them, a burst of buffered frames is spread over the past in which it was taken, and none lies in
 * the future. What remains is the least delay of camera and network, which cannot be seen from here.
 */
export class LiveClock {
  /** UTC ms of presentation time 0. */
  #offsetMs = Infinity;
  /** The least arrival − presentation time of each second, oldest first. */
  #buckets: { readonly fromMs: number; leastMs: number }[] = [];
  /** Frames in a row that came earlier than the clock says: arrival − presentation time of each. */
  #earlier: number[] = [];
  /** Since when every frame has come very late. */
  #lateSinceMs: number | undefined;
  #leastLateMs = Infinity;
  #firstArrivalMs: number | undefined;
  #lastArrivalMs = -Infinity;
  #lastPtsMs = -Infinity;
  #paced = 0;
  #settled = false;
  #lastTimeMs: number;
  readonly #times = new Map<number, number>();

  /** @param afterMs UTC ms of the frame before the first: times go on from there */
  constructor(afterMs = -Infinity) {
    this.#lastTimeMs = afterMs;
  }

  /** Whether times can be given: until then, frames are to be kept. */
  get isSettled(): boolean {
    return this.#settled;
  }

  /** A frame has arrived; frames in order. */
  observe(ptsMs: number, nowMs: number): void {
    const delayMs = nowMs - ptsMs;
    const isOutOfLine = this.#follow(ptsMs, delayMs, nowMs);
    this.#notePace(ptsMs, nowMs);
    this.#lastArrivalMs = nowMs;
    // A single presentation time far ahead must not make those after it look like a new count.
    if (!isOutOfLine) this.#lastPtsMs = ptsMs;
  }

  /**
   * UTC ms of a frame's capture: above that of the frame before, and not after `nowMs` as long as the clock of the
   * machine goes forward; where that was set back by more than `clockBackMs` it is below. Call it once a frame, in order.
   */
  next(ptsMs: number, nowMs: number): number {
    const captureMs = Math.min(this.#offsetMs + ptsMs, nowMs);
    const lastMs = this.#lastTimeMs;
    const isBack = captureMs < lastMs - clockBackMs;
    const timeMs = captureMs > lastMs || isBack ? captureMs : between(lastMs, nowMs);
    this.#lastTimeMs = timeMs;
    this.#times.set(ptsMs, timeMs);
    if (this.#times.size > timesKept) this.#times.delete(this.#times.keys().next().value as number);
    return timeMs;
  }

  /** UTC ms of a still: that of the frame of the same presentation time. */
  timeOf(ptsMs: number): number {
    return this.#times.get(ptsMs) ?? this.#offsetMs + ptsMs;
  }

  /** Moves the clock. Returns whether this frame's presentation time is not to be trusted yet. */
  #follow(ptsMs: number, delayMs: number, nowMs: number): boolean {
    if (!this.#settled || ptsMs < this.#lastPtsMs - newCountMs) {
      // Of the beginning, or of a new count, all that is known is here.
      const isNew = ptsMs < this.#lastPtsMs - newCountMs;
      this.#offsetMs = isNew ? delayMs : Math.min(this.#offsetMs, delayMs);
      if (isNew) this.#buckets = [];
      this.#addToWindow(delayMs, nowMs);
      this.#earlier = [];
      this.#lateSinceMs = undefined;
      return false;
    }
    if (delayMs < this.#offsetMs - jitterMs) {
      this.#earlier.push(delayMs);
      if (this.#earlier.length < framesToAgree) return true;
      this.#restart(Math.max(...this.#earlier), nowMs);
      return false;
    }
    this.#earlier = [];
    this.#addToWindow(delayMs, nowMs);
    if (delayMs < this.#offsetMs) this.#offsetMs = delayMs;
    else this.#slew(nowMs);
    this.#noteLate(delayMs, nowMs);
    return false;
  }

  /** The clock goes up to the least delay of the window, slowly: times of frames must not jump with it. */
  #slew(nowMs: number): void {
    const leastMs = this.#buckets.reduce((least, bucket) => Math.min(least, bucket.leastMs), Infinity);
    const stepMs = Math.max(0, Math.min(bucketMs * 10, nowMs - this.#lastArrivalMs)) * slewPerMs;
    if (leastMs > this.#offsetMs) this.#offsetMs = Math.min(leastMs, this.#offsetMs + stepMs);
  }

  #noteLate(delayMs: number, nowMs: number): void {
    if (delayMs < this.#offsetMs + forwardMs) {
      this.#lateSinceMs = undefined;
      this.#leastLateMs = Infinity;
      return;
    }
    this.#lateSinceMs ??= nowMs;
    this.#leastLateMs = Math.min(this.#leastLateMs, delayMs);
    if (nowMs - this.#lateSinceMs >= forwardForMs) this.#restart(this.#leastLateMs, nowMs);
  }

  #restart(offsetMs: number, nowMs: number): void {
    this.#offsetMs = offsetMs;
    this.#buckets = [];
    this.#earlier = [];
    this.#lateSinceMs = undefined;
    this.#leastLateMs = Infinity;
    this.#addToWindow(offsetMs, nowMs);
  }

  #addToWindow(delayMs: number, nowMs: number): void {
    const newest = this.#buckets.at(-1);
    if (newest && nowMs >= newest.fromMs && nowMs < newest.fromMs + bucketMs)
      newest.leastMs = Math.min(newest.leastMs, delayMs);
    else this.#buckets.push({ fromMs: nowMs, leastMs: delayMs });
    while (this.#buckets.length > windowMs / bucketMs) this.#buckets.shift();
  }

  #notePace(ptsMs: number, nowMs: number): void {
    this.#firstArrivalMs ??= nowMs;
    const stepMs = ptsMs - this.#lastPtsMs;
    const isPaced = stepMs > 0 && nowMs - this.#lastArrivalMs >= stepMs / 2;
    this.#paced = isPaced && this.#lastArrivalMs !== -Infinity ? this.#paced + 1 : 0;
    if (this.#paced >= pacedFrames || nowMs - this.#firstArrivalMs >= settleMs) this.#settled = true;
  }
}

/** A moment after the last, and before now where there is room: two frames never have one time. */
const between = (lastMs: number, nowMs: number): number =>
  lastMs + (nowMs > lastMs ? Math.min(1, (nowMs - lastMs) / 2) : 1);
