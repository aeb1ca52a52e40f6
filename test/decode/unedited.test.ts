import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readMovie, type Edit, type Movie } from '../../src/decode/movie.ts';
import { shownAt, shownLengthMs, withoutEdits } from '../../src/decode/unedited.ts';
import { shared } from '../fixtures/shared.ts';

const trimmed = shared('cases/trimmed.mp4');
const rotated = shared('cases/rotated.mp4');
const missing = trimmed.missing || rotated.missing;

const edit = (fromMs: number, mediaMs: number | undefined, lengthMs: number): Edit => ({
  fromMs,
  mediaMs,
  lengthMs,
});

describe('an edit list', () => {
  it('shows what lies within it, from its first moment to before its last', () => {
    const edits = [edit(0, 20_000, 24_500)];
    expect([19_999, 20_000, 30_000, 44_499, 44_500].map((ms) => shownAt(edits, ms))).toEqual([
      undefined,
      0,
      10_000,
      24_499,
      undefined,
    ]);
    expect(shownLengthMs(edits)).toBe(24_500);
  });

  it('may begin with nothing, leave something out, and have an open end', () => {
    const edits = [edit(0, undefined, 500), edit(500, 1000, 2000), edit(2500, 5000, Infinity)];
    expect([0, 1000, 2999, 3000, 5000, 9000].map((ms) => shownAt(edits, ms))).toEqual([
      undefined,
      500,
      2499,
      undefined,
      2500,
      6500,
    ]);
    expect(shownLengthMs(edits)).toBeUndefined();
    expect(shownLengthMs(edits.slice(0, 2))).toBe(2000);
  });
});

describe.skipIf(missing !== false)(`an MP4 file${missing ? ` (${missing})` : ''}`, () => {
  it('says what is shown of it and whether it lies turned', async () => {
    expect(await readMovie(trimmed.path)).toMatchObject({
      edits: [edit(0, 20_000, 24_500)],
      isTurned: false,
      samples: 445,
      mediaMs: 44_500,
    });
    expect(await readMovie(rotated.path)).toMatchObject({ edits: [edit(0, 0, 6000)], isTurned: true });
    expect(await readMovie(shared('cases/raw.mjpeg').path)).toBeUndefined();
  });

  it('is given an index without the list, in front of the file as it is', async () => {
    const movie = (await readMovie(trimmed.path)) as Movie;
    const made = await withoutEdits(trimmed.path, movie);
    if (!made) throw new Error('nothing was made');
    const parts = [0, 1].map((n) => join(made.pattern.replace('part-*', ''), `part-${n}`));
    const [head, rest] = parts.map((path) => readFileSync(path));
    expect(head?.includes('edts')).toBe(false);
    expect(rest).toEqual(readFileSync(trimmed.path));
    await made.remove();
    expect(() => readFileSync(parts[0] ?? '')).toThrow('ENOENT');
  });

  it('is read as it is where its list cuts nothing off, or shows something twice', async () => {
    const movie = (await readMovie(trimmed.path)) as Movie;
    const made = (edits: Edit[]) => withoutEdits(trimmed.path, { ...movie, edits });
    expect(await made([])).toBeUndefined();
    expect(await made([edit(0, 83, 44_417)])).toBeUndefined();
    expect(await made([edit(0, 0, 1000), edit(1000, 500, 1000)])).toBeUndefined();
  });
});
