import { createCanvas } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { heatmapPng } from '../../src/draw/heatmap.ts';
import { pixelsOf } from '../fixtures/pixels.ts';

const options = { boxes: [], shapes: [], caption: '', aspect: 4 / 3, maxBytes: 150_000 };

/** A picture that no PNG can make small. */
function noise(width: number, height: number): Buffer {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  const image = context.createImageData(width, height);
  let state = 1;
  for (let i = 0; i < image.data.length; i++) {
    state = (state * 48271) % 2147483647;
    image.data[i] = i % 4 === 3 ? 255 : state % 256;
  }
  context.putImageData(image, 0, 0);
  return canvas.toBuffer('image/jpeg', 95);
}

describe('a heatmap', () => {
  it('is red where it is hottest, blue where there was little, and bare elsewhere', async () => {
    const values = new Float64Array(8 * 6);
    values[1 * 8 + 1] = 1000;
    values[4 * 8 + 6] = 20;
    const png = await heatmapPng(undefined, { columns: 8, rows: 6, values }, options);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    const pixels = await pixelsOf(png);
    expect([pixels.width, pixels.height]).toEqual([640, 480]);
    const [hotRed, , hotBlue] = pixels.at(1.5 / 8, 1.5 / 6);
    expect(hotRed).toBeGreaterThan(hotBlue + 100);
    const [coldRed, , coldBlue] = pixels.at(6.5 / 8, 4.5 / 6);
    expect(coldBlue).toBeGreaterThan(coldRed + 40);
    const [red, green, blue] = pixels.at(4 / 8, 5.8 / 6);
    expect(Math.max(red, green, blue) - Math.min(red, green, blue)).toBeLessThan(6);
  });

  it('of nothing is the grey picture alone', async () => {
    const pixels = await pixelsOf(
      await heatmapPng(noise(64, 48), { columns: 8, rows: 6, values: new Float64Array(48) }, options),
    );
    for (const [x, y] of [
      [0.1, 0.1],
      [0.5, 0.5],
      [0.9, 0.3],
    ] as const) {
      const colour = pixels.at(x, y);
      expect(Math.max(...colour) - Math.min(...colour)).toBeLessThan(3);
    }
  });

  it('is as small as hosts want it, whatever the picture', async () => {
    const values = Float64Array.from({ length: 64 * 36 }, (_, n) => (n * 7919) % 101);
    const png = await heatmapPng(noise(1920, 1080), { columns: 64, rows: 36, values }, options);
    expect(png.length).toBeLessThanOrEqual(options.maxBytes);
  });
});
