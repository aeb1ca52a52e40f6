import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Box } from '../../src/domain/box.ts';
import type { Letterbox } from '../../src/domain/letterbox.ts';
import { loadDetector } from '../../src/models/manifests.ts';
import { sharpnessOf } from '../../src/vision/sharpness.ts';
import { shared } from '../fixtures/shared.ts';
import { framesOf, letterboxOf } from '../inference/frames.ts';

const video = shared('video/vtest.avi');
const truth = shared('mot15/PETS09-S2L1/gt.txt');
const missing = video.missing || truth.missing;

/** Each pixel becomes the mean of those up to `radius` away. */
function blurred(planar: Uint8Array, { inputWidth, inputHeight }: Letterbox, radius: number): Uint8Array {
  return planar.map((_, i) => {
    const [x, y] = [i % inputWidth, Math.floor(i / inputWidth) % inputHeight];
    let sum = 0;
    let count = 0;
    for (let dy = -radius; dy <= radius; dy++) {
      for (let dx = -radius; dx <= radius; dx++) {
        if (x + dx < 0 || x + dx >= inputWidth || y + dy < 0 || y + dy >= inputHeight) continue;
        sum += planar[i + dy * inputWidth + dx] ?? 0;
        count++;
      }
    }
    return sum / count;
  });
}

describe.skipIf(missing !== false)(`the sharpness of a person${missing ? ` (${missing})` : ''}`, () => {
  const { input } = loadDetector('yolox-nano');
  const letterbox = letterboxOf(768, 576, input);
  const numbers = [0, 200, 400, 600];
  const whole: Box = { x1: 0, y1: 0, x2: 1, y2: 1 };
  let frames: { planar: Uint8Array; people: Box[] }[];
  beforeAll(async () => {
    const boxes = readFileSync(truth.path, 'utf8')
      .trim()
      .split('\n')
      .map((row) => row.split(',').map(Number))
      .map(([frame = 0, , x = 0, y = 0, width = 0, height = 0]) => ({
        frame: frame - 1,
        box: { x1: x / 768, y1: y / 576, x2: (x + width) / 768, y2: (y + height) / 576 },
      }));
    frames = (await framesOf(video.path, input, numbers)).map((planar, i) => ({
      planar,
      people: boxes.filter(({ frame }) => frame === numbers[i]).map(({ box }) => box),
    }));
  });

  it('is lower in a blurred copy, and lower still in one blurred more', () => {
    const people = frames.flatMap(({ planar, people }) => {
      const copies = [planar, blurred(planar, letterbox, 1), blurred(planar, letterbox, 2)];
      return [...people, whole].map((box) => copies.map((copy) => sharpnessOf(copy, letterbox, box)));
    });
    expect(people.length).toBeGreaterThan(15);
    for (const [sharp = 0, soft = 0, softer = 0] of people) {
      expect(soft).toBeLessThan(sharp / 3);
      expect(softer).toBeLessThan(soft);
      expect(softer).toBeGreaterThan(0);
    }
  });

  it('does not depend on what is outside the box', () => {
    const { planar, people } = frames[0] ?? { planar: new Uint8Array(), people: [] };
    const copy = blurred(planar, letterbox, 2);
    const person = people[0] ?? whole;
    const [left, right] = [person.x1, person.x2].map((x) => letterbox.offsetX + x * letterbox.contentWidth);
    const patched = copy.map((value, i) => {
      const x = i % letterbox.inputWidth;
      return x >= (left ?? 0) && x <= (right ?? 0) ? (planar[i] ?? 0) : value;
    });
    expect(sharpnessOf(patched, letterbox, person)).toBe(sharpnessOf(planar, letterbox, person));
  });

  it('in a large box is told from some of its pixels, as well as from all', () => {
    for (const { planar } of frames) {
      const strips = Array.from({ length: 20 }, (_, i) => ({
        x1: 0,
        y1: i / 20,
        x2: 1,
        y2: (i + 1) / 20,
      }));
      const ofStrips = strips.map((strip) => sharpnessOf(planar, letterbox, strip));
      const mean = ofStrips.reduce((sum, value) => sum + value, 0) / strips.length;
      const ofWhole = sharpnessOf(planar, letterbox, whole);
      expect(Math.abs(ofWhole / mean - 1)).toBeLessThan(0.15);
    }
  });
});

describe('sharpness', () => {
  const letterbox = letterboxOf(64, 32, { ...loadDetector('yolox-nano').input, width: 64, height: 64 });
  const planarOf = (value: (x: number, y: number) => number) =>
    Uint8Array.from({ length: 3 * 64 * 64 }, (_, i) => value(i % 64, Math.floor(i / 64) % 64));

  it.each([
    ['an even surface', () => 120, 0],
    ['a slope', (x: number, y: number) => 2 * x + y, 0],
    ['the finest chequers', (x: number, y: number) => 100 * ((x + y) % 2), 400 ** 2],
  ])('of %s is as computed by hand', (_, value, expected) => {
    expect(sharpnessOf(planarOf(value), letterbox, { x1: 0, y1: 0, x2: 1, y2: 1 })).toBeCloseTo(expected);
  });

  it('does not take the edge of the picture in the letterbox for detail', () => {
    const picture = planarOf((_, y) => (y >= 16 && y < 48 ? 200 : 0));
    expect(sharpnessOf(picture, letterbox, { x1: -0.1, y1: -0.1, x2: 1.1, y2: 1.1 })).toBe(0);
  });

  it('is 0 where a box is too small to say', () => {
    const noise = planarOf((x, y) => (x * 31 + y * 17) % 256);
    expect(sharpnessOf(noise, letterbox, { x1: 0.5, y1: 0.5, x2: 0.52, y2: 0.9 })).toBe(0);
    expect(sharpnessOf(noise, letterbox, { x1: 0.9, y1: 0.9, x2: 0.8, y2: 0.8 })).toBe(0);
  });
});
