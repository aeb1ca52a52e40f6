import { expect, test } from 'vitest';
import { trackId } from '../../src/domain/ids.ts';
import type { Correction } from '../../src/identify/contract.ts';
import { fewestPeople } from '../../src/identify/fewestPeople.ts';
import { identitiesOf } from '../../src/identify/identities.ts';
import { track, type Passage } from './people.ts';

const twin = { person: 1, from: 1, to: 6 };
const blind = { person: 1, descriptor: undefined };

test.each<[string, Passage[], fewest: number, Correction[]?]>([
  ['nobody', [], 0],
  ['two who look different', [twin, { person: 2, from: 30, to: 35 }], 2],
  ['lookalikes seen at once, one of whom came back', [twin, twin, { person: 1, from: 30, to: 35 }], 2],
  [
    'two whose looks are not kept',
    [
      { ...blind, from: 0, to: 5 },
      { ...blind, from: 30, to: 35 },
    ],
    1,
  ],
  [
    'two at once whose looks are not kept',
    [
      { ...blind, from: 0, to: 5 },
      { ...blind, from: 2, to: 9 },
    ],
    2,
  ],
  ['two described in different ways', [twin, { ...twin, descriptor: 'osnet-x0-25', from: 30, to: 35 }], 1],
  ['two of different classes', [twin, { ...blind, label: 'dog', from: 30, to: 35 }], 2],
  [
    'two whose looks are not kept, told apart by a user',
    [
      { ...blind, from: 0, to: 5 },
      { ...blind, from: 30, to: 35 },
    ],
    2,
    [{ a: trackId('t0'), b: trackId('t1'), same: false }],
  ],
])('%s', (_, passages, fewest, corrections = []) => {
  const seen = passages.map((passage, n) => track(`t${n}`, passage));
  const tracks = new Map(seen.map((one) => [one.trackId, one]));
  expect(fewestPeople(identitiesOf(seen, { corrections }), { tracks, corrections })).toBe(fewest);
});

test('who was never seen well is not certain to be somebody else, unless nobody was seen well', () => {
  const poorly = (id: string, from: number) => {
    const seen = track(id, { person: 2, from, to: from + 5 });
    return { ...seen, appearances: seen.appearances.map((one) => ({ ...one, quality: 0.05 })) };
  };
  const fewest = (...seen: ReturnType<typeof track>[]) =>
    fewestPeople(identitiesOf(seen), { tracks: new Map(seen.map((one) => [one.trackId, one])) });
  expect(fewest(track('a', { person: 1, from: 0, to: 5 }), poorly('b', 1))).toBe(1);
  expect(fewest(poorly('a', 0), poorly('b', 1))).toBe(2);
});
