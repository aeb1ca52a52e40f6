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

test('a live camera has one still described at a time, and never waits', async () => {
  const { describer, taker } = takerOf(true);
  pass(taker, 0);
  pass(taker, 1);
  expect(describer.asked).toHaveLength(1);
  await taker.room();
  describer.answer();
  await new Promise((resolve) => setImmediate(resolve));
  expect(describer.asked.map(({ objects }) => objects[0]?.trackId)).toEqual(['t0', 't1']);
  describer.answer();
  await taker.drained();
  expect(describer.asked).toHaveLength(2);
});

/** A frame with somebody who walks to the right at a tenth of the picture a second. */
function walk(ptsMs: number, { isConfirmed = true, points = [ptsMs] } = {}): FrameRecord {
  const walker = trackId('walker');
  const boxAt = (ms: number) => ({ x1: 0.3 + ms / 10_000, y1: 0.3, x2: 0.4 + ms / 10_000, y2: 0.6 });
  const seen = { box: boxAt(ptsMs), label: 'person', confidence: 0.9, sharpness: 500 };
  return {
    ...{ camera, frame: ptsMs, mediaTimeMs: ptsMs, timeMs: 5000 + ptsMs, ended: [], dropped: 0 },
    detections: [isConfirmed ? { ...seen, trackId: walker } : seen],
    tracks: isConfirmed
      ? [
          {
            ...{ trackId: walker, label: 'person' },
            points: points.map((ms) => ({ timeMs: 5000 + ms, box: boxAt(ms), confidence: 0.9 })),
          },
        ]
      : [],
  };
}

test('a still between two frames shows people between their two places', async () => {
  const { describer, told, taker } = takerOf(true);
  taker.onFrame(walk(0));
  taker.onStill({ ptsMs: 50, jpeg, height: 576 });
  expect(describer.asked).toHaveLength(0);
  taker.onFrame(walk(200));
  describer.answer();
  await taker.drained();
  expect(describer.asked[0]?.objects[0]?.box.x1).toBeCloseTo(0.305, 6);
  expect(told).toMatchObject([{ timeMs: 5050 }]);
});

test('who was not seen in one of the two frames is not looked for between them', () => {
  const { describer, taker } = takerOf(true);
  taker.onFrame(walk(0));
  taker.onStill({ ptsMs: 150, jpeg, height: 576 });
  taker.onFrame({ ...walk(300), detections: [], tracks: [] });
  expect(describer.asked).toHaveLength(0);
});

test('a track that is confirmed late is looked at on stills of before', () => {
  const { describer, taker } = takerOf(false);
  taker.onFrame(walk(0, { isConfirmed: false }));
  taker.onStill({ ptsMs: 400, jpeg, height: 576 });
  taker.onFrame(walk(1000, { isConfirmed: false }));
  expect(describer.asked).toHaveLength(0);
  taker.onFrame(walk(2000, { points: [0, 1000, 2000] }));
  expect(describer.asked[0]?.objects[0]?.box.x1).toBeCloseTo(0.34, 6);
});

test('somebody new is waited for until a still shows them', async () => {
  const { describer, taker } = takerOf(true);
  taker.onFrame(walk(0));
  expect(taker.isWaiting(walk(0))).toBe(true);
  taker.onStill({ ptsMs: 0, jpeg, height: 576 });
  expect(taker.isWaiting(walk(100))).toBe(false);
  describer.answer();
  await taker.drained();
});

test('stills and frames of which each way loses many still find together', async () => {
  const { describer, taker } = takerOf(true);
  let answered = 0;
  for (let ms = 0; ms < 5_000; ms += 40) {
    // Every third frame is analysed, later half of those are dropped; stills come of others.
    if (ms % 120 === 0 && (ms / 120) % 2 === 0) taker.onFrame(walk(ms));
    if (ms % 1000 === 520) taker.onStill({ ptsMs: ms, jpeg, height: 576 });
    while (answered < describer.asked.length) {
      describer.answer();
      answered++;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  // At 0, 1, 2 and 4 s after the first.
  expect(describer.asked).toHaveLength(4);
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
