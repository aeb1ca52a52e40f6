import type { Box } from './box.ts';
import { boxHeight, boxWidth } from './box.ts';
import { anchorOf, type Point } from './geometry.ts';

/** How a track has moved up to its latest point. */
export interface Stillness {
  /** The greatest distance of its anchor from where that was first, in widths of its first box across and heights of it down. */
  readonly moved: number;
  /** Since when it has been within half a box of where it is, UTC ms. */
  readonly stillSinceMs: number;
  /** Mean distance from one point to the next, in sizes of its box (the square root of its area); 0 of a single point. */
  readonly meanStep: number;
}

/** Farther than this from where it stood, in sizes of its box, a track has left; boxes tremble by less. */
const leftAfter = 0.5;
/** A track that never got farther than this from where it began has not moved, in sizes of its box. */
export const unmoved = 0.3;

interface State {
  readonly first: Point;
  readonly width: number;
  readonly height: number;
  place: Point;
  moved: number;
  stillSinceMs: number;
  last: Box;
  steps: number;
  stepped: number;
}

/** Measures stillness point by point. */
export class StillnessMeter {
  #state: State | undefined;

  add(timeMs: number, box: Box): void {
    const anchor = anchorOf(box);
    this.#state ??= {
      first: anchor,
      width: boxWidth(box),
      height: boxHeight(box),
      place: anchor,
      moved: 0,
      stillSinceMs: timeMs,
      last: box,
      steps: -1,
      stepped: 0,
    };
    const state = this.#state;
    state.steps++;
    state.stepped += stepBetween(state.last, box);
    state.last = box;
    state.moved = Math.max(state.moved, distance(state, state.first, anchor));
    if (distance(state, state.place, anchor) <= leftAfter) return;
    state.place = anchor;
    state.stillSinceMs = timeMs;
  }

  /** Undefined before the first point. */
  get stillness(): Stillness | undefined {
    if (!this.#state) return undefined;
    const { moved, stillSinceMs, steps, stepped } = this.#state;
    return { moved, stillSinceMs, meanStep: steps > 0 ? stepped / steps : 0 };
  }

  clone(): StillnessMeter {
    const copy = new StillnessMeter();
    copy.#state = this.#state && { ...this.#state };
    return copy;
  }
}

const distance = ({ width, height }: State, a: Point, b: Point): number =>
  width > 0 && height > 0 ? Math.hypot((b.x - a.x) / width, (b.y - a.y) / height) : 0;

function stepBetween(from: Box, to: Box): number {
  const area = boxWidth(from) * boxHeight(from);
  if (!(area > 0)) return 0;
  const [x, y] = [(to.x1 + to.x2 - from.x1 - from.x2) / 2, (to.y1 + to.y2 - from.y1 - from.y2) / 2];
  return Math.hypot(x, y) / Math.sqrt(area);
}
