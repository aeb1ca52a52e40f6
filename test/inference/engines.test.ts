import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { engineFolder, hasEngines, tensorrtEnvironment } from '../../src/inference/engines.ts';

/** A model, and what the driver of a GPU says of itself. */
function machine({ model = 'weights', gpu = 'NVIDIA L4', version = '570.86.15' } = {}) {
  const root = mkdtempSync(join(tmpdir(), 'argus-test-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const path = join(root, 'model.onnx');
  writeFileSync(path, model);
  const driver = join(root, 'nvidia');
  const card = join(driver, 'gpus', '0000:00:1e.0');
  mkdirSync(card, { recursive: true });
  writeFileSync(join(card, 'information'), `Model: \t\t ${gpu}\nIRQ:   \t\t 42\n`);
  writeFileSync(join(driver, 'version'), `NVRM version: ${version}\n`);
  return engineFolder('/data/engines', path, driver);
}

describe('the folder of an engine', () => {
  test('is the same for the same model on the same machine', async () => {
    expect(await machine()).toBe(await machine());
    expect(await machine()).toMatch(/^\/data\/engines\/[0-9a-f]{16}$/);
  });

  test.each([{ model: 'others' }, { gpu: 'NVIDIA T4' }, { version: '580.1' }])(
    'is another for %j',
    async (change) => {
      expect(await machine(change)).not.toBe(await machine());
    },
  );

  test('is there without a GPU too', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'argus-test-')), 'model.onnx');
    writeFileSync(path, 'weights');
    onTestFinished(() => rmSync(join(path, '..'), { recursive: true }));
    expect(await engineFolder('/data/engines', path, '/proc/none')).toMatch(
      /^\/data\/engines\/[0-9a-f]{16}$/,
    );
  });
});

test('TensorRT is asked for FP16 and to keep engines and timings there', () => {
  expect(tensorrtEnvironment('/data/engines/1', {})).toEqual({
    ORT_TENSORRT_FP16_ENABLE: '1',
    ORT_TENSORRT_ENGINE_CACHE_ENABLE: '1',
    ORT_TENSORRT_CACHE_PATH: '/data/engines/1',
    ORT_TENSORRT_TIMING_CACHE_ENABLE: '1',
    ORT_TENSORRT_GLOBAL_CACHE_PATH: '/data/engines/1',
  });
});

test('what the user has set of TensorRT stays', () => {
  const set = tensorrtEnvironment('/data/engines/1', { ORT_TENSORRT_FP16_ENABLE: '0' });
  expect(set).not.toHaveProperty('ORT_TENSORRT_FP16_ENABLE');
  expect(set).toHaveProperty('ORT_TENSORRT_CACHE_PATH');
});

test('a folder has engines once there is a file of one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'argus-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  expect(hasEngines(folder)).toBe(false);
  writeFileSync(join(folder, 'TensorrtExecutionProvider_TRTKernel_graph_1_0_fp16_sm89.engine'), '');
  expect(hasEngines(folder)).toBe(true);
  expect(hasEngines(join(folder, 'none'))).toBe(false);
});
