import fc from 'fast-check';
import { expect, test } from 'vitest';
import { suppressOverlaps } from '../../src/detect/nms.ts';
import { iou } from '../../src/domain/box.ts';
import type { Detection } from '../../src/domain/detection.ts';

const detection = (label: string, confidence: number, x1: number, x2: number): Detection => ({
  label,
  confidence,
  box: { x1, y1: 0, x2, y2: 1 },
});

test('of two overlapping detections of one label the stronger stays', () => {
  const weak = detection('person', 0.5, 0, 0.5);
  const strong = detection('person', 0.9, 0.05, 0.55);
  expect(suppressOverlaps([weak, strong], 0.5)).toEqual([strong]);
});

test('overlapping detections of two labels both stay, strongest first', () => {
  const weak = detection('person', 0.5, 0, 0.5);
  const strong = detection('bicycle', 0.9, 0, 0.5);
  expect(suppressOverlaps([weak, strong], 0.5)).toEqual([strong, weak]);
});

test('an overlap of exactly the limit stays', () => {
  const both = [detection('person', 0.9, 0, 0.5), detection('person', 0.8, 0, 0.25)] as const;
  expect(iou(both[0].box, both[1].box)).toBe(0.5);
  expect(suppressOverlaps(both, 0.5)).toEqual(both);
});

test('a detection goes only for a kept one, not for one that went itself', () => {
  const a = detection('person', 0.9, 0, 0.4);
  const b = detection('person', 0.8, 0.1, 0.5);
  const c = detection('person', 0.7, 0.2, 0.6);
  expect(suppressOverlaps([a, b, c], 0.5)).toEqual([a, c]);
});

const anyDetections = fc.array(
  fc.record({
    label: fc.constantFrom('person', 'car'),
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    box: fc
      .tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 8 }), fc.integer({ min: 1, max: 4 }))
      .map(([x, y, size]) => ({ x1: x / 12, y1: y / 12, x2: (x + size) / 12, y2: (y + size) / 12 })),
  }),
  { maxLength: 30 },
);

test('what is left is sorted and apart, and what went is covered by something stronger', () => {
  fc.assert(
    fc.property(anyDetections, fc.double({ min: 0.1, max: 0.9, noNaN: true }), (detections, maxIou) => {
      const kept = suppressOverlaps(detections, maxIou);
      const covers = (a: Detection, b: Detection) => a.label === b.label && iou(a.box, b.box) > maxIou;
      for (const [i, one] of kept.entries()) {
        for (const later of kept.slice(i + 1)) {
          expect(later.confidence).toBeLessThanOrEqual(one.confidence);
          expect(covers(one, later)).toBe(false);
        }
      }
      for (const gone of detections.filter((d) => !kept.includes(d))) {
        expect(kept.some((one) => one.confidence >= gone.confidence && covers(one, gone))).toBe(true);
      }
    }),
  );
});
