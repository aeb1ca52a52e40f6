// How well line crossings are counted: four MOT15 sequences with a fixed camera × five vertical lines, both directions,
// public detections; constants were chosen on the first three. The truth is what the event engine counts on the true boxes. `npx tsx bench/crossings.ts`
import type { CrossingCounts } from './metrics/crossings.ts';
import { countError, crossingCounts, crossingF1, sumCrossings } from './metrics/crossings.ts';
import { readSequences, type Sequence } from './mot15.ts';
import type { TrackSequence } from './trackers.ts';
import { ours, sort } from './trackers.ts';

const sequences = readSequences().filter((s) => s.fixedCamera);
const chosenOn = sequences.filter(({ name }) => name !== 'ADL-Rundle-6');
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
const before = sumCrossings(chosenOn.map((sequence) => crossingCounts(sequence, ours(sequence), 0.25)));
for (const [name, counts, minF1, maxError] of [
  ['four cameras', result, 0.955, 8],
  ['three of them', before, 0.96, 5],
] as const)
  console.log(
    `target, ${name.padEnd(14)} F1 ≥ ${minF1.toFixed(3)} ${verdict(crossingF1(counts) >= minF1)} (${crossingF1(counts).toFixed(3)})` +
      `  count error ≤ ${maxError} % ${verdict(100 * countError(counts) <= maxError)} (${(100 * countError(counts)).toFixed(1)} %)`,
  );

const deadBands = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5];
console.log('\nDead band chosen on the other three cameras   band     F1  count error');
const leftOut = sequences.map((sequence) => {
  const others = sequences.filter((other) => other !== sequence);
  const band = bestBand(others);
  const counts = crossingCounts(sequence, ours(sequence), band);
  console.log(leftOutRow(sequence.name, band.toFixed(2), counts));
  return counts;
});
console.log(leftOutRow('all', '', sumCrossings(leftOut)));

/** The dead band with the best F1; of equally good ones that with the least count error. */
function bestBand(on: readonly Sequence[]): number {
  const tried = deadBands.map((band) => {
    const counts = sumCrossings(on.map((s) => crossingCounts(s, ours(s), band)));
    return { band, f1: crossingF1(counts), error: countError(counts) };
  });
  return tried.reduce((a, b) => (b.f1 > a.f1 || (b.f1 === a.f1 && b.error < a.error) ? b : a)).band;
}

function leftOutRow(name: string, band: string, counts: CrossingCounts): string {
  const error = `${(100 * countError(counts)).toFixed(1)} %`;
  return `  ${name.padEnd(44)} ${band.padStart(4)}  ${crossingF1(counts).toFixed(3)}  ${error.padStart(11)}`;
}

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
