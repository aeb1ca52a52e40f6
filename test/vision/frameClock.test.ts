import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileClock, frameGate, MediaTimes } from '../../src/vision/frameClock.ts';

const passed = (maxFps: number | undefined, times: readonly number[]): number[] =>
  times.filter(frameGate(maxFps));
const every = (stepMs: number, count: number, fromMs = 0): number[] =>
  Array.from({ length: count }, (_, n) => fromMs + n * stepMs);
const rate = fc.integer({ min: 1, max: 60 });

describe('the frame gate', () => {
  it.each([
    ['all without a limit', undefined, every(10, 5), every(10, 5)],
    ['all of a slower source', 10, every(200, 5), every(200, 5)],
    ['all of a source as fast as the limit', 10, every(100, 5), every(100, 5)],
    ['every second frame at half the rate', 5, every(100, 6), [0, 200, 400]],
    ['25 frames a second thinned to 10, evenly', 10, every(40, 11), [0, 120, 200, 320, 400]],
    ['one frame in two seconds', 0.5, every(500, 9), [0, 2000, 4000]],
    ['no burst after a gap', 10, [0, ...every(20, 6, 5000)], [0, 5000, 5100]],
    ['a first frame whenever it comes', 1, [73_000, 73_500, 74_000], [73_000, 74_000]],
  ])('passes %s', (_, maxFps, times, expected) => {
    expect(passed(maxFps, times)).toEqual(expected);
  });

  it('passes the rate asked for, or all of a slower source', () => {
    fc.assert(
      fc.property(rate, rate, fc.nat(1e9), (sourceFps, maxFps, fromMs) => {
        const seconds = 10;
        const times = every(1000 / sourceFps, sourceFps * seconds, fromMs);
        const wanted = Math.min(sourceFps, maxFps) * seconds;
        expect(Math.abs(passed(maxFps, times).length - wanted)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('never passes more than the rate asked for, however unevenly frames come', () => {
    const steps = fc.array(fc.integer({ min: 1, max: 3000 }), { maxLength: 300 });
    fc.assert(
      fc.property(rate, steps, (maxFps, waits) => {
        let now = 0;
        const times = passed(
          maxFps,
          waits.map((wait) => (now += wait)),
        );
        for (const [i, from] of times.entries()) {
          const inOneSecond = times.slice(i).filter((time) => time < from + 1000).length;
          // One may be late and the next in time.
          expect(inOneSecond).toBeLessThanOrEqual(maxFps + 1);
        }
      }),
    );
  });
});

describe('the clock', () => {
  it('of a file counts from when it was recorded', () => {
    const clock = fileClock(5000);
    expect([0, 100, 33.4].map((ptsMs) => clock.timeMs(ptsMs))).toEqual([5000, 5100, 5033.4]);
  });
});

describe('media time', () => {
  const timesOf = (frames: readonly (readonly [ptsMs: number, durationMs?: number])[]) => {
    const media = new MediaTimes();
    return {
      times: frames.map(([ptsMs, durationMs]) => media.next(ptsMs, durationMs)),
      mended: media.mended,
    };
  };

  it('counts from the first frame, whatever presentation time it has', () => {
    expect(timesOf([[4000], [4100], [4233.4]])).toEqual({ times: [0, 100, 233.4], mended: 0 });
    expect(new MediaTimes().of(95_443_717.5)).toBe(0);
  });

  it('goes on by the length of a frame where a presentation time is repeated or goes back', () => {
    expect(timesOf([[0, 200], [0, 150], [0]])).toEqual({ times: [0, 150, 190], mended: 2 });
    expect(timesOf([[0], [100], [200], [0], [100]])).toEqual({ times: [0, 100, 200, 300, 400], mended: 2 });
  });

  it('follows the source again as soon as it is ahead', () => {
    expect(timesOf([[0], [100], [100], [300], [400]]).times).toEqual([0, 100, 200, 300, 400]);
  });
});
