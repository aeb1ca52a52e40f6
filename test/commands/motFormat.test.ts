import { describe, expect, it } from 'vitest';
import { parseMotDetections } from '../../src/commands/motFormat.ts';

const read = (text: string) => parseMotDetections(text, 'det.txt', { width: 100, height: 200 });
const detection = (confidence: number) => ({
  box: { x1: 0.1, y1: 0.1, x2: 0.3, y2: 0.3 },
  label: 'object',
  confidence,
});

describe('a file of detections', () => {
  it.each([
    ['with commas', '1,-1,10,20,20,40,0.5,-1,-1,-1\n'],
    ['with spaces beside the commas, as if in columns', '  1, -1, 10, 20, 20, 40, 0.5\n'],
    ['with spaces only', '1 -1 10 20 20 40 0.5'],
    ['with the line ends of Windows', '1,-1,10,20,20,40,0.5\r\n\r\n'],
  ])('is read %s', (_, text) => {
    expect(read(text)).toEqual([[detection(0.5)]]);
  });

  it.each(['1,-1,10,20,20,40\n', '1,-1,10,20,20,40\r\n'])(
    'without confidences is sure of all: %j',
    (text) => {
      expect(read(text)).toEqual([[detection(1)]]);
    },
  );

  it('has empty frames where nothing was detected', () => {
    expect(read('3,-1,10,20,20,40,0.5').map((frame) => frame.length)).toEqual([0, 0, 1]);
  });

  it.each([
    ['words', 'frame,id,left,top,width,height'],
    ['an empty column', '1,-1,,20,20,40,0.5'],
    ['a frame 0', '0,-1,10,20,20,40,0.5'],
    ['a frame that would take all memory', '99999999999,-1,10,20,20,40,0.5'],
  ])('with %s is refused, with the line', (_, line) => {
    expect(() => read(`1,-1,10,20,20,40,0.5\n${line}`)).toThrow(`det.txt:2: "${line}" is not a detection.`);
  });
});
