import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { iou } from '../../src/domain/box.ts';
import { letterboxOf } from '../../src/decode/letterbox.ts';
import { paddedTo } from '../../src/domain/letterbox.ts';
import { loadManifest } from '../../src/models/manifests.ts';
import { obtainModel } from '../../src/models/obtain.ts';
import { inputSizeFor } from '../../src/inference/inputSize.ts';
import { Detector } from '../../src/vision/detector.ts';
import { shared } from '../fixtures/shared.ts';
import { framesOf } from '../inference/frames.ts';

const video = shared('video/vtest.avi');

test.each([
  ['end', 416, 234, 416, 256],
  ['end', 416, 312, 416, 320],
  ['end', 416, 416, 416, 416],
  ['end', 416, 1, 416, 32],
  ['centre', 416, 234, 416, 288],
  ['centre', 416, 312, 416, 352],
  ['centre', 640, 360, 640, 384],
  ['centre', 640, 480, 640, 512],
  ['centre', 640, 640, 640, 640],
] as const)(
  'padding %s, a frame of %ix%i runs at %ix%i',
  (padding, width, height, inputWidth, inputHeight) => {
    const size = inputSizeFor({ width, height }, { width, height: width, padding });
    expect(size).toEqual({ width: inputWidth, height: inputHeight });
  },
);

describe.each(['yolox-nano', 'yolov10n'])('%s', (id) => {
  test.skipIf(video.missing)('sees in a shaped input what it sees in the whole one', async () => {
    const manifest = loadManifest(id);
    const { path } = await obtainModel(manifest, {
      cacheFolder: join(tmpdir(), 'argus-test-weights'),
      modelPath: [shared('models').path],
      fetchTimeoutMs: 3500,
    });
    const { input } = manifest;
    const size = { ...input, height: (input.width * 3) / 4 };
    const letterbox = letterboxOf({ width: 768, height: 576, pixelAspect: 1 }, size.width, size.height);
    const detector = await Detector.open({ manifest, path });
    const [planar = new Uint8Array()] = await framesOf(video.path, size, [100]);
    const shaped = await detector.detect({ planar, letterbox });

    const whole = paddedTo(letterbox, input.width, input.height, input.padding);
    const square = new Uint8Array(3 * input.width * input.height);
    const [plane, wholePlane] = [size.width * size.height, input.width * input.height];
    for (let channel = 0; channel < 3; channel++) {
      const at = channel * wholePlane + whole.offsetY * input.width;
      square.set(planar.subarray(channel * plane, (channel + 1) * plane), at);
    }
    const inSquare = await detector.detect({ planar: square, letterbox: whole });
    await detector.close();

    const sure = inSquare.filter(({ confidence }) => confidence > manifest.thresholds.high + 0.05);
    expect(sure.length).toBeGreaterThan(3);
    for (const one of sure) {
      const best = Math.max(...shaped.map(({ box, label }) => (label === one.label ? iou(box, one.box) : 0)));
      expect(best).toBeGreaterThan(0.85);
    }
  });
});
