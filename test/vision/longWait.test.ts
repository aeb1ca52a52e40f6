import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LongWait } from '../../src/vision/longWait.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what takes long is told, again and again, and in the end how long it took', () => {
  const said: string[] = [];
  const wait = new LongWait((line) => said.push(line));
  wait.begin('Loading yolox-nano at 416x256 on tensorrt');
  vi.advanceTimersByTime(4_000);
  expect(said).toEqual([]);
  vi.advanceTimersByTime(20_000);
  expect(said).toEqual([
    'Loading yolox-nano at 416x256 on tensorrt: 5 s so far.',
    'Loading yolox-nano at 416x256 on tensorrt: 20 s so far.',
  ]);
  wait.end();
  expect(said.at(-1)).toBe('Loading yolox-nano at 416x256 on tensorrt: took 24 s.');
  vi.advanceTimersByTime(60_000);
  expect(said).toHaveLength(3);
});

test('what is quick is not worth a word', () => {
  const said: string[] = [];
  const wait = new LongWait((line) => said.push(line));
  wait.begin('Loading yolox-nano at 416x256 on tensorrt');
  wait.begin('Loading yolox-nano at 416x256 on cpu');
  vi.advanceTimersByTime(1_000);
  wait.end();
  vi.advanceTimersByTime(60_000);
  expect(said).toEqual([]);
});
