import { expect, test } from 'vitest';
import { shapeId } from '../../src/domain/ids.ts';
import { openReader } from '../../src/store/reader.ts';
import { dock, gate, theDayMs, writeWorld } from '../../bench/eval/world.ts';
import { temporaryFolder } from '../store/fixture.ts';

test('the weeks that agents are examined on hold what is said of them', { timeout: 240_000 }, () => {
  const folder = temporaryFolder();
  const truth = writeWorld(folder);
  const reader = openReader(folder);
  const day = { fromMs: theDayMs, toMs: theDayMs + 86_400_000 };
  const door = { camera: gate, shape: shapeId('door'), ...day };
  const counted = reader.countEvents(door, ['direction']).map(({ direction, count }) => [direction, count]);
  const { forward, backward } = truth.crossings(day.fromMs, day.toMs);
  expect(counted).toEqual([
    ['backward', backward],
    ['forward', forward],
  ]);
  const bay = { camera: dock, shape: shapeId('bay'), types: ['enter' as const], ...day };
  expect(reader.countEvents(bay)[0]?.count).toBe(truth.entries(day.fromMs, day.toMs));
  const watched = reader.coverage(gate, {
    fromMs: truth.blind.fromMs - 5_000,
    toMs: truth.blind.toMs + 5_000,
  });
  expect(watched.map(({ fromMs }) => fromMs >= truth.blind.toMs)).toEqual([false, true]);
  reader.close();
});
