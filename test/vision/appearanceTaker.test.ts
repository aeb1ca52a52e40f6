import { expect, test } from 'vitest';
import type { Appearance } from '../../src/domain/appearance.ts';
import type { FrameRecord } from '../../src/domain/frame.ts';
import { cameraId, trackId } from '../../src/domain/ids.ts';
import { AppearanceTaker } from '../../src/vision/appearanceTaker.ts';
import type { Described, DescribeRequest } from '../../src/vision/describer.ts';

const camera = cameraId('gate');
const jpeg = new Uint8Array(1);

/** A describer that answers when it is told to. */
class Slow {
  readonly asked: DescribeRequest[] = [];
  readonly #answers: (() => void)[] = [];

  describe(request: DescribeRequest): Promise<readonly Described[]> {
    this.asked.push(request);
    return new Promise((resolve) => {
      const vector = Float32Array.of(1);
      const described = request.objects.map(({ trackId }) => ({ trackId, descriptor: 'd', vector }));
      this.#answers.push(() => resolve(described));
    });
  }

  answer(): void {
    this.#answers.shift()?.();
  }
}

function takerOf(live: boolean) {
  const describer = new Slow();
  const told: Appearance[] = [];
  const taker = new AppearanceTaker({ camera, live, describer, onAppearances: (some) => told.push(...some) });
  return { describer, told, taker };
}

/** A frame with somebody new in it, and its still. */
function pass(taker: AppearanceTaker, second: number): void {
  const box = { x1: 0.3, y1: 0.3, x2: 0.4, y2: 0.6 };
  const seen = { box, label: 'person', confidence: 0.9, sharpness: 500, trackId: trackId(`t${second}`) };
  const record: FrameRecord = {
    camera,
    frame: second,
    mediaTimeMs: second * 1000,
    timeMs: 5000 + second * 1000,
    detections: [seen],
    tracks: [{ trackId: seen.trackId, label: 'person', points: [] }],
    ended: [],
    dropped: 0,
  };
  taker.onFrame(record);
  taker.onStill({ ptsMs: second * 1000, jpeg, height: 576 });
}

test('an appearance has the time of its frame and how good the picture is', async () => {
  const { describer, told, taker } = takerOf(true);
  pass(taker, 2);
  describer.answer();
  await taker.drained();
  expect(told).toMatchObject([{ camera, trackId: 't2', timeMs: 7000, descriptor: 'd' }]);
  expect(told[0]?.quality).toBeGreaterThan(0.5);
});

test('a live camera skips stills while one is being described, and never waits', async () => {
  const { describer, taker } = takerOf(true);
  pass(taker, 0);
  pass(taker, 1);
  expect(describer.asked).toHaveLength(1);
  await taker.room();
  describer.answer();
  await taker.drained();
  pass(taker, 2);
  expect(describer.asked).toHaveLength(2);
});

test('a file leaves none out, and waits while four are being described', async () => {
  const { describer, taker } = takerOf(false);
  for (const second of [0, 1, 2]) pass(taker, second);
  await taker.room();
  pass(taker, 3);
  let hasRoom = false;
  const room = taker.room().then(() => (hasRoom = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect([describer.asked.length, hasRoom]).toEqual([4, false]);
  describer.answer();
  await room;
  expect(hasRoom).toBe(true);
});
