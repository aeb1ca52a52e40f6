import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { similarityOf } from '../../src/domain/appearance.ts';
import { histogramOf } from '../../src/identify/histogram.ts';

type Colour = readonly [red: number, green: number, blue: number];
const [width, height] = [128, 256];
const grey: Colour = [128, 128, 128];
const red: Colour = [200, 30, 40];
const blue: Colour = [30, 50, 180];

function picture(colourAt: (x: number, y: number) => Colour): Uint8Array {
  const planar = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      colourAt(x / width, y / height).forEach((value, plane) => {
        planar[(plane * height + y) * width + x] = value;
      });
  return planar;
}

const dressed = (jacket: Colour, trousers: Colour, background = grey): Uint8Array =>
  picture((x, y) => (x < 0.25 || x > 0.75 ? background : y < 0.5 ? jacket : trousers));

const alike = (a: Uint8Array, b: Uint8Array): number => similarityOf(histogramOf(a), histogramOf(b));

describe('the colour histogram', () => {
  it('has length 1 and nothing negative, whatever the picture', () => {
    const pixels = fc.uint8Array({ minLength: 3 * width * height, maxLength: 3 * width * height });
    fc.assert(
      fc.property(pixels, (planar) => {
        const vector = histogramOf(planar);
        expect(vector).toHaveLength(456);
        expect(similarityOf(vector, vector)).toBeCloseTo(1, 5);
        expect(Math.min(...vector)).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 10 },
    );
  });

  it('tells the same clothes from others', () => {
    expect(alike(dressed(red, blue), dressed(red, blue))).toBeCloseTo(1, 5);
    expect(alike(dressed(red, blue), dressed(red, grey))).toBeLessThan(0.8);
  });

  it('tells what is worn above from what is worn below', () => {
    expect(alike(dressed(red, blue), dressed(blue, red))).toBeLessThan(0.6);
  });

  it('looks at the middle of the box more than at its sides', () => {
    const elsewhere = alike(dressed(red, blue), dressed(red, blue, [60, 140, 60]));
    expect(elsewhere).toBeGreaterThan(alike(dressed(red, blue), dressed(grey, blue)));
    expect(elsewhere).toBeGreaterThan(0.9);
  });

  it('changes little when the light does', () => {
    const darker = (colour: Colour): Colour => [colour[0] * 0.85, colour[1] * 0.85, colour[2] * 0.85];
    expect(alike(dressed(red, blue), dressed(darker(red), darker(blue), darker(grey)))).toBeGreaterThan(0.7);
  });

  it('refuses a picture of another size', () => {
    expect(() => histogramOf(new Uint8Array(100))).toThrow('256 × 128 bytes is wanted, not 100 bytes');
  });
});
