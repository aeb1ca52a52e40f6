import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { software } from '../../src/decode/chains.ts';
import { prepareFile } from '../../src/decode/prepareFile.ts';
import { Video } from '../../src/decode/video.ts';
import { parseSource } from '../../src/source/parseSource.ts';
import { pixelsOf } from '../fixtures/pixels.ts';
import { shared } from '../fixtures/shared.ts';

const rotated = shared('cases/rotated.mp4');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'argus-turned-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The matrix of a track header, without its offsets: x' = ax + cy, y' = bx + dy. */
type Matrix = readonly [a: number, b: number, c: number, d: number];

/** The first still of the file with another matrix in its track header. */
async function stillOf([a, b, c, d]: Matrix) {
  const bytes = readFileSync(rotated.path);
  const matrix = bytes.indexOf('tkhd') + 4 + 40;
  for (const [index, value] of [a, b, 0, c, d].entries()) bytes.writeInt32BE(value << 16, matrix + 4 * index);
  const path = join(folder, 'turned.mp4');
  writeFileSync(path, bytes);
  const stills: { jpeg: Buffer; width: number; height: number }[] = [];
  const source = parseSource(path);
  const file = await prepareFile(source, () => undefined);
  const video = new Video(source, {
    ...(file?.direction && { direction: file.direction }),
    inputWidth: 64,
    inputHeight: 64,
    colour: 'rgb',
    live: false,
    chain: software,
    onStill: (still) => stills.push(still),
  });
  let frames = 0;
  let letterbox;
  for (let frame = await video.nextFrame(); frame; frame = await video.nextFrame()) {
    frames++;
    letterbox = frame.letterbox;
  }
  const [still] = stills;
  if (!still || !letterbox) throw new Error('no picture');
  return { frames, still, letterbox, pixels: await pixelsOf(still.jpeg) };
}

describe.skipIf(rotated.missing !== false)(
  `a picture${rotated.missing ? ` (${rotated.missing})` : ''}`,
  () => {
    it.each<[string, Matrix]>([
      ['as it is', [1, 0, 0, 1]],
      ['turned by 90°', [0, 1, -1, 0]],
      ['turned by 180°', [-1, 0, 0, -1]],
      ['turned by 270°', [0, -1, 1, 0]],
      ['mirrored', [-1, 0, 0, 1]],
      ['upside down', [1, 0, 0, -1]],
      ['mirrored and turned by 90°', [0, 1, 1, 0]],
      ['mirrored and turned by 270°', [0, -1, -1, 0]],
    ])('that is stored %s is shown upright', async (_, matrix) => {
      const stored = await stillOf([1, 0, 0, 1]);
      const shown = await stillOf(matrix);
      expect(shown.frames).toBe(60);
      const [a, b, c, d] = matrix;
      const lies = a === 0;
      expect([shown.still.width, shown.still.height]).toEqual(lies ? [384, 288] : [288, 384]);
      expect(shown.letterbox.contentWidth / shown.letterbox.contentHeight).toBeCloseTo(
        lies ? 4 / 3 : 3 / 4,
        1,
      );
      let difference = 0;
      const steps = [-0.4, -0.2, 0, 0.2, 0.4];
      for (const x of steps)
        for (const y of steps) {
          const from = stored.pixels.at(0.5 + x, 0.5 + y);
          const to = shown.pixels.at(0.5 + a * x + c * y, 0.5 + b * x + d * y);
          difference += Math.abs(from[0] - to[0]);
        }
      expect(difference / steps.length ** 2).toBeLessThan(12);
    });
  },
);
