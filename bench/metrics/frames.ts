import type { Box } from '../../src/domain/box.ts';
import { iou } from '../../src/domain/box.ts';

/** A box of one object, by its true id or by the id a tracker gave it. */
export interface LabelledBox {
  readonly id: number;
  readonly box: Box;
}

/** The boxes of each frame, from the first. */
export type LabelledFrames = readonly (readonly LabelledBox[])[];

/** What the metrics compare: per frame the true and the tracked ids and their IoU, row by row of the true ones. */
export interface ComparedFrame {
  readonly truth: readonly number[];
  readonly tracked: readonly number[];
  readonly similarity: Float64Array;
}

export const compare = (truth: LabelledFrames, tracked: LabelledFrames): ComparedFrame[] =>
  truth.map((objects, frame) => {
    const boxes = tracked[frame] ?? [];
    const similarity = new Float64Array(objects.length * boxes.length);
    let cell = 0;
    for (const object of objects) for (const { box } of boxes) similarity[cell++] = iou(object.box, box);
    return { truth: objects.map((o) => o.id), tracked: boxes.map((b) => b.id), similarity };
  });

/** Counts per key, 0 for a key not counted yet. */
export class Tally<K> {
  private readonly counts = new Map<K, number>();

  add(key: K, amount = 1): void {
    this.counts.set(key, this.of(key) + amount);
  }

  of(key: K): number {
    return this.counts.get(key) ?? 0;
  }

  get keys(): K[] {
    return [...this.counts.keys()];
  }

  entries(): IterableIterator<[K, number]> {
    return this.counts.entries();
  }
}
