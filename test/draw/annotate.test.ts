import { createCanvas } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { annotate, type Annotation } from '../../src/draw/annotate.ts';
import { shapeId } from '../../src/domain/ids.ts';
import { colourDistance, pixelsOf, type Colour, type Pixels } from '../fixtures/pixels.ts';

const grey: Colour = [90, 90, 90];
const nothing: Annotation = { boxes: [], shapes: [], caption: '' };
const roomy = { maxBytes: 1e6, maxWidth: 4000 };
const blue: Colour = [0x00, 0xd4, 0xff];
const yellow: Colour = [0xff, 0xd4, 0x00];
const pink: Colour = [0xff, 0x5c, 0x8a];

function plain(width: number, height: number): Buffer {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  context.fillStyle = `rgb(${grey.join(',')})`;
  context.fillRect(0, 0, width, height);
  return canvas.toBuffer('image/jpeg', 95);
}

/** A picture that JPEG cannot make small. */
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

const isNear = (pixels: Pixels, x: number, y: number, colour: Colour): boolean =>
  colourDistance(pixels.at(x, y), colour) < 100;

describe('a drawing', () => {
  it('has boxes where they are, the highlighted one over the others', async () => {
    const box = { x1: 0.25, y1: 0.25, x2: 0.75, y2: 0.75 };
    const other = { x1: 0.5, y1: 0.1, x2: 0.75, y2: 0.9 };
    const { jpeg, width, height } = await annotate(
      plain(1280, 960),
      {
        ...nothing,
        boxes: [
          { box, text: 'person #1', highlighted: true },
          { box: other, text: 'person #2' },
        ],
      },
      roomy,
    );
    expect([width, height]).toEqual([1280, 960]);
    const pixels = await pixelsOf(jpeg);
    expect([pixels.width, pixels.height]).toEqual([1280, 960]);
    for (const [x, y] of [
      [0.25, 0.4],
      [0.75, 0.5],
      [0.4, 0.25],
      [0.6, 0.75],
    ] as const)
      expect(isNear(pixels, x, y, yellow)).toBe(true);
    for (const [x, y] of [
      [0.5, 0.2],
      [0.6, 0.9],
      [0.75, 0.15],
    ] as const)
      expect(isNear(pixels, x, y, blue)).toBe(true);
    for (const [x, y] of [
      [0.1, 0.5],
      [0.35, 0.5],
      [0.6, 0.6],
      [0.9, 0.9],
    ] as const)
      expect(isNear(pixels, x, y, grey)).toBe(true);
  });

  it('has zones closed, and lines with an arrow to where forward leads', async () => {
    const line = { a: { x: 0.25, y: 0.1 }, b: { x: 0.25, y: 0.9 } };
    const polygon = [
      { x: 0.6, y: 0.2 },
      { x: 0.9, y: 0.2 },
      { x: 0.9, y: 0.8 },
      { x: 0.6, y: 0.8 },
    ];
    const pixels = await pixelsOf(
      (
        await annotate(
          plain(1280, 960),
          {
            ...nothing,
            shapes: [
              { kind: 'line', id: shapeId('l'), name: 'l', line },
              { kind: 'zone', id: shapeId('z'), name: 'z', polygon },
            ],
          },
          roomy,
        )
      ).jpeg,
    );
    for (const [x, y] of [
      [0.25, 0.3],
      [0.25, 0.8],
      [0.6, 0.5],
      [0.9, 0.5],
      [0.75, 0.2],
      [0.75, 0.8],
    ] as const)
      expect(isNear(pixels, x, y, pink)).toBe(true);
    // Over a line drawn from top to bottom, forward is from left to right.
    expect(isNear(pixels, 0.25 + 20 / 1280, 0.5, pink)).toBe(true);
    expect(isNear(pixels, 0.25 - 20 / 1280, 0.5, grey)).toBe(true);
  });

  it('has its caption and its labels written, with a font of its own', async () => {
    const differing = async (annotation: Annotation) => {
      const [bare, drawn] = await Promise.all(
        [nothing, annotation].map(async (one) =>
          pixelsOf((await annotate(plain(640, 480), one, roomy)).jpeg),
        ),
      );
      const rows = Array.from({ length: 480 }, (_, row) => (row + 0.5) / 480);
      const columns = Array.from({ length: 640 }, (_, column) => (column + 0.5) / 640);
      return rows.flatMap((y) =>
        columns
          .filter((x) => bare && drawn && colourDistance(bare.at(x, y), drawn.at(x, y)) > 40)
          .map(() => y),
      );
    };
    const caption = await differing({ ...nothing, caption: 'gate  2026-03-29T08:00:00+02:00' });
    expect(caption.length).toBeGreaterThan(1000);
    expect(Math.min(...caption)).toBeGreaterThan(0.95);
    const box = { x1: 0.4, y1: 0.4, x2: 0.6, y2: 0.6 };
    const [short, long] = [
      await differing({ ...nothing, boxes: [{ box, text: 'i' }] }),
      await differing({ ...nothing, boxes: [{ box, text: 'WWWWWWWW' }] }),
    ];
    expect(long.length).toBeGreaterThan(short.length + 500);
  });

  it('is as small as asked for, and smaller in size only where quality does not do', async () => {
    const picture = noise(1600, 1200);
    expect(picture.length).toBeGreaterThan(1_500_000);
    const small = await annotate(picture, nothing, { maxBytes: 150_000, maxWidth: 1280 });
    expect(small.jpeg.length).toBeLessThanOrEqual(150_000);
    expect(small.width).toBeLessThan(1280);
    expect(small.width / small.height).toBeCloseTo(4 / 3, 1);
    const wide = await annotate(plain(1600, 1200), nothing, { maxBytes: 150_000, maxWidth: 1280 });
    expect([wide.width, wide.height]).toEqual([1280, 960]);
    const own = await annotate(plain(640, 480), nothing, { maxBytes: 150_000, maxWidth: 1280 });
    expect([own.width, own.height]).toEqual([640, 480]);
  });

  it('of bytes that are no picture is refused', async () => {
    await expect(annotate(Buffer.from('no picture'), nothing, roomy)).rejects.toThrow();
    await expect(annotate(Buffer.alloc(0), nothing, roomy)).rejects.toThrow();
  });
});
