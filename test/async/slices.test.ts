import { expect, it } from 'vitest';
import { createPauses } from '../../src/async/slices.ts';

it('lets others have a turn once the slice is used up, and not before', async () => {
  let nowMs = 0;
  let turns = 0;
  const pause = createPauses(20, { now: () => nowMs });
  setImmediate(() => turns++);
  nowMs = 19;
  await pause();
  expect(turns).toBe(0);
  nowMs = 20;
  await pause();
  expect(turns).toBe(1);

  setImmediate(() => turns++);
  nowMs = 39;
  await pause();
  expect(turns).toBe(1);
});

it('goes no further once nobody wants the result', async () => {
  let nowMs = 0;
  const cancel = new AbortController();
  const pause = createPauses(20, { now: () => nowMs, signal: cancel.signal });
  nowMs = 20;
  setImmediate(() => cancel.abort());
  await expect(pause()).rejects.toThrow(/aborted/);
});
