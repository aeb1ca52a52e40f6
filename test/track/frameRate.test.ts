import { expect, it } from 'vitest';
import { compareCrossings, crossingLines, crossingsOf } from '../../bench/metrics/crossings.ts';
import { readSequences } from '../../bench/mot15.ts';
import { ours } from '../../bench/trackers.ts';
import { everyNth } from '../../bench/variations.ts';
import { shared } from '../fixtures/shared.ts';

const { missing } = shared('mot15/PETS09-S2L1/gt.txt');
/** How far counts at two frame rates may be apart, summed over five lines and both directions, as a share of those at the full rate. */
const tolerance = 0.15;

it.skipIf(missing).each([
  ['ADL-Rundle-6', 30, 10],
  ['ADL-Rundle-6', 30, 7.5],
  ['TUD-Campus', 25, 12.5],
  ['TUD-Campus', 25, 25 / 3],
  ['KITTI-17', 10, 5],
  ['PETS09-S2L1', 7, 3.5],
])(
  `the crossings of %s, recorded at %i frames a second, are counted alike at %f${missing ? `: ${missing}` : ''}`,
  (name, fullRate, rate) => {
    const sequence = readSequences().find((s) => s.name === name && s.framesPerSecond === fullRate);
    if (!sequence) throw new Error(`${name} at ${fullRate} frames a second is not there`);
    const [full, thinned] = [sequence, everyNth(sequence, fullRate / rate)].map((s) =>
      crossingsOf(ours(s), s, 0.25, crossingLines, 'centre'),
    );
    const { truth, matched, off } = compareCrossings(crossingLines, full ?? [], thinned ?? []);
    expect(truth).toBeGreaterThan(10);
    expect(off).toBeLessThanOrEqual(tolerance * truth);
    expect(matched).toBeGreaterThanOrEqual((1 - tolerance) * truth);
  },
);
