import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createCanvas } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { similarityOf, type Appearance } from '../../src/domain/appearance.ts';
import { cameraId, trackId } from '../../src/domain/ids.ts';
import { loadEmbedder } from '../../src/models/manifests.ts';
import { AppearanceTaker } from '../../src/vision/appearanceTaker.ts';
import type { DescribeRequest, Described, DescriberSetup } from '../../src/vision/describer.ts';
import { shared } from '../fixtures/shared.ts';

const reid = shared('models/person-reid-0287.onnx');

/** Its thread runs from the built files. */
async function open(setup: DescriberSetup) {
  const built = pathToFileURL(resolve(import.meta.dirname, '../../dist/vision/describer.js')).href;
  const { Describer } = (await import(built)) as typeof import('../../src/vision/describer.ts');
  const notes: string[] = [];
  const describer = new Describer(setup, { onNote: (line) => notes.push(line), onReady: () => undefined });
  return { describer, notes };
}

/** A picture of `count` people side by side, each of other colours, `scale` times as large as 320×180. */
function request(seed: number, count: number, scale: number): DescribeRequest {
  const canvas = createCanvas(320 * scale, 180 * scale);
  const context = canvas.getContext('2d');
  const width = canvas.width / count;
  const objects = Array.from({ length: count }, (_, i) => {
    for (let stripe = 0; stripe < 6; stripe++) {
      context.fillStyle = `hsl(${(seed * 83 + i * 37 + stripe * 61) % 360} ${40 + 10 * (stripe % 5)}% ${30 + ((seed + stripe) % 5) * 10}%)`;
      context.fillRect(i * width, (stripe * canvas.height) / 6, width, canvas.height / 6 + 1);
    }
    const box = { x1: i / count, y1: 0, x2: (i + 1) / count, y2: 1 };
    return { trackId: trackId(`r${seed}-${i}`), label: 'person', box };
  });
  return { jpeg: canvas.toBuffer('image/jpeg'), objects };
}

/** Large ones with many people, and small ones right behind, which are done first. */
const requests = (): DescribeRequest[] => [
  request(1, 6, 12),
  request(2, 1, 1),
  request(3, 2, 1),
  request(4, 5, 8),
  request(5, 1, 1),
  request(6, 1, 2),
];

const setups: [string, DescriberSetup, string | false][] = [
  ['by a network', { model: { manifest: loadEmbedder('person-reid-0287'), path: reid.path } }, reid.missing],
  ['by colours', {}, false],
];

describe.each(setups)('what is described %s', (_, setup, missing) => {
  it.skipIf(missing)('is the answer to its own request, whichever is done first', async () => {
    const { describer } = await open(setup);
    const alone: (readonly Described[])[] = [];
    for (const one of requests()) alone.push(await describer.describe(one));
    const order: number[] = [];
    const together = await Promise.all(
      requests().map(async (one, n) => {
        const described = await describer.describe(one);
        order.push(n);
        return described;
      }),
    );
    await describer.close();
    // Else this test would prove nothing.
    expect(order).not.toEqual(order.toSorted((a, b) => a - b));
    for (const [n, found] of together.entries()) {
      expect(found.map((one) => one.trackId)).toEqual(requests()[n]?.objects.map((one) => one.trackId));
      for (const [i, { vector }] of found.entries())
        expect(similarityOf(vector, alone[n]?.[i]?.vector ?? new Float32Array())).toBeGreaterThan(0.9999);
    }
  });

  it.skipIf(missing)('of a picture that cannot be read is nothing, and others get theirs', async () => {
    const { describer, notes } = await open(setup);
    const broken = { ...request(2, 1, 1), jpeg: new Uint8Array(100) };
    const answers = await Promise.all(
      [request(1, 3, 8), broken, request(3, 1, 1)].map((one) => describer.describe(one)),
    );
    await describer.close();
    expect(answers.map((found) => found.map((one) => one.trackId))).toEqual([
      ['r1-0', 'r1-1', 'r1-2'],
      [],
      ['r3-0'],
    ]);
    expect(notes.join()).toContain('A still could not be described');
  });

  it.skipIf(missing)('goes to the camera that it was taken of', async () => {
    const { describer } = await open(setup);
    const told = new Map<string, Appearance[]>();
    const takers = [request(1, 6, 12), request(2, 1, 1)].map((of, n) => {
      const camera = cameraId(`camera-${n}`);
      const onAppearances = (some: readonly Appearance[]) => void told.set(camera, [...some]);
      const taker = new AppearanceTaker({ camera, live: true, describer, onAppearances });
      const box = { x1: 0.2, y1: 0.1, x2: 0.4, y2: 0.9 };
      const seen = { box, label: 'person', confidence: 0.9, trackId: trackId(`of-${camera}`) };
      taker.onFrame({
        ...{ camera, frame: 0, mediaTimeMs: 0, timeMs: 1000, ended: [], dropped: 0 },
        detections: [seen],
        tracks: [{ trackId: seen.trackId, label: 'person', points: [] }],
      });
      taker.onStill({ ptsMs: 0, jpeg: of.jpeg, height: 720 });
      return taker;
    });
    await Promise.all(takers.map((taker) => taker.drained()));
    await describer.close();
    expect([...told.keys()].toSorted()).toEqual(['camera-0', 'camera-1']);
    for (const [camera, some] of told)
      expect(some.map((one) => [one.camera, one.trackId])).toEqual([[camera, `of-${camera}`]]);
  });
});
