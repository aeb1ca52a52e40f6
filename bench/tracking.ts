// How well and how fast the tracker follows the people of six MOT15 sequences with the public detections, beside SORT on
// the same detections, scored in the same way. One set of parameters for all sequences. `npx tsx bench/tracking.ts`
//
// The constants were chosen on these same sequences, so the figures flatter; docs/quality.md says what to expect of
// others, and bench/robustness.ts compares trackers more safely.
import { clearMot, mota, sumClearMot } from './metrics/clearMot.ts';
import { compare } from './metrics/frames.ts';
import { hota, hotaScore, sumHota } from './metrics/hota.ts';
import { idf1, identity, sumIdentity } from './metrics/identity.ts';
import type { Sequence } from './mot15.ts';
import { readSequences } from './mot15.ts';
import type { Tracks, TrackSequence } from './trackers.ts';
import { byFrame, filled, ours, sort } from './trackers.ts';

const maxGapMs = 1000;
const rounds = 7;

const sequences = readSequences();
const live = report('Argus, as it comes live', ours);
const complete = report(`Argus, gaps to ${maxGapMs} ms filled`, (s) => filled(ours(s), s, maxGapMs));
const baseline = report('SORT (baseline, own code)', sort);

const speed = framesPerSecond(ours);
const baselineSpeed = framesPerSecond(sort);
console.log(`frames/s, tracker alone, one core, best of ${rounds}: Argus ${speed}, SORT ${baselineSpeed}`);
console.log('\nArgus : SORT');
for (const [name, result] of [
  ['live', live],
  ['gaps filled', complete],
] as const)
  console.log(
    `${name.padEnd(12)} MOTA ${ratio(result.mota, baseline.mota)}  IDF1 ${ratio(result.idf1, baseline.idf1)}` +
      `  HOTA ${ratio(result.hota, baseline.hota)}  id switches ${ratio(result.switches, baseline.switches)}`,
  );
console.log(`frames/s     ${ratio(speed, baselineSpeed)}`);
console.log(
  `target       MOTA ≥ 50.0 ${verdict(complete.mota >= 0.5)}  IDF1 ≥ 57.0 ${verdict(complete.idf1 >= 0.57)}` +
    `  frames/s ≥ 2000 ${verdict(speed >= 2000)}`,
);

interface Scores {
  readonly mota: number;
  readonly idf1: number;
  readonly hota: number;
  readonly switches: number;
}

/** Prints the scores of each sequence and of all together; returns the latter. */
function report(title: string, track: TrackSequence): Scores {
  console.log(`${title.padEnd(32)}   MOTA   IDF1   HOTA  switches  misses  false`);
  const parts = sequences.map((sequence) => {
    const part = measure(sequence, track(sequence));
    row(sequence.name, [part]);
    return part;
  });
  const all = row('all', parts);
  console.log('');
  return all;
}

function measure(sequence: Sequence, tracks: Tracks) {
  const frames = compare(sequence.truth, byFrame(tracks, sequence));
  return { clear: clearMot(frames), identity: identity(frames), hota: hota(frames) };
}

function row(name: string, parts: readonly ReturnType<typeof measure>[]): Scores {
  const clear = sumClearMot(parts.map((p) => p.clear));
  const scores = {
    mota: mota(clear),
    idf1: idf1(sumIdentity(parts.map((p) => p.identity))),
    hota: hotaScore(sumHota(parts.map((p) => p.hota))),
    switches: clear.switches,
  };
  const percent = (share: number) => (100 * share).toFixed(1).padStart(7);
  const counts = [clear.switches, clear.misses, clear.falsePositives];
  console.log(
    `${name.padEnd(32)}${percent(scores.mota)}${percent(scores.idf1)}${percent(scores.hota)}` +
      counts.map((n) => String(n).padStart(8)).join(''),
  );
  return scores;
}

function framesPerSecond(track: TrackSequence): number {
  const frames = sequences.reduce((sum, s) => sum + s.detections.length, 0);
  let bestMs = Infinity;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    for (const sequence of sequences) track(sequence);
    bestMs = Math.min(bestMs, performance.now() - start);
  }
  return Math.round((1000 * frames) / bestMs);
}

function ratio(a: number, b: number): string {
  return (a / b).toFixed(2);
}

function verdict(reached: boolean): string {
  return reached ? 'reached' : 'MISSED';
}
