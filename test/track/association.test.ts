import { describe, expect, it } from 'vitest';
import { iou } from '../../src/domain/box.ts';
import { cameraId, runId, trackIdMaker } from '../../src/domain/ids.ts';
import { bufferedIou, byOverlap, match } from '../../src/track/association.ts';
import type { Sight } from '../../src/track/association.ts';
import { LiveTrack } from '../../src/track/liveTrack.ts';

const box = (x: number, y: number, w = 0.1, h = 0.2) => ({ x1: x, y1: y, x2: x + w, y2: y + h });
const detection = (x: number, label = 'person', h = 0.2, confidence = 1) => ({
  box: box(x, 0.5, 0.1, h),
  label,
  confidence,
});
const same = (a: string, b: string) => a === b;

/** Matches confirmed tracks seen at 0 ms with detections at 100 ms; gives the index of each detection's track. */
function matched(tracks: Sight['detection'][], detections: Sight['detection'][], confirmed = true) {
  const nextId = trackIdMaker(cameraId('c'), runId(1));
  const live = tracks.map((d) => new LiveTrack(d, 0));
  if (confirmed) for (const track of live) track.id = nextId();
  for (const track of live) track.predict(100);
  const sights = detections.map((d): Sight => ({ detection: d, sureFrom: 0.6, track: undefined }));
  match(live, sights, 100, byOverlap(0.3, same));
  return sights.map((sight) => (sight.track ? live.indexOf(sight.track) : undefined));
}

describe('bufferedIou', () => {
  it('is IoU without a buffer', () => {
    const [a, b] = [box(0, 0), box(0.05, 0.04)];
    expect(bufferedIou(a, b, 0)).toBeCloseTo(iou(a, b), 12);
  });

  it('still compares boxes that just miss each other', () => {
    expect(bufferedIou(box(0, 0), box(0.11, 0), 0)).toBe(0);
    expect(bufferedIou(box(0, 0), box(0.11, 0), 0.2)).toBeGreaterThan(0.1);
    expect(bufferedIou(box(0, 0), box(0.11, 0), 0.04)).toBe(0);
  });

  it('of a box with itself is 1, whatever the buffer', () => {
    for (const grow of [0, 0.1, 0.5])
      expect(bufferedIou(box(0.2, 0.3), box(0.2, 0.3), grow)).toBeCloseTo(1, 12);
  });
});

describe('match', () => {
  it('pairs for the greatest total, not the nearest first', () =>
    expect(matched([detection(0.2), detection(0.24)], [detection(0.235), detection(0.27)])).toEqual([0, 1]));

  it('leaves apart what is too far away', () =>
    expect(matched([detection(0.2)], [detection(0.4)])).toEqual([undefined]));

  it('reaches farther from a tentative track, whose speed is not known yet', () => {
    const [track, found] = [[detection(0.2)], [detection(0.267)]];
    expect(matched(track, found)).toEqual([undefined]);
    expect(matched(track, found, false)).toEqual([0]);
  });

  it('leaves other labels alone', () =>
    expect(matched([detection(0.2)], [detection(0.2, 'dog')])).toEqual([undefined]));

  it('prefers a detection of the same height', () =>
    expect(matched([detection(0.2)], [detection(0.2, 'person', 0.3), detection(0.21)])).toEqual([
      undefined,
      0,
    ]));

  it('prefers the stronger of two in the same place', () =>
    expect(
      matched([detection(0.2)], [detection(0.2, 'person', 0.2, 0.5), detection(0.2, 'person', 0.2, 0.9)]),
    ).toEqual([undefined, 0]));
});
