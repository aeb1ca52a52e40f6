import { describe, expect, test } from 'vitest';
import { decoderFor } from '../../src/detect/index.ts';
import { ArgusError } from '../../src/domain/errors.ts';
import type { OutputTensor } from '../../src/domain/tensor.ts';
import { letterboxOf } from './letterbox.ts';

const options = { classes: ['person', 'car'], minConfidence: 0.4, nmsIou: 0.65 };

/** A tensor of zeros with some rows of the last axis written. */
function tensor(dims: number[], rows: Record<number, number[]> = {}): OutputTensor {
  const data = new Float32Array(dims.reduce((product, size) => product * size, 1));
  const width = dims.at(-1) ?? 0;
  for (const [row, values] of Object.entries(rows)) data.set(values, Number(row) * width);
  return { data, dims };
}

describe('yolox', () => {
  const decode = decoderFor('yolox');
  // 64×64: 8×8 cells of 8 px, 4×4 of 16, 2×2 of 32.
  const letterbox = letterboxOf(64);
  const outputs = (rows: Record<number, number[]>) => ({ any: tensor([1, 84, 7], rows) });

  test('a cell becomes a box in picture coordinates', () => {
    // Row 4, column 3 of the first grid: centre (3 + 1, 4 + 0) · 8 = (32, 32), size e^ln2 · 8 = 16 by 8.
    const found = decode(outputs({ 35: [1, 0, Math.LN2, 0, 0.9, 0.1, 0.8] }), letterbox, options);
    expect(found).toHaveLength(1);
    expect(found[0]?.label).toBe('car');
    expect(found[0]?.confidence).toBeCloseTo(0.72);
    expect(found[0]?.box.x1).toBeCloseTo(24 / 64);
    expect(found[0]?.box.x2).toBeCloseTo(40 / 64);
    expect(found[0]?.box.y1).toBeCloseTo((28 - 16) / 32);
    expect(found[0]?.box.y2).toBeCloseTo((36 - 16) / 32);
  });

  test('cells of the last grid have a stride of 32', () => {
    const found = decode(outputs({ 80: [0.5, 1, 0, -1, 1, 1, 0] }), letterbox, options);
    expect(found[0]?.box.x1).toBeCloseTo(0);
    expect(found[0]?.box.x2).toBeCloseTo(0.5);
  });

  test.each([
    ['objectness', [0, 4, 0, 0, 0.39, 1, 0]],
    ['objectness times class score', [0, 4, 0, 0, 0.6, 0.6, 0]],
    ['a score that is no number', [0, 4, 0, 0, NaN, 1, 0]],
  ])('a cell goes for %s below the threshold', (_, row) => {
    expect(decode(outputs({ 24: row }), letterbox, options)).toEqual([]);
  });

  test('a box is cut at the edge of the picture', () => {
    const found = decode(outputs({ 24: [0, 1, 2, 2, 1, 1, 0] }), letterbox, options);
    expect(found[0]?.box).toMatchObject({ x1: 0, y2: 1 });
  });

  test('a box in the border goes', () => {
    expect(decode(outputs({ 0: [0.5, 0.5, 0, 0, 1, 1, 0] }), letterbox, options)).toEqual([]);
  });

  test('two cells that see one object give one detection', () => {
    const found = decode(
      outputs({ 35: [0.5, 0, 1, 1, 0.8, 1, 0], 36: [-0.4, 0, 1, 1, 0.9, 1, 0] }),
      letterbox,
      options,
    );
    expect(found.map(({ confidence }) => confidence)).toEqual([expect.closeTo(0.9)]);
  });
});

describe('yolov10', () => {
  const decode = decoderFor('yolov10');
  const letterbox = letterboxOf(64);

  test('rows become boxes, strongest first, without suppression', () => {
    const found = decode(
      {
        any: tensor([1, 3, 6], {
          0: [16, 24, 48, 40, 0.5, 0],
          1: [16, 24, 48, 40, 0.75, 0],
          2: [0, 16, 8, 24, 0.3, 1],
        }),
      },
      letterbox,
      options,
    );
    const box = { x1: 0.25, y1: 0.25, x2: 0.75, y2: 0.75 };
    expect(found).toEqual([
      { box, label: 'person', confidence: 0.75 },
      { box, label: 'person', confidence: 0.5 },
    ]);
  });

  test('a row whose corners are the wrong way round goes', () => {
    expect(decode({ any: tensor([1, 1, 6], { 0: [48, 24, 16, 40, 0.9, 0] }) }, letterbox, options)).toEqual(
      [],
    );
  });

  test('a row of a class without a name goes', () => {
    expect(decode({ any: tensor([1, 1, 6], { 0: [16, 24, 48, 40, 0.9, 2] }) }, letterbox, options)).toEqual(
      [],
    );
  });
});

describe('nanodet', () => {
  const decode = decoderFor('nanodet');
  const letterbox = letterboxOf(64);
  /** Logits that put all weight on one bin per side: distances of so many strides. */
  const distances = (...bins: number[]) =>
    bins.flatMap((bin) => Array.from({ length: 11 }, (_, i) => (i === bin ? 100 : 0)));
  const outputs = (scores: Record<number, number[]>, edges: Record<number, number[]>) => ({
    // Neither order nor names tell which is which.
    f: tensor([1, 4, 44]),
    e: tensor([1, 64, 44], edges),
    d: tensor([1, 4, 2]),
    c: tensor([1, 16, 2]),
    b: tensor([1, 64, 2], scores),
    a: tensor([1, 16, 44]),
  });

  test('a cell becomes a box around its centre', () => {
    // Row 4, column 3: centre (3.5, 4.5) · 8 = (28, 36).
    const found = decode(outputs({ 35: [0.5, 0.75] }, { 35: distances(1, 2, 3, 1) }), letterbox, options);
    expect(found).toMatchObject([{ label: 'car', confidence: 0.75 }]);
    expect(found[0]?.box.x1).toBeCloseTo(20 / 64);
    expect(found[0]?.box.y1).toBeCloseTo(4 / 32);
    expect(found[0]?.box.x2).toBeCloseTo(52 / 64);
    expect(found[0]?.box.y2).toBeCloseTo(28 / 32);
  });

  test('a distance between two bins is their mean', () => {
    const even = distances(1, 1, 1, 1);
    even[2] = 100;
    const found = decode(outputs({ 35: [0.75, 0] }, { 35: even }), letterbox, options);
    expect(found[0]?.box.x1).toBeCloseTo((28 - 12) / 64);
  });

  test('a cell below the threshold goes', () => {
    expect(decode(outputs({ 35: [0.39, 0.3] }, { 35: distances(1, 1, 1, 1) }), letterbox, options)).toEqual(
      [],
    );
  });
});

test.each([
  ['yolox', '[1, 84, 7]'],
  ['yolov10', '[1, N, 6]'],
  ['nanodet', '[1, 64, 2]'],
] as const)('layout %s says which shape it wants, which it found and what to do', (layout, wanted) => {
  const decode = () => decoderFor(layout)({ output0: tensor([1, 6, 84]) }, letterboxOf(64), options);
  expect(decode).toThrow(ArgusError);
  expect(decode).toThrow(
    `Layout ${layout} wants an output of shape ${wanted}, but the network gives output0 [1, 6, 84].`,
  );
  expect(decode).toThrow('manifest.json');
});
