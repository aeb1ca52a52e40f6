import { describe, expect, it } from 'vitest';
import { anomalyIdOf, readAnomalyId } from '../../src/anomaly/anomalyId.ts';
import { alphaOf, shares, weightOf, type Feedback } from '../../src/anomaly/budget.ts';
import type { Finding } from '../../src/anomaly/contract.ts';
import { peaksOf } from '../../src/anomaly/crowding.ts';
import { judgeOutages } from '../../src/anomaly/outages.ts';
import { cameraId, shapeId } from '../../src/domain/ids.ts';

const dock = { camera: cameraId('dock'), shape: shapeId('door') };

describe('the budget of false alarms', () => {
  it('is given out once, and shared by the comparisons of a week', () => {
    expect(Object.values(shares).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 10);
    expect(alphaOf({ perWeek: 2, feedback: [] }, 'hour', 336)).toBeCloseTo((2 * shares.hour) / 336, 10);
  });

  it.each([
    { useful: 0, not: 0, weight: 1 },
    { useful: 0, not: 3, weight: 1 / 8 },
    { useful: 0, not: 50, weight: 1 / 64 },
    { useful: 1, not: 0, weight: 2 },
    { useful: 50, not: 1, weight: 4 },
    { useful: 3, not: 3, weight: 1 },
  ])('weighs $weight after $useful useful and $not not', ({ useful, not, weight }) => {
    const feedback: Feedback[] = [{ ...dock, family: 'more', useful, not }];
    expect(weightOf({ perWeek: 1, feedback }, 'more', dock)).toBe(weight);
    expect(weightOf({ perWeek: 1, feedback }, 'fewer', dock)).toBe(1);
    expect(weightOf({ perWeek: 1, feedback }, 'more', { camera: dock.camera })).toBe(1);
  });
});

describe('the id of a finding', () => {
  const measured = {
    family: 'wrong_way',
    fromMs: Date.UTC(2026, 10, 23),
    toMs: Date.UTC(2026, 10, 23, 1),
    observed: 3,
    expected: 0.1,
    unit: 'count',
    p: 1e-6,
    alpha: 1e-4,
    compared: [],
    comparedWith: '',
  } as const;
  const finding: Finding = { ...measured, ...dock, label: 'träffic light.1', direction: 'backward' };

  it('says what it is of, whatever its class is called', () => {
    expect(anomalyIdOf(finding)).toMatch(/^wrong_way\.dock\.door\.tr%C3%A4ffic%20light%2E1\.b\./);
    expect(readAnomalyId(anomalyIdOf(finding))).toEqual({ ...dock, family: 'wrong_way' });
    const whole: Finding = { ...measured, camera: dock.camera };
    expect(readAnomalyId(anomalyIdOf(whole))).toEqual({ camera: dock.camera, family: 'wrong_way' });
  });

  it.each([
    '',
    'e12',
    'more.dock',
    'other.dock.door.person.-.0~1',
    'more.do ck.door.person.-.0~1',
    'more.dock.door.p.-.x',
  ])('is not %j', (id) => expect(readAnomalyId(id)).toBeUndefined());
});

it('the most at once in an hour counts who was there before it, and not who leaves as another comes', () => {
  const hour = (n: number) => ({ fromMs: n * 100, toMs: (n + 1) * 100, hourOfWeek: n, day: 0 });
  const clock = { hours: [hour(0), hour(1), hour(2)], past: 2 };
  const stays = [
    { fromMs: 10, toMs: 150 },
    { fromMs: 20, toMs: 120 },
    { fromMs: 120, toMs: 130 },
    { fromMs: -50, toMs: 15 },
  ];
  expect([...peaksOf(clock, stays)]).toEqual([2, 2, 0]);
});

describe('a camera that is away', () => {
  const dayMs = 86_400_000;
  const outages = (past: readonly { fromMs: number; toMs: number }[], lengthMs: number, pastDays = 28) => ({
    camera: dock.camera,
    past,
    now: [{ fromMs: 0, toMs: lengthMs }],
    pastMs: pastDays * dayMs,
    nowMs: dayMs,
  });
  const budget = { perWeek: 1, feedback: [] };

  it('is told when it never was away for so long', () => {
    expect(judgeOutages(outages([], 600_000), budget).findings).toMatchObject([
      { observed: 600, family: 'blackout' },
    ]);
  });

  it('is not told when it is away every night, or of a reconnection, or without a past', () => {
    const nights = Array.from({ length: 28 }, (_, n) => ({
      fromMs: n * dayMs,
      toMs: n * dayMs + 8 * 3_600_000,
    }));
    expect(judgeOutages(outages(nights, 7 * 3_600_000), budget).findings).toEqual([]);
    expect(judgeOutages(outages([], 30_000), budget).findings).toEqual([]);
    expect(judgeOutages(outages([], 600_000, 3), budget)).toMatchObject({ findings: [], unjudged: [{}] });
  });
});
