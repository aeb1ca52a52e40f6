import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { verticalLines } from '../../bench/metrics/crossings.ts';
import { parseMotDetections } from '../../src/commands/motFormat.ts';
import { replayDetections } from '../../src/commands/replay.ts';
import type { Detection } from '../../src/domain/detection.ts';
import { shared } from '../fixtures/shared.ts';

const shapes = verticalLines([0.5]);
const directions = (frames: readonly (readonly Detection[])[], framesPerSecond: number) =>
  replayDetections(frames, { framesPerSecond, shapes, aspect: 1 }).events.map(({ direction }) => direction);

const missing = shared('cases/low-fps.txt').missing;

it.skipIf(missing).each([
  ['low-fps.txt', 'a person at 2 frames a second', 2],
  ['fast-object.txt', 'a car that goes most of its length in a frame', 10],
])(`%s: %s crosses the line once${missing ? `: ${missing}` : ''}`, (name, _, framesPerSecond) => {
  const file = shared(`cases/${name}`);
  const frames = parseMotDetections(readFileSync(file.path, 'utf8'), file.path, {
    width: 1000,
    height: 1000,
  });
  expect(directions(frames, framesPerSecond)).toEqual(['forward']);
});

describe('of objects that go far from frame to frame', () => {
  const box = (x: number, y: number, width = 0.08, height = 0.06): Detection => ({
    box: { x1: x, x2: x + width, y1: y, y2: y + height },
    label: 'car',
    confidence: 0.9,
  });
  /** Cars one after the other on a lane, `gap` apart, each going `step` a frame. */
  const lane = (step: number, gap: number, y: number, back = false) =>
    Array.from({ length: 30 }, (_, n) =>
      Array.from({ length: 4 }, (__, car) => step * n - gap * car)
        .filter((x) => x > -0.05 && x < 0.97)
        .map((x) => box(back ? 0.92 - x : x, y)),
    );

  it.each([
    [10, 0.09, 0.3],
    [5, 0.11, 0.4],
    [2, 0.1, 0.45],
  ])('each of a queue is counted, none the wrong way, at %i frames a second', (fps, step, gap) => {
    expect(directions(lane(step, gap, 0.6), fps)).toEqual(['forward', 'forward', 'forward', 'forward']);
    expect(directions(lane(step, gap, 0.6, true), fps)).toEqual([
      'backward',
      'backward',
      'backward',
      'backward',
    ]);
  });

  it('two lanes that pass each other keep to their ways', () => {
    const [right, left] = [lane(0.09, 0.4, 0.6), lane(0.09, 0.4, 0.45, true)];
    const found = directions(
      right.map((cars, n) => [...cars, ...(left[n] ?? [])]),
      10,
    );
    expect(found.filter((one) => one === 'forward')).toHaveLength(4);
    expect(found.filter((one) => one === 'backward')).toHaveLength(4);
  });
});
