import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { describe, expect, onTestFinished, test } from 'vitest';
import { iou } from '../../src/domain/box.ts';
import { letterboxOf } from '../../src/decode/letterbox.ts';
import { paddedTo } from '../../src/domain/letterbox.ts';
import { loadDetector } from '../../src/models/manifests.ts';
import { obtainModel } from '../../src/models/obtain.ts';
import { inputSizeFor } from '../../src/inference/inputSize.ts';
import { encodeOnnx } from '../../src/onnx/write.ts';
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
    const manifest = loadDetector(id);
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

/** One person in the left upper quarter of a 128x128 input, whatever is in it; places are added, as transformers do. */
function networkOfOneSize(): Uint8Array {
  const side = 128;
  const node = (opType: string, inputs: string[], output: string) => ({
    opType,
    name: output,
    inputs,
    outputs: [output],
    attributes: {},
  });
  return encodeOnnx({
    name: 'one-size',
    producer: 'argus',
    opset: 17,
    nodes: [
      node('Add', ['images', 'places'], 'placed'),
      node('GlobalAveragePool', ['placed'], 'pooled'),
      node('Flatten', ['pooled'], 'flat'),
      node('MatMul', ['flat', 'weights'], 'mixed'),
      node('Add', ['mixed', 'answer'], 'row'),
      node('Reshape', ['row', 'shape'], 'output0'),
    ],
    constants: [
      { name: 'places', dims: [1, 3, side, side], data: new Float32Array(3 * side ** 2) },
      { name: 'weights', dims: [3, 6], data: new Float32Array(18) },
      { name: 'answer', dims: [1, 6], data: new Float32Array([0, 0, 64, 64, 0.9, 0]) },
      { name: 'shape', dims: [3], data: new BigInt64Array([1n, 1n, 6n]) },
    ],
    inputs: [{ name: 'images', dims: [1, 3, side, side] }],
    outputs: [{ name: 'output0', dims: [1, 1, 6] }],
  });
}

test('a network that only its own size fits sees wide pictures in it, and says so once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'argus-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'one-size.onnx');
  writeFileSync(path, networkOfOneSize());
  const yolov10n = loadDetector('yolov10n');
  const input = { ...yolov10n.input, width: 128, height: 128 };
  const said: string[] = [];
  const detector = await Detector.open({
    manifest: { ...yolov10n, id: 'one-size', input },
    path,
    log: (line) => said.push(line),
  });
  const [width, height] = [128, 32];
  const letterbox = letterboxOf({ width: 1280, height: 320, pixelAspect: 1 }, width, height);
  for (let i = 0; i < 2; i++) {
    const seen = await detector.detect({ planar: new Uint8Array(3 * width * height), letterbox });
    // The picture lies in the middle of the square, from row 48 to row 80: the person's feet are at its half.
    expect(seen).toMatchObject([{ label: 'person', box: { x1: 0, y1: 0, x2: 0.5, y2: 0.5 } }]);
  }
  await detector.close();
  expect(said).toEqual([
    expect.stringMatching(/^one-size runs at 128x128 for all pictures: .+\.$/) as string,
  ]);
});
