import { expect, it } from 'vitest';
import type { Confidence } from '../../src/domain/confidence.ts';
import { isWantedBy, reportedFrom } from '../../src/vision/thresholds.ts';

const low = 0.1;
const asked = (of: Record<string, number>, others?: number): Confidence => ({
  classes: new Map(Object.entries(of)),
  ...(others !== undefined && { default: others }),
});

it.each<[string, (Confidence | undefined)[], number]>([
  ['the low threshold without any camera', [], low],
  ['the low threshold when nothing is asked for', [undefined, undefined], low],
  ['the low threshold when only more is asked for', [asked({ car: 0.6 }, 0.5)], low],
  ['the lowest that one camera asks for', [undefined, asked({ car: 0.6 }, 0.07), asked({ dog: 0.05 })], 0.05],
  ['no less than is useful', [asked({}, 0)], 0.01],
])('the detector reports from %s', (_, cameras, expected) =>
  expect(reportedFrom(low, cameras)).toBe(expected),
);

it('a model whose own low threshold is lower keeps it', () =>
  expect(reportedFrom(0.001, [asked({}, 0)])).toBe(0.001));

it('a camera gets what it asked for, and not what is reported for others', () => {
  const wants = (camera: Parameters<typeof isWantedBy>[0], label: string, confidence: number) =>
    isWantedBy(camera, low)({ label, confidence, box: { x1: 0, y1: 0, x2: 1, y2: 1 } });
  const peopleAndCars = { classes: ['person', 'car'], confidence: asked({ person: 0.05 }) };
  expect(wants({}, 'person', 0.09)).toBe(false);
  expect(wants({}, 'person', 0.1)).toBe(true);
  expect(wants(peopleAndCars, 'person', 0.05)).toBe(true);
  expect(wants(peopleAndCars, 'car', 0.05)).toBe(false);
  expect(wants(peopleAndCars, 'dog', 0.9)).toBe(false);
  expect(wants({ confidence: asked({ car: 0.6 }, 0.05) }, 'dog', 0.05)).toBe(true);
  // Weaker ones still continue tracks.
  expect(wants({ confidence: asked({ car: 0.6 }) }, 'car', 0.2)).toBe(true);
});
