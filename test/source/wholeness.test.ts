import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCut } from '../../src/source/wholeness.ts';
import { shared } from '../fixtures/shared.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'argus-whole-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a video file', () => {
  const files = [
    ['AVI', 'video/vtest.avi', true],
    ['MP4', 'video/traffic.mp4', false],
    ['Matroska', 'cases/offset.mkv', true],
    ['MPEG-TS', 'cases/resolution-change.ts', false],
    ['bare JPEGs', 'cases/raw.mjpeg', false],
  ] as const;

  for (const [kind, name, saysShare] of files) {
    const { path, missing } = shared(name);
    it.skipIf(missing !== false)(`of ${kind} that is cut off is found out, a whole one is not`, async () => {
      expect(await findCut(path)).toBeUndefined();
      const bytes = readFileSync(path);
      for (const share of [0.99, 0.81, 0.5, 0.19]) {
        const cut = join(folder, 'cut');
        // Odd, so that it is not by chance a whole packet.
        writeFileSync(cut, bytes.subarray(0, Math.floor(bytes.length * share) | 1));
        const found = await findCut(cut);
        expect(found).toBeDefined();
        if (saysShare) expect(found?.share).toBeCloseTo(share, 2);
      }
    });
  }

  it('of another kind is not judged', async () => {
    const path = join(folder, 'text');
    writeFileSync(path, 'no video\n');
    expect(await findCut(path)).toBeUndefined();
    writeFileSync(path, '');
    expect(await findCut(path)).toBeUndefined();
  });
});
