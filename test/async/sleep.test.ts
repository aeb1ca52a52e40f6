import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { sleep } from '../../src/async/sleep.ts';

it('says true when the time has passed', async () => {
  const startMs = performance.now();
  expect(await sleep(20)).toBe(true);
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(19);
});

it('says false as soon as it is aborted', async () => {
  const stop = new AbortController();
  const slept = sleep(60_000, stop.signal);
  stop.abort();
  expect(await slept).toBe(false);
});

it('says false at once when it was aborted before', async () => {
  expect(await sleep(60_000, AbortSignal.abort())).toBe(false);
});

it('leaves no listener behind', async () => {
  const stop = new AbortController();
  await sleep(1, stop.signal);
  expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
});
