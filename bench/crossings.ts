// How well line crossings are counted: three MOT15 sequences with a fixed camera × five vertical lines, both directions,
// public detections. The truth is what the event engine counts on the true boxes. `npx tsx bench/crossings.ts`
import type { LineShape, TrackEvent } from '../src/domain/event.ts';
import { cameraId, shapeId, trackId } from '../src/domain/ids.ts';
import type { TrackPoint } from '../src/domain/track.ts';
import { createEventEngine } from '../src/events/engine.ts';
import { assign } from '../src/track/assignment.ts';
import type { Sequence } from './mot15.ts';
import { readSequences } from './mot15.ts';
import type { Tracks, TrackSequence } from './trackers.ts';
import { frameTimesMs, ours, sort } from './trackers.ts';

const withinMs = 2000;
const deadBand = 0.25;
const directions = ['forward', 'backward'] as const;
const lines = [0.2, 0.35, 0.5, 0.65, 0.8].map((x): LineShape => ({
  kind: 'line',
  id: shapeId(`x${100 * x}`),
  name: `x = ${x}`,
  line: { a: { x, y: 0 }, b: { x, y: 1 } },
}));

const sequences = readSequences().filter((s) => s.fixedCamera);
console.log('                                        F1  count error   true  counted  matched');
const result = report('Argus, dead band 0.25', ours, deadBand);
report('Argus, plain side change', ours, 0);
const baseline = report('SORT (baseline), dead band 0.25', sort, deadBand);
const plain = report('SORT (baseline), plain side change', sort, 0);

console.log('\nArgus with dead band : SORT');
for (const [name, other] of [
  ['dead band', baseline],
  ['plain side change', plain],
] as const)
  console.log(
    `${name.padEnd(18)} F1 ${(result.f1 / other.f1).toFixed(3)}  count error ${(result.countError / other.countError).toFixed(2)}`,
  );
const verdict = (reached: boolean) => (reached ? 'reached' : 'MISSED');
console.log(
  `target             F1 ≥ .960 ${verdict(result.f1 >= 0.96)}  count error ≤ 5 % ${verdict(result.countError <= 0.05)}`,
);

interface Tally {
  readonly truth: number;
  readonly counted: number;
  readonly matched: number;
  /** Sum of |counted − true| over the lines and directions. */
  readonly off: number;
}

/** Prints and returns F1 and count error over all sequences, lines and directions. */
function report(title: string, track: TrackSequence, band: number) {
  const parts = sequences.map((sequence) => ({ name: sequence.name, ...countOn(sequence, track, band) }));
  for (const part of parts) row(`  ${part.name}`, part);
  const sum = (pick: (t: Tally) => number) => parts.reduce((total, part) => total + pick(part), 0);
  return row(title, {
    truth: sum((t) => t.truth),
    counted: sum((t) => t.counted),
    matched: sum((t) => t.matched),
    off: sum((t) => t.off),
  });
}

function row(name: string, { truth, counted, matched, off }: Tally) {
  const f1 = (2 * matched) / (truth + counted);
  const countError = off / truth;
  console.log(
    `${name.padEnd(36)} ${f1.toFixed(3)}       ${(100 * countError).toFixed(1).padStart(4)} %` +
      [truth, counted, matched].map((n) => String(n).padStart(8)).join(''),
  );
  return { f1, countError };
}

function countOn(sequence: Sequence, track: TrackSequence, band: number): Tally {
  const truth = crossingsOf(trueTracks(sequence), sequence, deadBand);
  const counted = crossingsOf(track(sequence), sequence, band);
  let matched = 0;
  let off = 0;
  for (const { id } of lines)
    for (const direction of directions) {
      const here = (events: TrackEvent[]) =>
        events.filter((e) => e.shape === id && e.direction === direction);
      const [a, b] = [here(truth), here(counted)];
      matched += matchedWithin(a, b);
      off += Math.abs(a.length - b.length);
    }
  return { truth: truth.length, counted: counted.length, matched, off };
}

function crossingsOf(tracks: Tracks, sequence: Sequence, band: number): TrackEvent[] {
  const options = { aspect: sequence.width / sequence.height, anchor: 'centre', deadBand: band } as const;
  const engine = createEventEngine(cameraId('bench'), lines, options);
  return [...tracks].flatMap(([id, points]) =>
    engine.update({ trackId: trackId(id), label: 'person', points }),
  );
}

function trueTracks(sequence: Sequence): Tracks {
  const times = frameTimesMs(sequence);
  const tracks = new Map<string, TrackPoint[]>();
  sequence.truth.forEach((objects, frame) => {
    for (const { id, box } of objects) {
      const points = tracks.get(String(id)) ?? [];
      points.push({ timeMs: times[frame] ?? NaN, box, confidence: 1 });
      tracks.set(String(id), points);
    }
  });
  return tracks;
}

/** How many of the events can be paired, one to one, no farther apart in time than allowed. */
function matchedWithin(a: readonly TrackEvent[], b: readonly TrackEvent[]): number {
  const apart = a.flatMap((x) => b.map((y) => Math.abs(x.timeMs - y.timeMs)));
  const cost = Float64Array.from(apart, (ms) => (ms <= withinMs ? ms : Infinity));
  return assign(cost, a.length, b.length).length;
}
