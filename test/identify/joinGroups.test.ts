import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../src/identify/evidence.ts';
import { identitiesOf } from '../../src/identify/identities.ts';
import { joinGroups } from '../../src/identify/joinGroups.ts';
import { groupsOf, track } from './people.ts';

const limits = { sure: 0.9, worthTelling: 0.1 };

/** The formula, worked out anew for each two groups in every step. */
function joinedByFormula(n: number, { logRatios, rivals }: Evidence) {
  let groups = Array.from({ length: n }, (_, i) => [i]);
  const cells = (a: number[], b: number[]) => a.flatMap((i) => b.map((j) => i * n + j));
  const isExclusive = (a: number[], b: number[]) => cells(a, b).some((cell) => logRatios[cell] === -Infinity);
  const rivalsOf = (a: number[], b: number[]) => Math.min(...cells(a, b).map((cell) => rivals[cell] ?? NaN));
  const ratioOf = (a: number[], b: number[]) => {
    const known = cells(a, b).flatMap((cell) => logRatios[cell] ?? []);
    const told = known.filter((ratio) => !Number.isNaN(ratio));
    if (a === b || told.length === 0 || told.includes(-Infinity)) return 0;
    const ratio = Math.exp(told.reduce((sum, one) => sum + one, 0) / told.length);
    return ratio < 0.01 * (rivalsOf(a, b) + ratio) ? 0 : ratio;
  };
  const shareOf = (a: number[], b: number[]) => {
    const lookalikes = groups.filter((other) => other !== b && isExclusive(b, other));
    const others = lookalikes.reduce((sum, other) => sum + ratioOf(a, other), 0);
    return ratioOf(a, b) / (rivalsOf(a, b) + ratioOf(a, b) + others);
  };
  const pairs = () =>
    groups.flatMap((a, i) =>
      groups.slice(i + 1).map((b) => ({ a, b, p: Math.min(shareOf(a, b), shareOf(b, a)) })),
    );
  for (;;) {
    const sure = pairs().filter(({ p }) => p >= limits.sure);
    const [best] = sure.toSorted((x, y) => y.p - x.p);
    if (!best) return { groups, doubts: pairs().filter(({ p }) => p >= limits.worthTelling).length };
    const joined = [...best.a, ...best.b].sort((x, y) => x - y);
    groups = groups.flatMap((one) => (one === best.a ? [joined] : one === best.b ? [] : [one]));
  }
}

describe('joining groups of tracks', () => {
  it('is what the formula says of each two groups in every step', () => {
    const logRatio = fc.oneof(
      fc.double({ min: -6.9, max: 6.9, noNaN: true }),
      fc.double({ min: 4, max: 6.9, noNaN: true }),
      fc.constantFrom(-Infinity, NaN),
    );
    const pair = fc.tuple(logRatio, fc.integer({ min: 1, max: 4 }));
    const scene = fc
      .integer({ min: 1, max: 9 })
      .chain((n) => fc.array(pair, { minLength: n * n, maxLength: n * n }));
    fc.assert(
      fc.property(scene, (known) => {
        const n = Math.sqrt(known.length);
        const evidence = { logRatios: new Float32Array(n * n), rivals: new Float32Array(n * n) };
        for (let i = 0; i < n; i++) {
          for (let j = i + 1; j < n; j++) {
            const [ratio = NaN, rivals = NaN] = known[i * n + j] ?? [];
            for (const cell of [i * n + j, j * n + i]) {
              evidence.logRatios[cell] = ratio;
              evidence.rivals[cell] = rivals;
            }
          }
        }
        const { groups, doubts } = joinGroups(
          Array.from({ length: n }, (_, i) => [i]),
          evidence,
          limits,
        );
        expect({ groups, doubts: doubts.length }).toEqual(joinedByFormula(n, evidence));
      }),
      { numRuns: 200 },
    );
  });

  // Adding up anew what no merge has changed took minutes here.
  it('does not take for ever where somebody came by four hundred times', () => {
    const passages = Array.from({ length: 400 }, (_, i) =>
      track(`t${i}`, { person: 1, from: 10 * i, to: 10 * i + 5 }),
    );
    expect(groupsOf(identitiesOf(passages))).toHaveLength(1);
  });
});
