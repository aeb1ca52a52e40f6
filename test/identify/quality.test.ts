import { describe, expect, it } from 'vitest';
import type { TrackedDetection } from '../../src/domain/detection.ts';
import { trackId } from '../../src/domain/ids.ts';
import { isPoor, shotsOf } from '../../src/identify/quality.ts';

const heightPx = 1000;

const person = (id: string, x1: number, y1: number, more: Partial<TrackedDetection> = {}) => ({
  box: { x1, y1, x2: x1 + 0.1, y2: y1 + 0.2 },
  label: 'person',
  confidence: 0.9,
  sharpness: 500,
  trackId: trackId(id),
  ...more,
});

const good = (detections: TrackedDetection[], height: number) =>
  shotsOf(detections, height).filter((shot) => !isPoor(shot));
const ids = (...detections: TrackedDetection[]) => good(detections, heightPx).map((shot) => shot.trackId);
const qualityOf = (...detections: TrackedDetection[]) => shotsOf(detections, heightPx)[0]?.quality ?? 0;

describe('what a still shows well', () => {
  it('is a tracked object, whole, sharp and by itself', () => {
    expect(ids(person('a', 0.3, 0.3))).toEqual(['a']);
    const { box, label, confidence } = person('a', 0.3, 0.3);
    expect(ids({ box, label, confidence })).toEqual([]);
  });

  it('is at least 48 pixels high', () => {
    const detection = person('a', 0.3, 0.3);
    expect(good([detection], 239)).toEqual([]);
    expect(good([detection], 241)).toHaveLength(1);
  });

  it.each([
    ['left', 0.001, 0.3],
    ['top', 0.3, 0.001],
    ['right', 0.899, 0.3],
    ['bottom', 0.3, 0.799],
  ])('is not cut off by the edge of the picture: %s', (_, x1, y1) => {
    expect(ids(person('a', x1, y1))).toEqual([]);
  });

  it('is not a smear, where the sharpness was measured', () => {
    expect(ids(person('a', 0.3, 0.3, { sharpness: 1 }))).toEqual([]);
    const { box, label, confidence } = person('a', 0.3, 0.3);
    expect(ids({ box, label, confidence, trackId: trackId('a') })).toEqual(['a']);
  });

  it('is not covered by who stands nearer; whoever does is seen in spite of those behind', () => {
    const [behind, near] = [person('behind', 0.3, 0.3), person('near', 0.35, 0.32)];
    expect(ids(behind, near)).toEqual(['near']);
  });

  it('is not covered by several that each cover little', () => {
    const at = (id: string, x1: number) => person(id, x1, 0.31);
    expect(ids(person('a', 0.3, 0.3), at('b', 0.38))).toContain('a');
    expect(ids(person('a', 0.3, 0.3), at('b', 0.38), at('c', 0.22))).not.toContain('a');
  });

  it('is of higher quality the larger, surer, sharper and freer it is, from 0 to 1', () => {
    const best = qualityOf(person('a', 0.3, 0.3));
    expect(best).toBeGreaterThan(0.5);
    expect(best).toBeLessThanOrEqual(1);
    expect(shotsOf([person('a', 0.3, 0.3)], heightPx / 3)[0]?.quality).toBeLessThan(best);
    expect(qualityOf(person('a', 0.3, 0.3, { confidence: 0.5 }))).toBeLessThan(best);
    expect(qualityOf(person('a', 0.3, 0.3, { sharpness: 100 }))).toBeLessThan(best);
    expect(qualityOf(person('a', 0.3, 0.3), person('b', 0.39, 0.31))).toBeLessThan(best);
  });
});

describe('what a still shows poorly', () => {
  it('is small, cut off, half covered, or a smear', () => {
    const poor = (...of: TrackedDetection[]) => shotsOf(of, heightPx).filter(isPoor).length;
    expect(shotsOf([person('a', 0.3, 0.3)], 100).filter(isPoor)).toHaveLength(1);
    expect(poor(person('a', 0.001, 0.3))).toBe(1);
    expect(poor(person('a', 0.3, 0.3, { sharpness: 1 }))).toBe(1);
    expect(poor(person('a', 0.3, 0.3), person('b', 0.35, 0.32))).toBe(1);
  });

  it('is not a handful of pixels, nor somebody else', () => {
    expect(shotsOf([person('a', 0.3, 0.3)], 70)).toEqual([]);
    const shown = shotsOf([person('a', 0.3, 0.3), person('b', 0.31, 0.31)], heightPx);
    expect(shown.map((shot) => shot.trackId)).toEqual(['b']);
  });
});
