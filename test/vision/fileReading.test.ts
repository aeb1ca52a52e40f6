import { describe, expect, it } from 'vitest';
import { parseSource } from '../../src/source/parseSource.ts';
import { FileReading } from '../../src/vision/fileReading.ts';

const letterbox = {
  inputWidth: 4,
  inputHeight: 4,

  offsetX: 0,
  offsetY: 0,
  contentWidth: 4,
  contentHeight: 4,
};

/** How a reading of frames of 40 ms at these times ends. */
async function endOf(times: readonly number[], statedFrames?: number) {
  // A test source: there is no file to be cut off.
  const reading = new FileReading(parseSource('test:ball?frames=9'));
  reading.begin(statedFrames);
  for (const ptsMs of times) {
    const frame = { ptsMs, durationMs: 40, planar: new Uint8Array(), letterbox };
    reading.noteDecoded(frame);
    reading.note(frame, ptsMs);
  }
  const { message } = await reading.end({ kind: 'end' }, '');
  return { lost: reading.lost, message };
}

describe('a file that was read to its end', () => {
  it('has nothing to say where all came that it states', async () => {
    expect(await endOf([0, 40, 80], 3)).toEqual({ lost: 0, message: undefined });
    expect(await endOf([0, 40, 80])).toEqual({ lost: 0, message: undefined });
  });

  it('says how many of the frames that it states were decoded', async () => {
    const { lost, message } = await endOf([0, 40, 120], 5);
    expect(lost).toBe(2);
    expect(message).toMatch(/: 3 of 5 frames were decoded, 2 could not be\.$/);
  });

  it('that does not state how many it has says for how many its times leave room', async () => {
    const { lost, message } = await endOf([0, 40, 120, 160, 280]);
    expect(lost).toBe(0);
    expect(message).toMatch(/leave room for 3 more/);
  });

  it('does not take a pause of the recording for lost frames', async () => {
    expect(await endOf([0, 40, 5_080, 5_120])).toEqual({ lost: 0, message: undefined });
  });
});
