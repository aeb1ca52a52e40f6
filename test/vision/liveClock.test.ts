import { describe, expect, it } from 'vitest';
import { LiveClock } from '../../src/vision/liveClock.ts';

const startMs = 1_790_000_000_000;

interface Sent {
  /** When it was captured, UTC ms. */
  readonly capturedMs: number;
  /** As the camera stamps it, ms. */
  readonly ptsMs: number;
  /** When it arrives by the clock of this machine, UTC ms. */
  readonly arrivedMs: number;
}

interface Told extends Sent {
  readonly timeMs: number;
}

/** Runs frames through a clock as a camera reader does: those before it is settled are kept. */
function tell(frames: readonly Sent[]): Told[] {
  const clock = new LiveClock();
  const told: Told[] = [];
  let held: Sent[] = [];
  for (const frame of frames) {
    clock.observe(frame.ptsMs, frame.arrivedMs);
    held.push(frame);
    if (!clock.isSettled) continue;
    for (const one of held) told.push({ ...one, timeMs: clock.next(one.ptsMs, frame.arrivedMs) });
    held = [];
  }
  return told;
}

/** A random number from 0 to 1 that is the same in each run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}

interface CameraOptions {
  readonly seconds: number;
  readonly fps?: number;
  /** How much faster the camera's clock runs, parts per million. */
  readonly ppm?: number;
  /** Least delay, and how much may come on top, ms. */
  readonly delayMs?: number;
  readonly jitterMs?: number;
  readonly seed?: number;
}

function camera(options: CameraOptions): Sent[] {
  const { seconds, fps = 10, ppm = 0, delayMs = 30, jitterMs = 0, seed = 7 } = options;
  const random = randomFrom(seed);
  let lastMs = 0;
  return Array.from({ length: Math.round(seconds * fps) }, (_, n) => {
    const atMs = (n * 1000) / fps;
    // A network delays, it does not overtake.
    lastMs = Math.max(lastMs, startMs + atMs + delayMs + random() ** 3 * jitterMs);
    return { capturedMs: startMs + atMs, ptsMs: 5000 + atMs * (1 + ppm / 1e6), arrivedMs: lastMs };
  });
}

const errorsOf = (told: readonly Told[]): number[] =>
  told.map(({ timeMs, capturedMs }) => timeMs - capturedMs);
const worstOf = (told: readonly Told[]): number => Math.max(...errorsOf(told).map(Math.abs));

function expectSane(told: readonly Told[], of: readonly Sent[]): void {
  expect(told).toHaveLength(of.length);
  for (const [n, { timeMs, arrivedMs }] of told.entries()) {
    const before = told[n - 1]?.timeMs ?? -Infinity;
    if (timeMs <= before) throw new Error(`frame ${n} is not after the one before it`);
    if (n > 40 && timeMs > arrivedMs)
      throw new Error(`frame ${n} lies ${timeMs - arrivedMs} ms in the future`);
  }
}

describe('the clock of a live camera', () => {
  it('tells when a frame was captured, but for the least delay', () => {
    const frames = camera({ seconds: 60 });
    const told = tell(frames);
    expectSane(told, frames);
    expect(new Set(errorsOf(told).map(Math.round))).toEqual(new Set([30]));
  });

  it.each([1, 2, 3, 4])('is not moved by jitter (%d)', (seed) => {
    const frames = camera({ seconds: 120, jitterMs: 800, seed });
    const told = tell(frames);
    expectSane(told, frames);
    expect(worstOf(told.slice(50))).toBeLessThan(60);
  });

  it('is not ahead when the first frame comes late', () => {
    const frames = camera({ seconds: 30 }).map((frame, n) => ({
      ...frame,
      arrivedMs: Math.max(frame.arrivedMs, startMs + 2_100 + n),
    }));
    const told = tell(frames);
    expectSane(told, frames);
    expect(worstOf(told)).toBeLessThan(40);
  });

  it('places a burst of buffered frames where they were captured', () => {
    const buffered = camera({ seconds: 2 }).map((frame) => ({ ...frame, arrivedMs: startMs + 2_030 }));
    const frames = [...buffered, ...camera({ seconds: 20 }).slice(20)];
    const told = tell(frames);
    expectSane(told, frames);
    expect(worstOf(told)).toBeLessThan(40);
  });

  it.each([200, -200, 50, -50])('follows a camera whose clock is off by %d parts in a million', (ppm) => {
    const frames = camera({ seconds: 3 * 3600, ppm, jitterMs: 100, fps: 2 });
    const told = tell(frames);
    expectSane(told, frames);
    expect(worstOf(told)).toBeLessThan(100);
  });

  it('keeps its time when the network jams and then sends all at once', () => {
    const frames = camera({ seconds: 60 }).map((frame, n) =>
      n >= 300 && n < 340 ? { ...frame, arrivedMs: startMs + 34_100 } : frame,
    );
    const told = tell(frames);
    expectSane(told, frames);
    expect(worstOf(told)).toBeLessThan(40);
  });

  it.each([2_000, 20, -3_000])('takes single stamps that are off by %d ms for what they are', (offMs) => {
    const frames = camera({ seconds: 60 }).map((frame, n) =>
      n % 50 === 49 ? { ...frame, ptsMs: frame.ptsMs + offMs } : frame,
    );
    const told = tell(frames);
    expectSane(told, frames);
    expect(worstOf(told)).toBeLessThan(200);
  });

  it.each([
    ['begins to count again', (ptsMs: number) => ptsMs - 25_000],
    ['sets its clock forward', (ptsMs: number) => ptsMs + 3_600_000],
    ['sets its clock back', (ptsMs: number) => ptsMs - 3_000],
  ])('goes on when the camera %s', (_, stamp) => {
    const frames = camera({ seconds: 60 }).map((frame, n) =>
      n < 250 ? frame : { ...frame, ptsMs: stamp(frame.ptsMs) },
    );
    const told = tell(frames);
    expectSane(told, frames);
    expect(worstOf(told)).toBeLessThan(250);
  });

  it('follows when the clock of this machine is set forward', () => {
    const aheadMs = 60_000;
    const frames = camera({ seconds: 60 }).map((frame, n) =>
      n < 250
        ? frame
        : { ...frame, capturedMs: frame.capturedMs + aheadMs, arrivedMs: frame.arrivedMs + aheadMs },
    );
    const told = tell(frames);
    expectSane(told, frames);
    expect(worstOf(told.slice(320))).toBeLessThan(40);
  });

  it('says so by its time when the clock of this machine is set back by more than 2 s, and goes on when by less', () => {
    const set = (backMs: number) =>
      tell(
        camera({ seconds: 30 }).map((frame, n) =>
          n < 100
            ? frame
            : { ...frame, capturedMs: frame.capturedMs - backMs, arrivedMs: frame.arrivedMs - backMs },
        ),
      );
    const far = set(3_600_000);
    expect(Math.min(...far.map(({ timeMs }, n) => timeMs - (far[n - 1]?.timeMs ?? timeMs)))).toBeLessThan(
      -2_000,
    );
    const near = set(1_000);
    expect(
      Math.min(...near.slice(1).map(({ timeMs }, n) => timeMs - (near[n]?.timeMs ?? 0))),
    ).toBeGreaterThan(0);
    expect(worstOf(near.slice(130))).toBeLessThan(40);
  });
});
