import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { trackId } from '../../src/domain/ids.ts';
import type { Correction, SeenTrack } from '../../src/identify/contract.ts';
import { identitiesOf } from '../../src/identify/identities.ts';
import { door, groupsOf, track, yard } from './people.ts';

const same = (a: string, b: string): Correction => ({ a: trackId(a), b: trackId(b), same: true });
const notSame = (a: string, b: string): Correction => ({ a: trackId(a), b: trackId(b), same: false });

describe('in one camera', () => {
  test('who comes back looking the same is one person', () => {
    const { identities, doubts } = identitiesOf([
      track('a', { person: 1, from: 0, to: 5 }),
      track('b', { person: 1, from: 60, to: 65 }),
      track('c', { person: 2, from: 20, to: 30 }),
    ]);
    expect(identities.map(({ id, trackIds }) => ({ id, trackIds }))).toEqual([
      { id: 'a', trackIds: ['a', 'b'] },
      { id: 'c', trackIds: ['c'] },
    ]);
    expect(identities[0]?.hops).toEqual([
      { from: 'a', to: 'b', probability: expect.closeTo(0.99, 2) as number, because: 'appearance' },
    ]);
    expect(doubts).toEqual([]);
  });

  test.each([
    ['400 ms', 4.6, [['a', 'b']]],
    ['600 ms', 4.4, [['a'], ['b']]],
  ])('two tracks that overlap by %s', (_, from, groups) => {
    const tracks = [track('a', { person: 1, from: 0, to: 5 }), track('b', { person: 1, from, to: 9 })];
    expect(groupsOf(identitiesOf(tracks))).toEqual(groups);
  });

  test('two who look alike and were seen together make it impossible to tell which of them came back', () => {
    const { identities, doubts } = identitiesOf([
      track('a', { person: 1, from: 0, to: 5 }),
      track('twin', { person: 1, from: 1, to: 6 }),
      track('later', { person: 1, from: 30, to: 35 }),
    ]);
    expect(identities).toHaveLength(3);
    expect(doubts.map(({ a, b }) => [a, b])).toEqual([
      ['twin', 'later'],
      ['a', 'later'],
    ]);
    // Less than half each: strangers look alike here, so that a likeness says less.
    for (const { probability } of doubts) expect(probability).toBeLessThanOrEqual(0.5);
  });

  test('a likeness that convinces among few does not among many', () => {
    const known = track('a', { person: 1, from: 0, to: 5 });
    const back = track('b', { person: 1, lookalike: 0.3, from: 1000, to: 1005 });
    const others = Array.from({ length: 40 }, (_, i) =>
      track(`other${i}`, { person: 3 + (i % 12), from: 10 + i, to: 11 + i, descriptor: 'osnet-x0-25' }),
    );
    expect(groupsOf(identitiesOf([known, back]))).toEqual([['a', 'b']]);
    const { doubts } = identitiesOf([known, ...others, back]);
    expect(doubts.map(({ a, b }) => [a, b])).toContainEqual(['a', 'b']);
  });

  test('whoever left no picture is nobody else, and no doubt is told', () => {
    const tracks = ['a', 'b'].map((id, i) =>
      track(id, { person: 1, from: 10 * i, to: 10 * i + 5, descriptor: undefined }),
    );
    expect(identitiesOf(tracks)).toMatchObject({ identities: [{ id: 'a' }, { id: 'b' }], doubts: [] });
  });

  test.each([
    ['of different classes', { label: 'dog' }],
    ['of different descriptors', { descriptor: 'osnet-x0-25' }],
    ['of a descriptor whose meaning is not known', { descriptor: 'my-own' }],
  ])('tracks %s are not joined', (_, other) => {
    const tracks = [
      track('a', { person: 1, from: 0, to: 5 }),
      track('b', { person: 1, from: 10, to: 15, ...other }),
    ];
    expect(groupsOf(identitiesOf(tracks))).toEqual([['a'], ['b']]);
  });
});

describe('across cameras', () => {
  const left = track('a', { person: 1, from: 0, to: 5 });
  const arrivedAt = (seconds: number) =>
    track('b', { person: 1, camera: door, from: seconds, to: seconds + 5 });
  const link = { from: yard, to: door, minSeconds: 10, maxSeconds: 20 };

  test.each([
    ['too early for the way', 14, { links: [link] }, [['a'], ['b']]],
    ['in the time that the way takes', 16, { links: [link] }, [['a', 'b']]],
    ['later, having lingered', 60, { links: [link] }, [['a', 'b']]],
    ['with no way back', 16, { links: [{ ...link, from: door, to: yard }] }, [['a'], ['b']]],
    ['early, where no ways are known', 3, {}, [['a', 'b']]],
    ['early, where ways were learnt', 14, { learnt: [link] }, [['a', 'b']]],
  ])('somebody who appears %s', (_, seconds, options, groups) => {
    expect(groupsOf(identitiesOf([left, arrivedAt(seconds)], options))).toEqual(groups);
  });
});

