import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { libraryProblem, loadOnFirstThatWorks } from '../../src/inference/load.ts';
import { selectProviders } from '../../src/inference/providers.ts';
import { describeRuntime } from '../../src/inference/runtime.ts';
import { encodeOnnx } from '../../src/onnx/write.ts';

const backends = [
  { name: 'cpu', bundled: true },
  { name: 'webgpu', bundled: true },
  { name: 'cuda', bundled: false },
  { name: 'tensorrt', bundled: false },
];
const libraries = [
  'libonnxruntime.so.1',
  'libonnxruntime_providers_cuda.so',
  'libonnxruntime_providers_tensorrt.so',
];

describe('the providers to try', () => {
  test('are CUDA and then the CPU unless told', () => {
    expect(selectProviders({ backends, libraries })).toEqual({ order: ['cuda', 'cpu'], skipped: [] });
  });

  test('leave out one whose library is not installed, with the reason', () => {
    const { order, skipped } = selectProviders({ backends, libraries: libraries.slice(0, 2) }, [
      'tensorrt',
      'cuda',
    ]);
    expect(order).toEqual(['cuda', 'cpu']);
    expect(skipped).toEqual([
      {
        provider: 'tensorrt',
        reason: expect.stringContaining('library is not installed') as string,
        tried: false,
      },
    ]);
  });

  test('leave out one that the runtime was not built with, with the reason', () => {
    const { order, skipped } = selectProviders({ backends, libraries }, ['coreml', 'dml', 'cpu']);
    expect(order).toEqual(['cpu']);
    expect(skipped.map(({ provider }) => provider)).toEqual(['coreml', 'dml']);
    expect(skipped[0]?.reason).toContain('this build');
  });

  test.each([
    [['cpu'], ['cpu']],
    [['cuda'], ['cuda', 'cpu']],
    [['webgpu'], ['webgpu', 'cpu']],
    [
      ['cpu', 'cuda'],
      ['cuda', 'cpu'],
    ],
    [
      ['cuda', 'cuda', 'tensorrt'],
      ['cuda', 'tensorrt', 'cpu'],
    ],
  ] as const)('of the wanted %j are %j', (wanted, order) => {
    expect(selectProviders({ backends, libraries }, wanted).order).toEqual(order);
  });
});

const value = { name: 'in', dims: [1, 2] };
const feeds = () => ({ in: new Tensor('float32', new Float32Array(2), [1, 2]) });

/** A network of one node. */
function networkOf(opType: string, inputs: string[], rows: bigint[] = []): Uint8Array {
  const { dims } = value;
  return encodeOnnx({
    name: 'test',
    producer: 'argus',
    opset: 17,
    nodes: [{ opType, name: opType, inputs, outputs: ['out'], attributes: {} }],
    constants:
      rows.length > 0 ? [{ name: 'rows', dims: [1, rows.length], data: new BigInt64Array(rows) }] : [],
    inputs: [value],
    outputs: [{ name: 'out', dims }],
  });
}

describe('loading a network', () => {
  // WebGPU is in this runtime, so it is really tried. Where there is a GPU for it, it runs.
  test('falls back from a provider that fails, and says why in one clause', async () => {
    const tried: string[] = [];
    const loaded = await loadOnFirstThatWorks(networkOf('Relu', ['in']), {
      name: 'relu',
      feeds,
      providers: ['webgpu', 'cpu'],
      onTry: (provider) => tried.push(provider),
    });
    await loaded.network.release();
    if (loaded.provider === 'webgpu') {
      expect(tried).toEqual(['webgpu']);
      return;
    }
    expect(tried).toEqual(['webgpu', 'cpu']);
    expect(loaded.provider).toBe('cpu');
    expect(loaded.skipped).toEqual([
      { provider: 'webgpu', reason: 'Failed to get a WebGPU adapter: No supported adapters', tried: true },
    ]);
  });

  test('that the CPU cannot run fails, and names the file', async () => {
    const load = loadOnFirstThatWorks(networkOf('Argus', ['in']), { name: '/models/odd.onnx', feeds });
    await expect(load).rejects.toThrow(/^\/models\/odd\.onnx \(\d+ bytes\) is no ONNX model that .*Argus/);
  });

  test('that fails only at its first run fails as well', async () => {
    // Loaded without complaint: that row 7 of 2 is asked for shows only when it is gathered.
    const load = loadOnFirstThatWorks(networkOf('GatherElements', ['in', 'rows'], [7n, 7n]), {
      name: 'broken.onnx',
      feeds,
      providers: ['cpu'],
    });
    await expect(load).rejects.toThrow(/^broken\.onnx .* is no ONNX model that this runtime can run: .*ind/);
  });

  test('from a library that cannot be loaded is told with the loader’s reason', () => {
    const folder = mkdtempSync(join(tmpdir(), 'argus-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'libonnxruntime_providers_cuda.so');
    writeFileSync(path, 'no library');
    expect(libraryProblem(path)).toMatch(/file too short|invalid ELF header|not a mach-o/i);
    expect(libraryProblem(`${path}.gone`)).toMatch(/no such file/i);
  });
});

test('the report of the runtime names what really ran a network', async () => {
  const report = await describeRuntime(['coreml', 'dml', 'cpu']);
  expect(report.built).toContain('cpu');
  // Neither is in a build for Linux.
  if (process.platform === 'linux') {
    expect(report.provider).toBe('cpu');
    expect(report.skipped.map(({ provider }) => provider)).toEqual(['coreml', 'dml']);
  }
});
