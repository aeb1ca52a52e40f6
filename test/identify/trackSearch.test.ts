import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Appearance } from '../../src/domain/appearance.ts';
import { cameraId, trackId } from '../../src/domain/ids.ts';
import { compareTracks } from '../../src/identify/compareTracks.ts';
import { TrackSearch, type SimilarTrack } from '../../src/identify/trackSearch.ts';

const dimensions = 4;

const look = (track: string, numbers: readonly number[], descriptor = 'osnet-x0-25'): Appearance => {
  const length = Math.hypot(...numbers);
  const vector = Float32Array.from(numbers, (value) => value / length);
  return { camera: cameraId('gate'), trackId: trackId(track), timeMs: 0, descriptor, vector, quality: 1 };
};

function compareWithAll(example: Appearance[], all: Appearance[], limit: number, accepted: Set<string>) {
  const tracks = [...new Set(all.map((one) => one.trackId))].filter((id) => accepted.has(id));
  return tracks
    .map((id): SimilarTrack => {
      const comparison = compareTracks(
        example,
        all.filter((one) => one.trackId === id),
      );
      return { trackId: id, similarity: comparison?.similarity ?? -Infinity };
    })
    .toSorted((a, b) => b.similarity - a.similarity)
    .slice(0, limit);
}

const numbers = fc
  .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: dimensions, maxLength: dimensions })
  .filter((some) => Math.hypot(...some) > 1e-3);

describe('a search for the most similar tracks', () => {
  it('finds what comparing the example with every track finds', () => {
    const tracks = fc.array(fc.array(numbers, { minLength: 1, maxLength: 6 }), {
      minLength: 1,
      maxLength: 60,
    });
    const example = fc.array(numbers, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(tracks, example, fc.integer({ min: 1, max: 12 }), fc.nat(3), (some, of, limit, left) => {
        const all = some.flatMap((vectors, n) => vectors.map((vector) => look(`t${n}`, vector)));
        const accepted = new Set(some.map((_, n) => `t${n}`).filter((_, n) => n % 4 !== left));
        const wanted = of.map((vector) => look('example', vector));
        const search = new TrackSearch(dimensions);
        search.append(all.slice(0, 50));
        search.append(all.slice(50));
        const similarities = (found: SimilarTrack[]) => found.map(({ similarity }) => similarity);
        const found = search.mostSimilar(wanted, limit, (id) => accepted.has(id));
        const expected = compareWithAll(wanted, all, limit, accepted);
        expect(similarities(found)).toEqual(similarities(expected));
        expect(found.every(({ trackId: id }) => accepted.has(id))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('finds nothing by a descriptor that was never calibrated', () => {
    const search = new TrackSearch(dimensions);
    search.append([look('t', [1, 0, 0, 0], 'unheard-of')]);
    expect(search.mostSimilar([look('e', [1, 0, 0, 0], 'unheard-of')], 5, () => true)).toEqual([]);
  });
});
