import { expect, it } from 'vitest';
import { clearMot, mota, sumClearMot } from '../../bench/metrics/clearMot.ts';
import { countError, crossingCounts, crossingF1, sumCrossings } from '../../bench/metrics/crossings.ts';
import { compare } from '../../bench/metrics/frames.ts';
import { idf1, identity, sumIdentity } from '../../bench/metrics/identity.ts';
import { readSequences } from '../../bench/mot15.ts';
import { byFrame, ours } from '../../bench/trackers.ts';
import { shared } from '../fixtures/shared.ts';

const { missing } = shared('mot15/PETS09-S2L1/gt.txt');
const why = missing ? `: ${missing}` : '';

it.skipIf(missing)(`the live tracker reaches MOTA 50 and IDF1 57 on six sequences of MOT15${why}`, () => {
  const frames = readSequences().map((s) => compare(s.truth, byFrame(ours(s), s)));
  expect(mota(sumClearMot(frames.map(clearMot)))).toBeGreaterThanOrEqual(0.5);
  expect(idf1(sumIdentity(frames.map(identity)))).toBeGreaterThanOrEqual(0.57);
});

it.skipIf(missing)(
  `line crossings reach F1 .960 and a count error of 5 % on three fixed cameras${why}`,
  () => {
    const cameras = readSequences().filter((s) => s.fixedCamera);
    const counts = sumCrossings(cameras.map((s) => crossingCounts(s, ours(s), 0.25)));
    expect(crossingF1(counts)).toBeGreaterThanOrEqual(0.96);
    expect(countError(counts)).toBeLessThanOrEqual(0.05);
  },
);
