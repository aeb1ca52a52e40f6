import { describe, expect, it } from 'vitest';
import { baselineSort } from '../../bench/baselineSort.ts';
import { clearMot, mota, sumClearMot } from '../../bench/metrics/clearMot.ts';
import type { LabelledBox } from '../../bench/metrics/frames.ts';
import { compare } from '../../bench/metrics/frames.ts';
import { hota, hotaScore, sumHota } from '../../bench/metrics/hota.ts';
import { idf1, identity, sumIdentity } from '../../bench/metrics/identity.ts';
import { readSequences } from '../../bench/mot15.ts';
import { shared } from '../fixtures/shared.ts';

/** A box at a place 0, 1, 2, …: those of different places do not touch. `shift` 0.25 leaves an IoU of 0.6. */
const at = (id: number, place: number, shift = 0): LabelledBox => ({
  id,
  box: { x1: 2 * place + shift, y1: 0, x2: 2 * place + shift + 1, y2: 1 },
});

describe('metrics', () => {
  it('are perfect for a perfect tracker', () => {
    const truth = [[at(1, 0), at(2, 1)], [at(1, 1), at(2, 2)], []];
    const frames = compare(
      truth,
      truth.map((boxes) => boxes.map((b) => ({ ...b, id: b.id + 10 }))),
    );
    expect(mota(clearMot(frames))).toBe(1);
    expect(idf1(identity(frames))).toBe(1);
    expect(hotaScore(hota(frames))).toBeCloseTo(1);
  });

  it('count misses, false positives and switches', () => {
    const truth = [[at(1, 0)], [at(1, 0)], [at(1, 0)], [at(1, 0)]];
    const frames = compare(truth, [[at(7, 0)], [], [at(8, 0), at(9, 3)], [at(8, 0)]]);
    expect(clearMot(frames)).toEqual({ objects: 4, misses: 1, falsePositives: 1, switches: 1 });
    expect(mota(clearMot(frames))).toBeCloseTo(0.25);
    // The object is best paired with track 8: two boxes agree of four true and four tracked ones.
    expect(idf1(identity(frames))).toBeCloseTo(0.5);
  });

  it('keep a match while it is good enough, though another track fits better', () => {
    const truth = [[at(1, 0)], [at(1, 0)]];
    const frames = compare(truth, [[at(7, 0)], [at(7, 0, 0.25), at(8, 0)]]);
    expect(clearMot(frames)).toMatchObject({ switches: 0, falsePositives: 1 });
  });

  it('see no match below an IoU of one half', () => {
    const frames = compare([[at(1, 0)]], [[at(7, 0, 0.4)]]);
    expect(clearMot(frames)).toMatchObject({ misses: 1, falsePositives: 1 });
    expect(idf1(identity(frames))).toBe(0);
    // An IoU of 0.6 / 1.4 is a match at the thresholds 0.05 … 0.40, eight of nineteen.
    expect(hotaScore(hota(frames))).toBeCloseTo(8 / 19);
  });

  it('HOTA of a track broken in half is the root of its association', () => {
    const truth = [[at(1, 0)], [at(1, 0)], [at(1, 0)], [at(1, 0)]];
    const frames = compare(truth, [[at(7, 0)], [at(7, 0)], [at(8, 0)], [at(8, 0)]]);
    expect(hotaScore(hota(frames))).toBeCloseTo(Math.sqrt(0.5));
  });

  const { missing } = shared('mot15/PETS09-S2L1/gt.txt');
  it.skipIf(missing)(
    `give SORT the scores that TrackEval gives it on six sequences${missing ? `: ${missing}` : ''}`,
    () => {
      const parts = readSequences().map((sequence) => {
        const sort = baselineSort(sequence.width, sequence.height);
        return compare(sequence.truth, sequence.detections.map(sort));
      });
      const clear = sumClearMot(parts.map(clearMot));
      expect(clear).toEqual({ objects: 17800, misses: 5899, falsePositives: 2778, switches: 286 });
      expect(100 * mota(clear)).toBeCloseTo(49.65, 2);
      expect(100 * idf1(sumIdentity(parts.map(identity)))).toBeCloseTo(51.21, 2);
      expect(100 * hotaScore(sumHota(parts.map(hota)))).toBeCloseTo(40.57, 2);
    },
  );
});
