import { expect, it } from 'vitest';
import { LiveTrack } from '../../src/track/liveTrack.ts';
import { momentumOf } from '../../src/track/momentum.ts';

const seen = (x: number, y: number, confidence = 1) => ({
  box: { x1: x, y1: y, x2: x + 0.1, y2: y + 0.1 },
  label: 'person',
  confidence,
});

/** Seen at the given x every 100 ms, at y = 0.5. */
function trackAlong(...xs: [number, ...number[]]): LiveTrack {
  const [first, ...others] = xs;
  const track = new LiveTrack(seen(first, 0.5), 0);
  others.forEach((x, k) => {
    track.predict(100 * (k + 1));
    track.correct(seen(x, 0.5), 100 * (k + 1), true);
  });
  return track;
}

it.each([
  ['straight on', seen(0.4, 0.5), 0.1],
  ['straight on, weakly', seen(0.4, 0.5, 0.5), 0.05],
  ['across', seen(0.2, 0.7), 0],
  ['straight back', seen(0.1, 0.5), -0.1],
])('a detection %s moves the similarity by its share', (_, detection, expected) =>
  expect(momentumOf(trackAlong(0.2, 0.25, 0.3), detection)).toBeCloseTo(expected, 12),
);

it('a track seen once has no direction, and neither has one that stands', () => {
  expect(momentumOf(trackAlong(0.2), seen(0.4, 0.5))).toBe(0);
  expect(momentumOf(trackAlong(0.2, 0.2, 0.2), seen(0.4, 0.5))).toBe(0);
});

it('the direction is that of the last 300 ms, also after a turn', () =>
  expect(momentumOf(trackAlong(0.2, 0.3, 0.4, 0.5, 0.4, 0.3, 0.2), seen(0.1, 0.5))).toBeCloseTo(0.1, 12));
