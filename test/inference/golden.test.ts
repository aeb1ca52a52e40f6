import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { countMatches, isUnlabelled, scoreOf } from '../../bench/metrics/detection.ts';
import { readSequences } from '../../bench/mot15.ts';
import { classesOf } from '../../src/config/manifest.ts';
import { decoderFor } from '../../src/detect/index.ts';
import type { Detection } from '../../src/domain/detection.ts';
import { iou } from '../../src/domain/box.ts';
import { openSession } from '../../src/inference/session.ts';
import { loadDetector } from '../../src/models/manifests.ts';
import { ModelUnavailableError, obtainModel } from '../../src/models/obtain.ts';
import { shared } from '../fixtures/shared.ts';
import { framesOf, letterboxOf } from './frames.ts';

const video = shared('video/vtest.avi');
const frameNumbers = [0, 100, 400];
/** Of confidences, between machines. */
const tolerance = 0.02;
const folder = resolve(import.meta.dirname, '../golden');

/**
 * Detections above the model's high threshold on three frames of vtest.avi. The files were written by this test with
 * ARGUS_WRITE_GOLDEN=1, once the same code had shown the precision and recall of test/golden/README.md on all frames.
 */
describe.each([
  ['yolox-nano', shared('models/yolox_nano.onnx').missing],
  ['yolov10n', shared('models/yolov10n.onnx').missing],
  ['yolo11n-320', shared('models/yolo11n_320.onnx').missing],
  // Its weights come from npm, as a user's do.
  ['nanodet-g', false],
] as const)('%s sees on real frames what it saw before', (id, missingWeights) => {
  const missing = video.missing || missingWeights;
  test.skipIf(missing !== false)(
    missing || `frames ${frameNumbers.join(', ')}`,
    { timeout: 300_000 },
    async (context) => {
      const threshold = loadDetector(id).thresholds.high;
      const found = await detect(id).catch((error: unknown) => {
        // The weights of nanodet-g come from the npm registry, which a machine may not reach.
        if (error instanceof ModelUnavailableError) return context.skip(error.message);
        throw error;
      });
      const file = join(folder, `${id}.json`);
      if (process.env['ARGUS_WRITE_GOLDEN'] === '1') write(file, found, threshold);
      const golden = JSON.parse(readFileSync(file, 'utf8')) as Golden;
      expect(Object.keys(golden).map(Number)).toEqual(frameNumbers);
      expectPeople(found.map((detections) => detections.filter(({ confidence }) => confidence >= threshold)));
      for (const [i, detections] of found.entries()) {
        compare(detections, golden[String(frameNumbers[i])] ?? [], threshold);
      }
    },
  );
});

type Golden = Record<string, Detection[]>;

async function detect(id: string): Promise<Detection[][]> {
  const manifest = loadDetector(id);
  const { path } = await obtainModel(manifest, {
    cacheFolder: join(tmpdir(), 'argus-test-weights'),
    modelPath: [shared('models').path],
    fetchTimeoutMs: 3500,
  });
  const session = await openSession(path, { input: manifest.input });
  const decode = decoderFor(manifest.layout);
  const found: Detection[][] = [];
  const { width, height } = manifest.input;
  for (const planar of await framesOf(video.path, manifest.input, frameNumbers)) {
    const [outputs = {}] = await session.run([{ planar, width, height }]);
    found.push(
      decode(outputs, letterboxOf(768, 576, manifest.input), {
        classes: classesOf(manifest),
        minConfidence: manifest.thresholds.high - tolerance,
        nmsIou: manifest.thresholds.nmsIou,
      }),
    );
  }
  await session.close();
  return found;
}

/** Most of the people that the ground truth has, and little else: what is seen is right, not only as before. */
function expectPeople(found: readonly (readonly Detection[])[]): void {
  const truth = readSequences().find(({ name }) => name === 'PETS09-S2L1')?.truth ?? [];
  const { precision, recall } = scoreOf(
    found.map((detections, i) => {
      const persons = detections.filter(({ label, box }) => label === 'person' && !isUnlabelled(box));
      const people = truth[frameNumbers[i] ?? -1] ?? [];
      return countMatches(
        persons.map(({ box }) => box),
        people.map(({ box }) => box),
      );
    }),
  );
  expect(precision).toBeGreaterThan(0.75);
  expect(recall).toBeGreaterThan(0.75);
}

/** Both ways; what lies within the tolerance of the threshold may be on either side of it. */
function compare(found: readonly Detection[], golden: readonly Detection[], threshold: number): void {
  expect(golden.length).toBeGreaterThan(0);
  const isSame = (a: Detection, b: Detection) =>
    a.label === b.label && iou(a.box, b.box) > 0.9 && Math.abs(a.confidence - b.confidence) < tolerance;
  const sure = found.filter(({ confidence }) => confidence >= threshold + tolerance);
  expect(golden.filter((wanted) => !found.some((one) => isSame(one, wanted)))).toEqual([]);
  expect(sure.filter((one) => !golden.some((wanted) => isSame(one, wanted)))).toEqual([]);
}

function write(file: string, found: readonly Detection[][], threshold: number): void {
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
  const round = (_: string, value: unknown) => (typeof value === 'number' ? Number(value.toFixed(4)) : value);
  const golden = Object.fromEntries(
    found.map((detections, i) => [
      String(frameNumbers[i]),
      detections.filter(({ confidence }) => confidence >= threshold),
    ]),
  );
  writeFileSync(file, `${JSON.stringify(golden, round, 2)}\n`);
}
