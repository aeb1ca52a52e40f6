import { expect, test } from 'vitest';
import { selectProviders } from '../../src/inference/providers.ts';

const built = ['cpu', 'webgpu', 'cuda', 'tensorrt'];
const libraries = [
  'libonnxruntime.so.1',
  'libonnxruntime_providers_cuda.so',
  'libonnxruntime_providers_tensorrt.so',
];

test('with all libraries the fastest comes first and the CPU last', () => {
  expect(selectProviders({ built, libraries })).toEqual({ order: ['tensorrt', 'cuda', 'cpu'], skipped: [] });
});

test('a provider whose library is not installed is skipped with its reason', () => {
  const { order, skipped } = selectProviders({ built, libraries: libraries.slice(0, 2) });
  expect(order).toEqual(['cuda', 'cpu']);
  expect(skipped).toEqual([
    { provider: 'tensorrt', reason: expect.stringContaining('library is not installed') as string },
  ]);
});

test('a provider that the runtime was not built with is skipped with its reason', () => {
  const { order, skipped } = selectProviders({ built: ['cpu'], libraries });
  expect(order).toEqual(['cpu']);
  expect(skipped.map(({ provider }) => provider)).toEqual(['tensorrt', 'cuda']);
  expect(skipped[0]?.reason).toContain('this build');
});

test.each([
  [['cpu'], ['cpu']],
  [['cuda'], ['cuda', 'cpu']],
  [
    ['cpu', 'cuda'],
    ['cuda', 'cpu'],
  ],
  [
    ['cuda', 'cuda', 'tensorrt'],
    ['cuda', 'tensorrt', 'cpu'],
  ],
] as const)('of the wanted %j are tried %j', (wanted, order) => {
  expect(selectProviders({ built, libraries }, wanted).order).toEqual(order);
});
