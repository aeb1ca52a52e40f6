import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Box } from '../../src/domain/box.ts';
import { video } from '../argus.ts';
import { readSequences } from '../mot15.ts';
import { planarFrames } from '../planarFrames.ts';
import { cropOf } from './crops.ts';

/** One look at a person of the ground truth. */
export interface Look {
  readonly frame: number;
  /** Of the ground truth: one passage through the picture. */
  readonly passage: number;
  readonly crop: Uint8Array;
}

export const width = 768;
export const height = 576;
/** One still a second, as the program takes them: the file plays 10 frames a second. */
export const framesPerStill = 10;
/** A person is left out where somebody nearer to the camera covers more of the box. */
const mostCovered = 0.3;

const everyStill = { colour: 'rgb', every: framesPerStill } as const;
export const stillsOfVtest = (): Promise<Uint8Array[]> =>
  planarFrames(video('vtest.avi'), { width, height }, everyStill);

export function truthOfVtest() {
  const sequence = readSequences().find(({ name }) => name === 'PETS09-S2L1');
  if (!sequence) throw new Error('PETS09-S2L1 is not there');
  return sequence.truth;
}

/** Every person of the ground truth in each still, cut out of the full-size picture. */
export async function looksOfVtest(): Promise<Look[]> {
  const truth = truthOfVtest();
  const stills = await stillsOfVtest();
  return stills.flatMap((planar, still) => {
    const frame = still * framesPerStill;
    const people = truth[frame] ?? [];
    return people
      .filter(
        ({ box }) =>
          coveredShare(
            box,
            people.map((other) => other.box),
          ) <= mostCovered,
      )
      .map(({ id, box }) => ({ frame, passage: id, crop: cropOf({ planar, width, height }, box) }));
  });
}

/** The largest share of a box that one other covers which stands nearer, its feet lower in the picture. */
export const coveredShare = (box: Box, others: readonly Box[]): number =>
  Math.max(0, ...others.filter((other) => other.y2 > box.y2).map((other) => shared(box, other)));

function shared(box: Box, other: Box): number {
  const across = Math.min(box.x2, other.x2) - Math.max(box.x1, other.x1);
  const down = Math.min(box.y2, other.y2) - Math.max(box.y1, other.y1);
  if (across <= 0 || down <= 0) return 0;
  return (across * down) / ((box.x2 - box.x1) * (box.y2 - box.y1));
}

/** Who is who among the passages. */
export interface People {
  personOf(passage: number): number;
  /** Whether two passages are perhaps, but not surely, of one person. */
  areUnsure(a: number, b: number): boolean;
}

/** Of `shared/reid/reentry_map.json`: groups of passages that are certainly, and pairs that are likely, of one person. */
export function readPeople(): People {
  const folder = process.env['ARGUS_SHARED'] ?? resolve(import.meta.dirname, '../../../shared');
  const map = JSON.parse(readFileSync(resolve(folder, 'reid/reentry_map.json'), 'utf8')) as {
    certain: number[][];
    likely: number[][];
  };
  const personOf = (passage: number) => map.certain.find((group) => group.includes(passage))?.[0] ?? passage;
  const unsure = map.likely.map((pair) => new Set(pair.map(personOf)));
  return {
    personOf,
    areUnsure: (a, b) =>
      personOf(a) !== personOf(b) && unsure.some((pair) => pair.has(personOf(a)) && pair.has(personOf(b))),
  };
}
