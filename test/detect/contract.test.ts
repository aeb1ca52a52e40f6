import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layouts } from '../../src/config/layouts.ts';
import { decoderFor } from '../../src/detect/index.ts';
import { cocoClasses } from '../../src/domain/classes.ts';
import { ArgusError } from '../../src/domain/errors.ts';
import type { Letterbox } from '../../src/domain/letterbox.ts';
import { encoders, encodeSparseDetr, type Encoder, type Seen } from './encoders.ts';

/*
 * What every decoder of an output layout has to do, whatever the layout: a set of objects is written as a network of
 * that layout would, and must come back. (For what a layout alone has, see decoders.test.ts.)
 */

const classes = ['person', 'forklift', 'dog'];

/** Inputs of several shapes, and pictures with borders at the sides, above and below, on one side, or none. */
const letterboxes: Record<string, Letterbox> = {
  'a wide picture in a square': at(320, 320, 0, 40, 320, 240),
  'a tall picture in a square': at(320, 320, 70, 0, 180, 320),
  'a picture that fills a wide input': at(640, 384, 0, 0, 640, 384),
  'a picture with a border below': at(416, 256, 0, 0, 416, 234),
  'a picture in an input of no even number of cells': at(328, 200, 4, 10, 320, 180),
};

function at(
  inputWidth: number,
  inputHeight: number,
  offsetX: number,
  offsetY: number,
  contentWidth: number,
  contentHeight: number,
): Letterbox {
  return { inputWidth, inputHeight, offsetX, offsetY, contentWidth, contentHeight };
}

const kinds: [string, (typeof layouts)[number], Encoder, readonly string[]][] = [
  ...layouts.map((layout): (typeof kinds)[number] => [layout, layout, encoders[layout], classes]),
  ['detr by the ids of COCO', 'detr', encodeSparseDetr, cocoClasses],
];

describe.each(kinds)('layout %s', (_, layout, encode, names) => {
  const decode = decoderFor(layout);
  const wide = letterboxes['a wide picture in a square'] ?? at(0, 0, 0, 0, 0, 0);
  const found = (seen: readonly Seen[], letterbox = wide, minConfidence = 0.1) => {
    const shape = { width: letterbox.inputWidth, height: letterbox.inputHeight, classes: names.length };
    return decode(encode(seen, shape), letterbox, { classes: names, minConfidence, nmsIou: 0.5 });
  };
  const person: Seen = { x: 100, y: 100, width: 30, height: 60, class: 0, confidence: 0.8 };

  test.each(Object.entries(letterboxes))('gives back what is seen in %s', (_name, letterbox) => {
    const { offsetX, offsetY, contentWidth, contentHeight } = letterbox;
    const seen: Seen = {
      x: offsetX + 0.4 * contentWidth,
      y: offsetY + 0.6 * contentHeight,
      width: 0.1 * contentWidth,
      height: 0.3 * contentHeight,
      class: 1,
      confidence: 0.7,
    };
    const [one, ...others] = found([seen], letterbox);
    expect(others).toEqual([]);
    expect(one?.label).toBe(names[1]);
    expect(one?.confidence).toBeCloseTo(0.7, 3);
    expect(one?.box.x1).toBeCloseTo(0.35, 3);
    expect(one?.box.x2).toBeCloseTo(0.45, 3);
    expect(one?.box.y1).toBeCloseTo(0.45, 3);
    expect(one?.box.y2).toBeCloseTo(0.75, 3);
  });

  test('gives nothing where nothing is seen', () => {
    expect(found([])).toEqual([]);
  });

  test('drops what is below the threshold, and keeps what is just above', () => {
    expect(found([person], wide, 0.81)).toEqual([]);
    expect(found([person], wide, 0.79)).toHaveLength(1);
  });

  test('keeps two that overlap when their classes differ', () => {
    const labels = found([person, { ...person, x: 108, class: 2, confidence: 0.6 }]).map(
      ({ label }) => label,
    );
    expect(labels).toEqual([names[0], names[2]]);
  });

  test('keeps two of one class that stand apart, the stronger first', () => {
    const confidences = found([
      { ...person, confidence: 0.5 },
      { ...person, x: 200, confidence: 0.9 },
    ]).map(({ confidence }) => confidence);
    expect(confidences).toEqual([expect.closeTo(0.9, 3), expect.closeTo(0.5, 3)]);
  });

  test('cuts a box at the edge of the picture', () => {
    const [one] = found([{ ...person, x: 8, y: 44 }]);
    expect(one?.box).toMatchObject({ x1: 0, y1: 0 });
    expect(one?.box.x2).toBeCloseTo(23 / 320, 3);
  });

  test('drops a box that lies in the border', () => {
    expect(found([{ ...person, x: 160, y: 20, width: 20, height: 20 }])).toEqual([]);
  });

  test('reads a hundred at once', () => {
    const crowd = Array.from({ length: 100 }, (_value, i): Seen => ({
      ...person,
      x: 20 + 30 * (i % 10),
      y: 48 + 24 * Math.floor(i / 10),
      width: 12,
      height: 16,
      confidence: 0.5 + i / 250,
    }));
    const boxes = found(crowd);
    expect(boxes).toHaveLength(100);
    const confidences = boxes.map(({ confidence }) => confidence);
    expect(confidences).toEqual(confidences.toSorted((a, b) => b - a));
  });

  test('never gives what is no number, whatever the network gives', () => {
    const shape = { width: 320, height: 320, classes: names.length };
    const odd = fc.constantFrom(NaN, Infinity, -Infinity, 1e30, -1e30, 0, 1, 0.5);
    fc.assert(
      fc.property(fc.array(odd, { minLength: 64, maxLength: 64 }), (values) => {
        const outputs = encode([person], shape);
        for (const { data } of Object.values(outputs))
          for (let i = 0; i < data.length; i++) data[i] = values[(i * 31) % values.length] ?? 0;
        for (const one of decode(outputs, wide, { classes: names, minConfidence: 0.1, nmsIou: 0.5 })) {
          const { x1, y1, x2, y2 } = one.box;
          for (const edge of [x1, y1, x2, y2]) expect(edge >= 0 && edge <= 1).toBe(true);
          expect(x2 > x1 && y2 > y1).toBe(true);
          expect(one.confidence).toBeGreaterThanOrEqual(0.1);
          expect(names).toContain(one.label);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('refuses another shape with an error that says what it found and what to do', () => {
    const other = { odd: { data: new Float32Array(99), dims: [1, 9, 11] } };
    const options = { classes: names, minConfidence: 0.1, nmsIou: 0.5 };
    const refused = () => decode(other, wide, options);
    expect(refused).toThrow(ArgusError);
    expect(refused).toThrow(
      /^Layout \w+ wants an output of shape .*, but the network gives odd \[1, 9, 11\]/,
    );
    expect(refused).toThrow('manifest.json');
  });
});

describe.each(['yolox', 'yolov8', 'yolo11', 'nanodet'] as const)('layout %s needs suppression', (layout) => {
  test('and gives one detection for two candidates of one object', () => {
    const shape = { width: 320, height: 320, classes: classes.length };
    const person: Seen = { x: 100, y: 100, width: 60, height: 90, class: 0, confidence: 0.8 };
    const outputs = encoders[layout]([person, { ...person, x: 106, confidence: 0.9 }], shape);
    const letterbox = at(320, 320, 0, 40, 320, 240);
    const found = decoderFor(layout)(outputs, letterbox, { classes, minConfidence: 0.1, nmsIou: 0.5 });
    expect(found.map(({ confidence }) => confidence)).toEqual([expect.closeTo(0.9, 3)]);
  });
});
