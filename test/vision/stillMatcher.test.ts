import { expect, test } from 'vitest';
import { StillMatcher } from '../../src/vision/stillMatcher.ts';

const still = (ptsMs: number) => ({ ptsMs, jpeg: ptsMs });
const frame = (ptsMs: number) => ({ ptsMs, people: ptsMs });
const matcher = () => new StillMatcher<ReturnType<typeof still>, ReturnType<typeof frame>>();

test('a still that comes after its frame finds it, once', () => {
  const match = matcher();
  for (const ptsMs of [0, 100, 200, 300]) expect(match.addFrame(frame(ptsMs))).toBeUndefined();
  expect(match.addStill(still(200))).toEqual(frame(200));
  expect(match.addStill(still(200))).toBeUndefined();
});

test('a still that comes before its frame is found by it', () => {
  const match = matcher();
  expect(match.addStill(still(0))).toBeUndefined();
  expect(match.addStill(still(1000))).toBeUndefined();
  expect([0, 500, 1000].map((ptsMs) => match.addFrame(frame(ptsMs)))).toEqual([
    still(0),
    undefined,
    still(1000),
  ]);
});

test('a still whose frame was dropped matches none', () => {
  const match = matcher();
  match.addStill(still(100));
  expect(match.addFrame(frame(200))).toBeUndefined();
  expect(match.addFrame(frame(300))).toBeUndefined();
});

test('of what waits too long the oldest goes', () => {
  const match = matcher();
  for (let n = 0; n < 40; n++) match.addStill(still(n));
  expect(match.addFrame(frame(0))).toBeUndefined();
  expect(match.addFrame(frame(39))).toEqual(still(39));
});
