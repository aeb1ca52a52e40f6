import { assign } from '../../src/track/assignment.ts';
import type { ComparedFrame } from './frames.ts';

export interface ClearMot {
  readonly objects: number;
  readonly misses: number;
  readonly falsePositives: number;
  readonly switches: number;
}

/** An object and a tracked box match from this IoU on. */
const minIou = 0.5;

/**
 * Counts of the CLEAR-MOT metrics (Bernardin and Stiefelhagen, "Evaluating multiple object tracking performance", 2008):
 * a match lasts as long as it is good enough; what is left is paired for the greatest total IoU; an object that is
 * matched to another track than at its latest match is one id switch.
 */
export function clearMot(frames: readonly ComparedFrame[]): ClearMot {
  const trackOf = new Map<number, number>();
  let objects = 0;
  let misses = 0;
  let falsePositives = 0;
  let switches = 0;
  let before = new Map<number, number>();
  for (const { truth, tracked, similarity } of frames) {
    const cost = similarity.map((value, cell) => {
      const object = truth[Math.floor(cell / tracked.length)] ?? NaN;
      const goesOn = before.get(object) === tracked[cell % tracked.length];
      // A match that goes on is worth more than all new ones together.
      return value >= minIou ? -value - (goesOn ? 1000 : 0) : 0;
    });
    const now = new Map<number, number>();
    for (const { row, column } of assign(cost, truth.length, tracked.length)) {
      if ((similarity[row * tracked.length + column] ?? 0) < minIou) continue;
      const object = truth[row] ?? NaN;
      const track = tracked[column] ?? NaN;
      if (trackOf.has(object) && trackOf.get(object) !== track) switches++;
      trackOf.set(object, track);
      now.set(object, track);
    }
    objects += truth.length;
    misses += truth.length - now.size;
    falsePositives += tracked.length - now.size;
    before = now;
  }
  return { objects, misses, falsePositives, switches };
}

export const sumClearMot = (parts: readonly ClearMot[]): ClearMot => ({
  objects: parts.reduce((sum, p) => sum + p.objects, 0),
  misses: parts.reduce((sum, p) => sum + p.misses, 0),
  falsePositives: parts.reduce((sum, p) => sum + p.falsePositives, 0),
  switches: parts.reduce((sum, p) => sum + p.switches, 0),
});

/** Multiple object tracking accuracy; at most 1, may be negative. */
export const mota = ({ objects, misses, falsePositives, switches }: ClearMot): number =>
  1 - (misses + falsePositives + switches) / objects;
