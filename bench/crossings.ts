// How well line crossings are counted: three MOT15 sequences with a fixed camera × five vertical lines, both directions,
// public detections. The truth is what the event engine counts on the true boxes. `npx tsx bench/crossings.ts`
import type { CrossingCounts } from './metrics/crossings.ts';
import { countError, crossingCounts, crossingF1, sumCrossings } from './metrics/crossings.ts';
import { readSequences } from './mot15.ts';
import type { TrackSequence } from './trackers.ts';
import { ours, sort } from './trackers.ts';

const sequences = readSequences().filter((s) => s.fixedCamera);
console.log('                                        F1  count error   true  counted  matched');
const result = report('Argus, dead band 0.25', ours, 0.25);
report('Argus, plain side change', ours, 0);
const baseline = report('SORT (baseline), dead band 0.25', sort, 0.25);
const plain = report('SORT (baseline), plain side change', sort, 0);

console.log('\nArgus with dead band : SORT');
for (const [name, other] of [
  ['dead band', baseline],
  ['plain side change', plain],
] as const)
  console.log(
    `${name.padEnd(18)} F1 ${(crossingF1(result) / crossingF1(other)).toFixed(3)}` +
      `  count error ${(countError(result) / countError(other)).toFixed(2)}`,
  );
const verdict = (reached: boolean) => (reached ? 'reached' : 'MISSED');
console.log(
  `target             F1 ≥ .960 ${verdict(crossingF1(result) >= 0.96)}` +
    `  count error ≤ 5 % ${verdict(countError(result) <= 0.05)}`,
);

/** Prints the counts of each sequence and of all together; returns the latter. */
function report(title: string, track: TrackSequence, deadBand: number): CrossingCounts {
  const parts = sequences.map((sequence) => {
    const counts = crossingCounts(sequence, track(sequence), deadBand);
    row(`  ${sequence.name}`, counts);
    return counts;
  });
  const all = sumCrossings(parts);
  row(title, all);
  return all;
}

function row(name: string, counts: CrossingCounts): void {
  const error = `${(100 * countError(counts)).toFixed(1).padStart(4)} %`;
  const numbers = [counts.truth, counts.counted, counts.matched].map((n) => String(n).padStart(8)).join('');
  console.log(`${name.padEnd(36)} ${crossingF1(counts).toFixed(3)}       ${error}${numbers}`);
}
