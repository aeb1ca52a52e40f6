// How tracking and crossings hold when the detections are worse or fewer than those at hand: boxes that tremble,
// detections left out at random, frames left out. Means over seeded random variations, so that two trackers can be
// compared by more than one run on data on which constants were chosen. `npx tsx bench/robustness.ts [variations]`
import type { Box } from '../src/domain/box.ts';
import { clearMot, mota, sumClearMot } from './metrics/clearMot.ts';
import { compareCrossings, countError, crossingF1, crossingLines, crossingsOf, sumCrossings, trueCrossings } from './metrics/crossings.ts'; // prettier-ignore
import { compare } from './metrics/frames.ts';
import { idf1, identity, sumIdentity } from './metrics/identity.ts';
import type { Sequence } from './mot15.ts';
import { readSequences } from './mot15.ts';
import { byFrame, ours, sort, type TrackSequence } from './trackers.ts';

const variations = Number(process.argv[2] ?? 20);
const sequences = readSequences();

/** A sequence as the tracker gets it, and the one that its crossings are compared with. */
interface Trial {
  readonly given: Sequence;
  readonly whole: Sequence;
}
type Condition = readonly [name: string, trials: (sequence: Sequence) => Trial[]];

const randomly =
  (change: (sequence: Sequence, random: () => number) => Sequence) =>
  (sequence: Sequence): Trial[] =>
    Array.from({ length: variations }, (_, seed) => ({
      given: change(sequence, randomFrom(seed + 1)),
      whole: sequence,
    }));

const conditions: Condition[] = [
  ['as given', (s) => [{ given: s, whole: s }]],
  ['boxes 2 % off, 5 % left out', randomly((s, random) => leaveOut(tremble(s, 0.02, random), 0.05, random))],
  ['10 % left out', randomly((s, random) => leaveOut(s, 0.1, random))],
  ['30 % left out', randomly((s, random) => leaveOut(s, 0.3, random))],
  ['every 2nd frame', (s) => everyNth(s, 2)],
  ['every 3rd frame', (s) => everyNth(s, 3)],
];

for (const [title, track] of [
  ['Argus', ours],
  ['SORT (baseline)', sort],
] as const) {
  console.log(`${title.padEnd(32)}  MOTA   IDF1  switches     F1  count error`);
  for (const [name, trials] of conditions) console.log(`${name.padEnd(30)} ${measure(track, trials)}`);
  console.log('');
}

/** Scores of all sequences together, over all trials. */
function measure(track: TrackSequence, trials: Condition[1]): string {
  const all = sequences.flatMap((sequence) => {
    const here = trials(sequence);
    return here.map((trial) => ({ ...scores(track, trial), weight: 1 / here.length }));
  });
  const clear = sumClearMot(all.map(({ clear: c, weight }) => scaled(c, weight)));
  const ids = sumIdentity(all.map(({ ids: i, weight }) => scaled(i, weight)));
  const counts = sumCrossings(all.flatMap(({ crossings: c, weight }) => (c ? [scaled(c, weight)] : [])));
  return (
    `${percent(mota(clear))} ${percent(idf1(ids))} ${clear.switches.toFixed(0).padStart(9)}` +
    `  ${crossingF1(counts).toFixed(3).padStart(6)} ${percent(countError(counts))} %`
  );
}

function scores(track: TrackSequence, { given, whole }: Trial) {
  const tracks = track(given);
  const frames = compare(given.truth, byFrame(tracks, given));
  return {
    clear: clearMot(frames),
    ids: identity(frames),
    crossings: given.fixedCamera
      ? compareCrossings(
          crossingLines,
          trueCrossings(whole, crossingLines, 'centre'),
          crossingsOf(tracks, given, 0.25, crossingLines, 'centre'),
        )
      : undefined,
  };
}

/** Moves and resizes each box by normal errors of this share of its size. */
function tremble(sequence: Sequence, share: number, random: () => number): Sequence {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const shaken = ({ x1, y1, x2, y2 }: Box): Box => {
    const [w, h] = [x2 - x1, y2 - y1];
    const x = (x1 + x2) / 2 + share * w * normal();
    const y = (y1 + y2) / 2 + share * h * normal();
    const halfWidth = (w / 2) * Math.exp(share * normal());
    const halfHeight = (h / 2) * Math.exp(share * normal());
    return { x1: x - halfWidth, y1: y - halfHeight, x2: x + halfWidth, y2: y + halfHeight };
  };
  return { ...sequence, detections: sequence.detections.map((d) => d.map((one) => ({ ...one, box: shaken(one.box) }))) }; // prettier-ignore
}

function leaveOut(sequence: Sequence, share: number, random: () => number): Sequence {
  return { ...sequence, detections: sequence.detections.map((d) => d.filter(() => random() >= share)) };
}

/** The sequence at an n-th of its frame rate, once from each of its first n frames on. */
function everyNth(sequence: Sequence, n: number): Trial[] {
  return Array.from({ length: n }, (_, first) => {
    const from = <T>(rows: readonly T[]) => rows.slice(first);
    const nth = <T>(rows: readonly T[]) => from(rows).filter((_row, k) => k % n === 0);
    const { detections, truth, framesPerSecond } = sequence;
    return {
      given: { ...sequence, framesPerSecond: framesPerSecond / n, detections: nth(detections), truth: nth(truth) }, // prettier-ignore
      whole: { ...sequence, detections: from(detections), truth: from(truth) },
    };
  });
}

function scaled<T extends object>(counts: T, factor: number): T {
  return Object.fromEntries(Object.entries(counts).map(([key, n]) => [key, factor * n])) as T;
}

/** Park and Miller's generator with Schrage's constants ("Random number generators: good ones are hard to find", 1988), 0 ≤ x < 1. */
function randomFrom(seed: number): () => number {
  let state = seed * 7919;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function percent(share: number): string {
  return (100 * share).toFixed(1).padStart(6);
}
