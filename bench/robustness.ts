// How tracking and crossings hold on worse detections than those at hand: boxes that tremble, detections left out at
// random, frames left out. Means over seeded random variations: of two trackers, the better is the one that is better
// here, not the one that does better by chance on the very data on which constants were chosen.
// `npm run bench:robustness [-- variations]`
import { clearMot, mota, sumClearMot } from './metrics/clearMot.ts';
import {
  compareCrossings,
  countError,
  crossingF1,
  crossingLines,
  crossingsOf,
  sumCrossings,
  trueCrossings,
} from './metrics/crossings.ts';
import { compare } from './metrics/frames.ts';
import { idf1, identity, sumIdentity } from './metrics/identity.ts';
import type { Sequence } from './mot15.ts';
import { readSequences } from './mot15.ts';
import type { TrackSequence } from './trackers.ts';
import { byFrame, ours, sort } from './trackers.ts';
import type { Random } from './variations.ts';
import { everyNth, from, leaveOut, randomFrom, tremble } from './variations.ts';

/** What the tracker is given, and the sequence that tells the true crossings. */
interface Trial {
  readonly given: Sequence;
  readonly whole: Sequence;
}

const deadBand = 0.25;
const variations = Number(process.argv[2] ?? 20);
const sequences = readSequences();
const conditions: readonly (readonly [name: string, trials: (sequence: Sequence) => Trial[]])[] = [
  ['as given', (s) => [{ given: s, whole: s }]],
  ['boxes 2 % off, 5 % left out', randomly((s, random) => leaveOut(tremble(s, 0.02, random), 0.05, random))],
  ['10 % left out', randomly((s, random) => leaveOut(s, 0.1, random))],
  ['30 % left out', randomly((s, random) => leaveOut(s, 0.3, random))],
  ['every 2nd frame', thinned(2)],
  ['every 3rd frame', thinned(3)],
];

for (const [title, track] of [
  ['Argus', ours],
  ['SORT (baseline)', sort],
] as const) {
  console.log(`${title.padEnd(30)}   MOTA   IDF1  switches     F1  count error`);
  for (const [name, trials] of conditions) console.log(`${name.padEnd(30)} ${measure(track, trials)}`);
  console.log('');
}

function randomly(change: (sequence: Sequence, random: Random) => Sequence) {
  return (whole: Sequence): Trial[] =>
    Array.from({ length: variations }, (_, k) => ({ given: change(whole, randomFrom(k + 1)), whole }));
}

/** Every n-th frame, once from each of the first n frames on. */
function thinned(n: number) {
  return (sequence: Sequence): Trial[] =>
    Array.from({ length: n }, (_, first) => {
      const whole = from(sequence, first);
      return { given: everyNth(whole, n), whole };
    });
}

/** Scores of all sequences together; each weighs the same however many trials it has. */
function measure(track: TrackSequence, trials: (sequence: Sequence) => Trial[]): string {
  const results = sequences.flatMap((sequence) => {
    const ofSequence = trials(sequence);
    return ofSequence.map((trial) => ({ ...scores(track, trial), weight: 1 / ofSequence.length }));
  });
  const clear = sumClearMot(results.map((r) => scaled(r.clear, r.weight)));
  const ids = sumIdentity(results.map((r) => scaled(r.ids, r.weight)));
  const crossings = sumCrossings(results.flatMap((r) => (r.crossings ? scaled(r.crossings, r.weight) : [])));
  return (
    `${percent(mota(clear))} ${percent(idf1(ids))} ${clear.switches.toFixed(0).padStart(9)}` +
    `  ${crossingF1(crossings).toFixed(3).padStart(5)}       ${percent(countError(crossings))} %`
  );
}

function scores(track: TrackSequence, { given, whole }: Trial) {
  const tracks = track(given);
  const frames = compare(given.truth, byFrame(tracks, given));
  const truth = trueCrossings(whole, crossingLines, 'centre');
  const counted = crossingsOf(tracks, given, deadBand, crossingLines, 'centre');
  return {
    clear: clearMot(frames),
    ids: identity(frames),
    crossings: given.fixedCamera ? compareCrossings(crossingLines, truth, counted) : undefined,
  };
}

function scaled<K extends string>(counts: Readonly<Record<K, number>>, factor: number): Record<K, number> {
  const entries: [string, number][] = Object.entries<number>(counts).map(([key, n]) => [key, n * factor]);
  return Object.fromEntries(entries) as Record<K, number>;
}

function percent(share: number): string {
  return (100 * share).toFixed(1).padStart(6);
}
