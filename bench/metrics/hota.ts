import { assign } from '../../src/track/assignment.ts';
import type { ComparedFrame } from './frames.ts';
import { Tally } from './frames.ts';

/** Counts at one IoU threshold. */
export interface HotaCounts {
  readonly truePositives: number;
  readonly objects: number;
  readonly tracked: number;
  /** Sum over the true positives of how well their object and track agree over the whole sequence, 0–1 each. */
  readonly association: number;
}

const thresholds = Array.from({ length: 19 }, (_, k) => (k + 1) / 20);
const keyOf = (object: number, track: number) => `${object}/${track}`;

/**
 * Counts of higher order tracking accuracy (Luiten et al., "HOTA: a higher order metric for evaluating multi-object
 * tracking", arXiv 2009.07736), at each IoU threshold 0.05, 0.10, … 0.95. As in the paper, pairs that agree over the
 * whole sequence are preferred when the boxes of a frame are matched.
 */
export function hota(frames: readonly ComparedFrame[]): HotaCounts[] {
  const { alignment, objects, tracks } = alignmentOf(frames);
  const matches = thresholds.map(() => new Tally<string>());
  for (const { truth, tracked, similarity } of frames) {
    const width = tracked.length;
    const score = similarity.map(
      (value, cell) =>
        -value * alignment(truth[Math.floor(cell / width)] ?? NaN, tracked[cell % width] ?? NaN),
    );
    for (const { row, column } of assign(score, truth.length, width)) {
      const value = similarity[row * width + column] ?? 0;
      const key = keyOf(truth[row] ?? NaN, tracked[column] ?? NaN);
      thresholds.forEach((threshold, k) => {
        if (value >= threshold - Number.EPSILON) matches[k]?.add(key);
      });
    }
  }
  return matches.map((tally) => {
    let truePositives = 0;
    let association = 0;
    for (const [key, count] of tally.entries()) {
      const [object, track] = key.split('/').map(Number);
      truePositives += count;
      association += (count * count) / (objects.of(object ?? NaN) + tracks.of(track ?? NaN) - count);
    }
    return { truePositives, objects: sumOf(objects), tracked: sumOf(tracks), association };
  });
}

/** Jaccard-like agreement of each object and track over all frames, and in how many frames each was. */
function alignmentOf(frames: readonly ComparedFrame[]) {
  const objects = new Tally<number>();
  const tracks = new Tally<number>();
  const shared = new Tally<string>();
  for (const { truth, tracked, similarity } of frames) {
    const at = (i: number, j: number) => similarity[i * tracked.length + j] ?? 0;
    const ofObject = truth.map((_, i) => tracked.reduce((sum, _track, j) => sum + at(i, j), 0));
    const ofTrack = tracked.map((_, j) => truth.reduce((sum, _object, i) => sum + at(i, j), 0));
    truth.forEach((object, i) => {
      objects.add(object);
      tracked.forEach((track, j) => {
        const value = at(i, j);
        if (value > 0)
          shared.add(keyOf(object, track), value / ((ofObject[i] ?? 0) + (ofTrack[j] ?? 0) - value));
      });
    });
    for (const track of tracked) tracks.add(track);
  }
  const alignment = (object: number, track: number) => {
    const both = shared.of(keyOf(object, track));
    return both / (objects.of(object) + tracks.of(track) - both);
  };
  return { alignment, objects, tracks };
}

const sumOf = (tally: Tally<number>) => tally.keys.reduce((sum, key) => sum + tally.of(key), 0);

/** Adds the counts of several sequences, threshold by threshold. */
export const sumHota = (parts: readonly (readonly HotaCounts[])[]): HotaCounts[] =>
  thresholds.map((_, k) =>
    parts.reduce(
      (sum, part) => {
        const counts = part[k];
        return {
          truePositives: sum.truePositives + (counts?.truePositives ?? 0),
          objects: sum.objects + (counts?.objects ?? 0),
          tracked: sum.tracked + (counts?.tracked ?? 0),
          association: sum.association + (counts?.association ?? 0),
        };
      },
      { truePositives: 0, objects: 0, tracked: 0, association: 0 },
    ),
  );

/** Mean over the thresholds of √(detection accuracy · association accuracy), 0–1. */
export function hotaScore(counts: readonly HotaCounts[]): number {
  const scores = counts.map(({ truePositives, objects, tracked, association }) =>
    truePositives === 0
      ? 0
      : Math.sqrt((truePositives / (objects + tracked - truePositives)) * (association / truePositives)),
  );
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}