describe('a correction', () => {
  const tracks = [
    track('a', { person: 1, from: 0, to: 5 }),
    track('b', { person: 1, from: 10, to: 15 }),
    track('c', { person: 2, from: 20, to: 25 }),
  ];

  it('joins what looks different', () => {
    const { identities } = identitiesOf(tracks, { corrections: [same('b', 'c')] });
    expect(identities.map(({ trackIds, hops }) => ({ trackIds, why: hops.map((h) => h.because) }))).toEqual([
      { trackIds: ['a'], why: [] },
      { trackIds: ['b', 'c'], why: ['correction'] },
    ]);
  });

  it('parts what looks the same', () => {
    const result = identitiesOf(tracks, { corrections: [notSame('a', 'b')] });
    expect(groupsOf(result)).toEqual([['a'], ['b'], ['c']]);
    expect(result.doubts).toEqual([]);
  });

  it('joins even tracks that overlap, as when one person had two boxes', () => {
    const doubled = [track('a', { person: 1, from: 0, to: 5 }), track('b', { person: 2, from: 1, to: 4 })];
    expect(groupsOf(identitiesOf(doubled, { corrections: [same('a', 'b')] }))).toEqual([['a', 'b']]);
  });

  it('holds through a track that is not among those asked about', () => {
    const corrections = [same('a', 'gone'), same('gone', 'c')];
    expect(groupsOf(identitiesOf(tracks, { corrections }))).toContainEqual(['a', 'c']);
  });

  it('gives way to a newer one', () => {
    expect(groupsOf(identitiesOf(tracks, { corrections: [notSame('a', 'b'), same('a', 'b')] }))).toEqual([
      ['a', 'b'],
      ['c'],
    ]);
    expect(
      groupsOf(identitiesOf(tracks, { corrections: [same('a', 'c'), same('a', 'b'), notSame('b', 'c')] })),
    ).toEqual([['a', 'b'], ['c']]);
  });
});

describe('for any tracks', () => {
  const passage = fc.record({
    person: fc.integer({ min: 0, max: 4 }),
    lookalike: fc.double({ min: 0, max: 0.6, noNaN: true }),
    camera: fc.constantFrom(yard, door),
    from: fc.integer({ min: 0, max: 60 }),
    lasting: fc.integer({ min: 0, max: 20 }),
    descriptor: fc.constantFrom('person-reid-0287', 'person-reid-0287', 'colour-histogram', undefined),
  });
  const scene = fc
    .array(passage, { minLength: 1, maxLength: 12 })
    .map((passages) => passages.map((p, i) => track(`t${i}`, { ...p, to: p.from + p.lasting })));
  const corrections = fc.array(
    fc
      .tuple(fc.integer({ min: 0, max: 11 }), fc.integer({ min: 0, max: 11 }), fc.boolean())
      .filter(([a, b]) => a !== b)
      .map(([a, b, isSame]) => (isSame ? same(`t${a}`, `t${b}`) : notSame(`t${a}`, `t${b}`))),
    { maxLength: 4 },
  );

  it('each belongs to one identity, in order of time, with a hop between each two', () => {
    fc.assert(
      fc.property(scene, corrections, (tracks, said) => {
        const { identities } = identitiesOf(tracks, { corrections: said });
        const all = identities.flatMap(({ trackIds }) => trackIds);
        expect(all.toSorted()).toEqual(tracks.map((t) => t.trackId).toSorted());
        const began = new Map(tracks.map((t) => [t.trackId, t.fromMs]));
        for (const { id, trackIds, hops } of identities) {
          const starts = trackIds.map((track) => began.get(track) ?? NaN);
          expect(starts).toEqual(starts.toSorted((a, b) => a - b));
          expect(id).toBe(trackIds[0]);
          expect(hops.map(({ from, to }) => [from, to])).toEqual(
            trackIds.slice(1).map((to, i) => [trackIds[i], to]),
          );
          for (const { probability } of hops) expect(probability).toBeGreaterThanOrEqual(0.9);
        }
      }),
    );
  });

  it('nobody is in two places of one camera at once', () => {
    fc.assert(
      fc.property(scene, (tracks) => {
        const byId = new Map(tracks.map((t) => [t.trackId, t]));
        for (const { trackIds } of identitiesOf(tracks).identities) {
          const of = trackIds.flatMap((id) => byId.get(id) ?? []);
          for (const [i, b] of of.entries())
            for (const a of of.slice(0, i))
              if (a.camera === b.camera) expect(b.fromMs).toBeGreaterThanOrEqual(a.toMs - 500);
        }
      }),
    );
  });

  it('the newest correction holds', () => {
    fc.assert(
      fc.property(scene, corrections, (tracks, said) => {
        const newest = said.at(-1);
        const isThere = (id?: string) => tracks.some((t) => t.trackId === id);
        fc.pre(isThere(newest?.a) && isThere(newest?.b));
        const groups = groupsOf(identitiesOf(tracks, { corrections: said }));
        const group = groups.find((ids) => ids.includes(newest?.a ?? ''));
        expect(group?.includes(newest?.b ?? '')).toBe(newest?.same);
      }),
    );
  });

  it('a doubt is between two identities, and is one', () => {
    fc.assert(
      fc.property(scene, corrections, (tracks, said) => {
        const { identities, doubts } = identitiesOf(tracks, { corrections: said });
        const ids = new Set(identities.map(({ id }) => id));
        for (const { a, b, probability } of doubts) {
          expect(a).not.toBe(b);
          expect(ids.has(a) && ids.has(b)).toBe(true);
          expect(probability >= 0.1 && probability < 0.9).toBe(true);
        }
      }),
    );
  });

  it('the answer does not depend on their order', () => {
    const shuffled = scene.chain((tracks) =>
      fc.tuple(fc.constant(tracks), fc.shuffledSubarray<SeenTrack>(tracks, { minLength: tracks.length })),
    );
    fc.assert(
      fc.property(shuffled, ([tracks, others]) => {
        expect(identitiesOf(others)).toEqual(identitiesOf(tracks));
      }),
    );
  });
});
