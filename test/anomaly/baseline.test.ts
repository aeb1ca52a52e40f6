import { describe, expect, it } from 'vitest';
import { createRandom } from '../../bench/anomaly/random.ts';
import { learnBaseline } from '../../src/anomaly/baseline.ts';
import type { Clock, Series } from '../../src/anomaly/contract.ts';
import { judgeCounts } from '../../src/anomaly/counts.ts';
import { cameraId } from '../../src/domain/ids.ts';

const hourMs = 3_600_000;
const budget = { perWeek: 1, feedback: [] };

/** From a Monday on, the last of the days as the window. */
const clockOf = (days: number): Clock => ({
  past: (days - 1) * 24,
  hours: Array.from({ length: days * 24 }, (_, i) => ({
    fromMs: i * hourMs,
    toMs: (i + 1) * hourMs,
    hourOfWeek: i % 168,
    day: Math.floor(i / 24),
  })),
});

/** 20 an hour by day, 1 by night, half of it at weekends. */
const rateAt = (hour: number) =>
  (hour % 24 >= 7 && hour % 24 < 19 ? 20 : 1) * (Math.floor(hour / 24) % 7 >= 5 ? 0.5 : 1);

function year(days: number, seed = 3) {
  const random = createRandom(seed);
  const clock = clockOf(days);
  const watched = new Float64Array(clock.hours.length).fill(1);
  const counts = watched.map((_, hour) => random.poisson(rateAt(hour) * random.gamma(12)));
  return { clock, watched, counts };
}

const seriesOf = (counts: Float64Array, watched: Float64Array): Series => ({
  camera: cameraId('dock'),
  label: 'person',
  counts,
  watched,
});

describe('what is usual', () => {
  it('is expected of each hour of the week, as much of it as was watched', () => {
    const { clock, watched, counts } = year(57);
    watched[clock.past + 10] = 0.4;
    watched[clock.past + 11] = 0;
    const { expected, hourly } = learnBaseline(clock, counts, watched);
    const now = Array.from({ length: 24 }, (_, i) => expected[clock.past + i] ?? 0);
    // The last day is a Monday.
    for (const hour of [8, 9, 14]) expect(Math.abs((now[hour] ?? 0) - 20)).toBeLessThan(5);
    expect(now[3]).toBeLessThan(2);
    expect((now[10] ?? 0) / (now[9] ?? 1)).toBeCloseTo(0.4, 1);
    expect(now[11]).toBe(0);
    // Poisson would be a floor of 1 and no slope; the scatter put in has a relative variance of 1/12.
    expect(hourly.slope).toBeGreaterThan(0.04);
    expect(hourly.slope).toBeLessThan(0.16);
  });

  it('does not learn from past anomalies', () => {
    const { clock, watched, counts } = year(57);
    const clean = learnBaseline(clock, counts, watched);
    const spoilt = counts.slice();
    // A day of five times as many, and the same hour a hundred times in two weeks.
    for (let i = 30 * 24; i < 31 * 24; i++) spoilt[i] = (spoilt[i] ?? 0) * 5;
    for (const week of [4, 6]) spoilt[week * 168 + 9] = 2000;
    const { expected, hourly } = learnBaseline(clock, spoilt, watched);
    const at = clock.past + 9;
    expect((expected[at] ?? 0) / (clean.expected[at] ?? 1)).toBeCloseTo(1, 0);
    expect(expected[at]).toBeLessThan(25);
    expect(hourly.slope).toBeLessThan(2 * clean.hourly.slope);
  });

  it('follows a level that changed for good', () => {
    const { clock, watched, counts } = year(57);
    for (let i = 35 * 24; i < counts.length; i++) counts[i] = (counts[i] ?? 0) * 2;
    const { expected } = learnBaseline(clock, counts, watched);
    expect(expected[clock.past + 9]).toBeGreaterThan(32);
  });

  it('is nothing where nothing ever was', () => {
    const { clock, watched } = year(57);
    const { expected } = learnBaseline(clock, new Float64Array(watched.length), watched);
    expect(Math.max(...expected)).toBe(0);
  });
});

describe('judging counts', () => {
  it('tells neighbouring hours as one, and a day once', () => {
    const { clock, watched, counts } = year(57);
    for (const hour of [9, 10, 11]) counts[clock.past + hour] = 90;
    const { findings } = judgeCounts(clock, [seriesOf(counts, watched)], budget);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ family: 'more', observed: 270, fromMs: (clock.past + 9) * hourMs });
    expect(findings[0]?.toMs).toBe((clock.past + 12) * hourMs);
  });

  it('tells of a day that is too quiet though none of its hours is', () => {
    const { clock, watched, counts } = year(57);
    for (let i = clock.past; i < counts.length; i++) counts[i] = Math.round(rateAt(i) * 0.55);
    const { findings } = judgeCounts(clock, [seriesOf(counts, watched)], budget);
    expect(findings.map(({ family, fromMs, toMs }) => [family, toMs - fromMs])).toEqual([
      ['fewer', 24 * hourMs],
    ]);
  });

  it('takes an hour that was hardly watched for what it is', () => {
    const { clock, watched, counts } = year(57);
    for (const hour of [9, 10, 11, 12]) {
      watched[clock.past + hour] = 0.1;
      counts[clock.past + hour] = 2;
    }
    expect(judgeCounts(clock, [seriesOf(counts, watched)], budget).findings).toEqual([]);
  });

  it('tells less where the budget is smaller, never something else', () => {
    const { clock, watched, counts } = year(57);
    for (let hour = 0; hour < 24; hour += 3)
      counts[clock.past + hour] = Math.round(rateAt(hour) * 1.9 + hour / 4);
    const told = [0.01, 0.1, 1, 10, 100].map((perWeek) => {
      const { findings } = judgeCounts(clock, [seriesOf(counts, watched)], { perWeek, feedback: [] });
      return findings.length;
    });
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told[0]).toBeLessThan(told.at(-1) ?? 0);
  });

  it('says what is missing where there are only six days', () => {
    const { clock, watched, counts } = year(7);
    const { findings, unjudged, tests } = judgeCounts(clock, [seriesOf(counts, watched)], budget);
    expect([findings, tests]).toEqual([[], 0]);
    expect(unjudged[0]?.missing).toMatch(/6 day\(s\) with 144 h watched/);
  });
});
