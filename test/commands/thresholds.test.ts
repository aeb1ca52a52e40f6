import { expect, it } from 'vitest';
import type { Detection } from '../../src/domain/detection.ts';
import { inUnitRange, thresholdsFor } from '../../src/commands/thresholds.ts';

const detection = (confidence: number): Detection => ({
  box: { x1: 0.1, y1: 0.1, x2: 0.2, y2: 0.3 },
  label: 'object',
  confidence,
});
const framesOf = (...confidences: number[]) => confidences.map((c) => [detection(c)]);

it('scores cut off at 0.5 and crowded near 1 have the thresholds of public detections', () =>
  expect(thresholdsFor(framesOf(0.5, 0.7, 0.9, 0.95, 0.98, 0.98, 0.99, 0.99, 0.99, 0.99))).toEqual({
    highConfidence: 0.75,
    confirmConfidence: 0.97,
  }));

it('scores cut off at 0.5 that never come near 1 still start and confirm tracks', () => {
  const { highConfidence, confirmConfidence } = thresholdsFor(framesOf(0.5, 0.55, 0.6, 0.65, 0.7));
  expect(highConfidence).toBe(0.55);
  expect(confirmConfidence).toBe(0.65);
});

it('a detector that reports weak detections too is sure from 0.4', () =>
  expect(thresholdsFor(framesOf(0.1, 0.99))).toEqual({ highConfidence: 0.4, confirmConfidence: 0.4 }));

it('no detections at all have thresholds, too', () =>
  expect(thresholdsFor([[], []])).toEqual({ highConfidence: 0.75, confirmConfidence: 0.97 }));

it('scores within 0–1 stay, others are brought there in the same order', () => {
  const unit = framesOf(0, 0.5, 1);
  expect(inUnitRange(unit)).toBe(unit);
  const scores = inUnitRange(framesOf(-3, 0.5, 20)).flatMap((d) => d.map((one) => one.confidence));
  expect(scores).toEqual([...scores].sort((a, b) => a - b));
  for (const score of scores) expect(score > 0 && score <= 1).toBe(true);
});
