import { createCanvas } from '@napi-rs/canvas';
import { expect, test } from 'vitest';
import { cropsOf } from '../../src/draw/crops.ts';

/** Left half red, right half blue. */
async function halves(): Promise<Buffer> {
  const context = createCanvas(200, 100).getContext('2d');
  context.fillStyle = '#ff0000';
  context.fillRect(0, 0, 100, 100);
  context.fillStyle = '#0000ff';
  context.fillRect(100, 0, 100, 100);
  return context.canvas.encode('jpeg', 95);
}

const size = { width: 8, height: 16 };
/** Mean of each plane. */
const planesOf = (planar: Uint8Array | undefined): number[] =>
  [0, 1, 2].map((plane) => {
    const values = [...(planar ?? [])].slice(plane * 128, (plane + 1) * 128);
    return values.reduce((sum, value) => sum + value, 0) / 128;
  });

test('each box becomes planes of the size asked for, red first', async () => {
  const left = { x1: 0.1, y1: 0.1, x2: 0.4, y2: 0.9 };
  const right = { x1: 0.6, y1: 0, x2: 1, y2: 1 };
  const crops = await cropsOf(await halves(), [left, right], size);
  expect(crops.map((crop) => crop.length)).toEqual([3 * 8 * 16, 3 * 8 * 16]);
  const [red = [], blue = []] = crops.map(planesOf);
  expect(red[0]).toBeGreaterThan(240);
  expect(Math.max(red[1] ?? 255, red[2] ?? 255)).toBeLessThan(15);
  expect(blue[2]).toBeGreaterThan(240);
  expect(Math.max(blue[0] ?? 255, blue[1] ?? 255)).toBeLessThan(15);
});

test('what of a box lies outside the picture is left out', async () => {
  const [crop] = await cropsOf(await halves(), [{ x1: -0.5, y1: -0.5, x2: 0.4, y2: 1.5 }], size);
  expect(planesOf(crop)[0]).toBeGreaterThan(240);
});

test('bytes that are no picture are refused', async () => {
  await expect(cropsOf(new Uint8Array(100), [], size)).rejects.toThrow();
});
