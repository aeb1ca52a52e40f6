import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { similarityOf } from '../../src/domain/appearance.ts';
import { packedVectors, VectorIndex, type Neighbour } from '../../src/identify/nearest.ts';

const ofLengthOne = (numbers: readonly number[]): Float32Array => {
  const length = Math.hypot(...numbers);
  return Float32Array.from(numbers, (value) => value / length);
};

function compareWithAll(
  vectors: readonly Float32Array[],
  query: Float32Array,
  k: number,
  accepts: (index: number) => boolean = () => true,
): Neighbour[] {
  return vectors
    .map((vector, index) => ({ index, similarity: similarityOf(query, vector) }))
    .filter(({ index }) => accepts(index))
    .toSorted((a, b) => b.similarity - a.similarity || a.index - b.index)
    .slice(0, k);
}

function indexOf(dimensions: number, ...blocks: readonly (readonly Float32Array[])[]): VectorIndex {
  const index = new VectorIndex(dimensions);
  for (const block of blocks) index.append(packedVectors(block.map((vector) => ({ vector }))));
  return index;
}

/** Vectors that are hard to tell apart: equal, opposite, almost equal, along an axis. */
const vectorOf = (dimensions: number): fc.Arbitrary<Float32Array> => {
  const numbers = (value: fc.Arbitrary<number>) =>
    fc
      .array(value, { minLength: dimensions, maxLength: dimensions })
      .filter((some) => Math.hypot(...some) > 1e-3)
      .map(ofLengthOne);
  return fc.oneof(
    numbers(fc.double({ min: -1, max: 1, noNaN: true })),
    numbers(fc.constantFrom(-1, 0, 1)),
    numbers(fc.double({ min: 1, max: 1.000_01, noNaN: true })),
    fc.nat(dimensions - 1).map((axis) => Float32Array.from({ length: dimensions }, (_, n) => +(n === axis))),
  );
};

const searches = fc.integer({ min: 1, max: 70 }).chain((dimensions) =>
  fc.record({
    dimensions: fc.constant(dimensions),
    blocks: fc.array(fc.array(vectorOf(dimensions), { maxLength: 25 }), { maxLength: 3 }),
    query: vectorOf(dimensions),
    k: fc.nat(30),
    accepted: fc.func(fc.boolean()),
  }),
);

describe('the nearest vectors', () => {
  it('are those of comparing with every vector, in whatever blocks they came', () => {
    fc.assert(
      fc.property(searches, ({ dimensions, blocks, query, k }) => {
        const found = indexOf(dimensions, ...blocks).nearest(query, k);
        expect(found).toEqual(compareWithAll(blocks.flat(), query, k));
      }),
      { numRuns: 500 },
    );
  });

  it('are found among the accepted ones only', () => {
    fc.assert(
      fc.property(searches, ({ dimensions, blocks, query, k, accepted }) => {
        const found = indexOf(dimensions, ...blocks).nearest(query, k, accepted);
        expect(found).toEqual(compareWithAll(blocks.flat(), query, k, accepted));
      }),
    );
  });

  it('are none where there are no vectors, none is accepted, or none is asked for', () => {
    const vector = ofLengthOne([3, 4]);
    expect(new VectorIndex(2).nearest(vector, 10)).toEqual([]);
    expect(indexOf(2, []).nearest(vector, 10)).toEqual([]);
    expect(indexOf(2, [vector]).nearest(vector, 10, () => false)).toEqual([]);
    expect(indexOf(2, [vector]).nearest(vector, 0)).toEqual([]);
  });

  it('are all of them where fewer are kept than asked for', () => {
    const vectors = [ofLengthOne([3, 4]), ofLengthOne([-3, -4]), ofLengthOne([4, 3])];
    const found = indexOf(2, vectors).nearest(ofLengthOne([3, 4]), 10);
    expect(found.map(({ index }) => index)).toEqual([0, 2, 1]);
  });

  it('are those appended first of equally near ones', () => {
    const equal = Array.from({ length: 5000 }, () => ofLengthOne([1, 2, 2]));
    const found = indexOf(3, equal, equal).nearest(ofLengthOne([2, 2, 1]), 4);
    expect(found.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  });

  it('are right where a later vector is always nearer than the ones before, by less than 8 bits can tell', () => {
    const query = ofLengthOne([1, 0]);
    const vectors = Array.from({ length: 9000 }, (_, n) => ofLengthOne([1, 0.3 - n * 1e-6]));
    expect(indexOf(2, vectors).nearest(query, 5)).toEqual(compareWithAll(vectors, query, 5));
  });

  it.each([256, 512, 1000])(
    'are right with the largest products there can be, of %i equal numbers',
    (dimensions) => {
      const flat = ofLengthOne(new Array<number>(dimensions).fill(1));
      const almost = ofLengthOne(Array.from({ length: dimensions }, (_, n) => (n === 0 ? 0.999 : 1)));
      const opposite = flat.map((value) => -value);
      const vectors = [opposite, almost, flat];
      expect(indexOf(dimensions, vectors).nearest(flat, 3)).toEqual(compareWithAll(vectors, flat, 3));
    },
  );

  it('of many are found with a full comparison of few', () => {
    const random = pseudoRandom(1);
    const many = Array.from({ length: 20_000 }, () =>
      ofLengthOne(Array.from({ length: 64 }, () => random() + random() - 1)),
    );
    const query = many[12_345] ?? fail();
    const index = indexOf(64, many);
    let compared = 0;
    const found = index.nearest(query, 10, () => {
      compared++;
      return true;
    });
    expect(found).toEqual(compareWithAll(many, query, 10));
    expect(found[0]?.index).toBe(12_345);
    expect(compared).toBeLessThan(400);
  });
});

describe('an index refuses', () => {
  const index = indexOf(2, [ofLengthOne([3, 4])]);

  it.each<[string, () => unknown, string]>([
    ['no dimensions', () => new VectorIndex(0), 'dimensions must be a whole number from 1 (got 0)'],
    ['half a vector', () => index.append(new Float32Array(3)), '3 numbers are no vectors of 2'],
    ['a vector of zeros', () => index.append(new Float32Array(2)), 'a vector has the length 0, not 1'],
    [
      'a vector that is not of numbers',
      () => index.append(new Float32Array([1, NaN])),
      'a vector has the length NaN, not 1',
    ],
    [
      'a query of another descriptor',
      () => index.nearest(ofLengthOne([1, 1, 1]), 1),
      'a vector of 3 numbers is not one of 2',
    ],
    ['a k below 0', () => index.nearest(ofLengthOne([1, 1]), -1), 'k must be a whole number from 0 (got -1)'],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(new RangeError(message));
  });

  it('all vectors of a block when one is not of length 1', () => {
    const some = indexOf(2, [ofLengthOne([3, 4])]);
    expect(() => some.append(new Float32Array([1, 0, 5, 5]))).toThrow(RangeError);
    expect(some.size).toBe(1);
    expect(some.nearest(ofLengthOne([1, 0]), 5)).toHaveLength(1);
  });
});

function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 0x7fff_ffff) / 0x7fff_ffff;
}

function fail(): never {
  throw new Error('There is no such vector');
}
