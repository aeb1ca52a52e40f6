import { assign } from '../../src/track/assignment.ts';
import type { ComparedFrame } from './frames.ts';
import { Tally } from './frames.ts';

export interface Identity {
  readonly truePositives: number;
  readonly objects: number;
  readonly tracked: number;
}

const minIou = 0.5;

/**
 * Counts of the identity metrics (Ristani et al., "Performance measures and a data set for multi-target, multi-camera
 * tracking", arXiv 1609.01775): each object is paired with at most one track over the whole sequence, so that the boxes
 * in agreement are as many as possible.
 */
export function identity(frames: readonly ComparedFrame[]): Identity {
  const together = new Map<number, Tally<number>>();
  const tracks = new Set<number>();
  let objects = 0;
  let tracked = 0;
  for (const frame of frames) {
    objects += frame.truth.length;
    tracked += frame.tracked.length;
    for (const id of frame.tracked) tracks.add(id);
    frame.truth.forEach((object, i) => {
      const tally = together.get(object) ?? new Tally<number>();
      together.set(object, tally);
      frame.tracked.forEach((track, j) => {
        if ((frame.similarity[i * frame.tracked.length + j] ?? 0) >= minIou) tally.add(track);
      });
    });
  }
  const columns = [...tracks];
  const tallies = [...together.values()];
  const cost = Float64Array.from(tallies.flatMap((tally) => columns.map((track) => -tally.of(track))));
  const pairs = assign(cost, tallies.length, columns.length);
  const truePositives = pairs.reduce((sum, p) => sum - (cost[p.row * columns.length + p.column] ?? 0), 0);
  return { truePositives, objects, tracked };
}

export const sumIdentity = (parts: readonly Identity[]): Identity => ({
  truePositives: parts.reduce((sum, p) => sum + p.truePositives, 0),
  objects: parts.reduce((sum, p) => sum + p.objects, 0),
  tracked: parts.reduce((sum, p) => sum + p.tracked, 0),
});

export const idf1 = ({ truePositives, objects, tracked }: Identity): number =>
  (2 * truePositives) / (objects + tracked);
