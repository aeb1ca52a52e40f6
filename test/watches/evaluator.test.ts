import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trackId } from '../../src/domain/ids.ts';
import type { WatchDefinition } from '../../src/domain/watch.ts';
import { WatchEvaluator } from '../../src/watches/evaluator.ts';
import { rule, times, who } from './rules.ts';

const occupancy = (moreThan: number, forMs: number) => ({ kind: 'occupancy', moreThan, forMs }) as const;
const s = 1000;

/** Visits of somebody each: from, to. Told all at once, of a camera watched from 0 to `toMs`. */
function over(watch: WatchDefinition, visits: readonly (readonly [number, number])[], toMs = 100 * s) {
  const evaluator = new WatchEvaluator(watch);
  for (const [n, [from, to]] of visits.entries()) {
    evaluator.comes(who(n), from);
    evaluator.goes(who(n), to);
  }
  evaluator.watched(0, toMs);
  return evaluator.settle(toMs);
}

describe('more than N at once', () => {
  it('fires at the moment at which they have been so many for long enough, with those who were there', () => {
    const [one, ...others] = over(rule({ condition: occupancy(1, 30 * s) }), [
      [5 * s, 90 * s],
      [10 * s, 60 * s],
    ]);
    expect(others).toEqual([]);
    expect(one).toMatchObject({ sinceMs: 10 * s, timeMs: 40 * s, untilMs: 60 * s, tracks: [who(0), who(1)] });
  });

  it.each([
    ['a ms short of it', 39_999, 0],
    ['exactly as long', 40_000, 1],
  ])('of a stay %s fires as it should', (_, untilMs, fired) => {
    expect(over(rule({ condition: occupancy(0, 30 * s) }), [[10 * s, untilMs]])).toHaveLength(fired);
  });

  it('begins anew when there were too few in between, however shortly', () => {
    const visits = [
      [0, 20 * s],
      [20 * s + 1, 45 * s],
    ] as const;
    expect(over(rule({ condition: occupancy(0, 30 * s) }), visits)).toEqual([]);
    // Nobody is missing where one comes as the other goes.
    const relay = over(rule({ condition: occupancy(0, 30 * s) }), [
      [0, 20 * s],
      [20 * s, 45 * s],
    ]);
    expect(relay).toEqual([]);
  });

  it('is not fulfilled by time that nobody watched', () => {
    const evaluator = new WatchEvaluator(rule({ condition: occupancy(0, 30 * s) }));
    evaluator.comes(who(1), 0);
    evaluator.watched(0, 20 * s);
    evaluator.watched(23 * s, 60 * s);
    expect(times(evaluator.settle(60 * s))).toEqual([[53 * s, 60 * s]]);
  });

  it('takes two frames up to 2 s apart for watched in between', () => {
    const evaluator = new WatchEvaluator(rule({ condition: occupancy(0, 30 * s) }));
    evaluator.comes(who(1), 0);
    evaluator.watched(0, 20 * s);
    evaluator.watched(21.9 * s, 60 * s);
    expect(times(evaluator.settle(60 * s))).toEqual([[30 * s, 60 * s]]);
  });

  it('counts only within its hours, and from their beginning', () => {
    // 1970-01-01T00:00Z is a quarter past in nobody's time zone: the hours begin 10 s after the visit.
    const hours = { fromMinute: 1, toMinute: 2, timeZone: 'UTC' };
    const visits = [[50 * s, 150 * s]] as const;
    expect(times(over(rule({ condition: occupancy(0, 30 * s), hours }), visits, 200 * s))).toEqual([
      [90 * s, 120 * s],
    ]);
  });
});

describe('an incident', () => {
  const visits = [
    [10 * s, 20 * s],
    [29 * s, 30 * s],
    [40 * s, 50 * s],
  ] as const;

  it.each([
    [
      0,
      [
        [10, 20],
        [29, 30],
        [40, 50],
      ],
    ],
    [
      9,
      [
        [10, 20],
        [29, 30],
        [40, 50],
      ],
    ],
    [
      9.001,
      [
        [10, 30],
        [40, 50],
      ],
    ],
    [10.001, [[10, 50]]],
  ])('with a cooldown of %d s has gaps shorter than that', (cooldown, expected) => {
    const found = over(rule({ condition: occupancy(0, 0), cooldownMs: cooldown * s }), visits);
    expect(times(found)).toEqual(expected.map((pair) => pair.map((at) => at * s)));
  });

  it('is over once its cooldown has gone by', () => {
    const evaluator = new WatchEvaluator(rule({ condition: occupancy(0, 0), cooldownMs: 10 * s }));
    evaluator.comes(who(1), 1 * s);
    evaluator.watched(0, 60 * s);
    const [incident] = evaluator.settle(5 * s);
    evaluator.goes(who(1), 6 * s);
    evaluator.settle(15.9 * s);
    expect(incident).toMatchObject({ open: true, untilMs: 6 * s });
    evaluator.settle(16 * s);
    expect(incident).toMatchObject({ open: false, untilMs: 6 * s });
  });

  it('of before a restart goes on when it is so again within the cooldown, and fires anew later', () => {
    const before = { timeMs: 0, sinceMs: 0, untilMs: 10 * s, tracks: [], open: true, resumed: true };
    const after = (comesMs: number) => {
      const resumed = [{ ...before }];
      const evaluator = new WatchEvaluator(rule({ condition: occupancy(0, 0), cooldownMs: 60 * s }), resumed);
      evaluator.watched(20 * s, 200 * s);
      evaluator.comes(who(9), comesMs);
      return evaluator.settle(200 * s).length;
    };
    expect([after(69 * s), after(71 * s)]).toEqual([0, 1]);
  });
});

describe('nobody there', () => {
  const absence = { kind: 'absence', forMs: 30 * s } as const;

  it('fires when nobody was seen for so long while somebody looked', () => {
    expect(times(over(rule({ condition: absence }), [[10 * s, 20 * s]]))).toEqual([[50 * s, 100 * s]]);
  });

  it('says nothing of time that was not watched', () => {
    const evaluator = new WatchEvaluator(rule({ condition: absence }));
    evaluator.watched(0, 20 * s);
    evaluator.watched(60 * s, 85 * s);
    expect(evaluator.settle(85 * s)).toEqual([]);
  });
});

describe('a camera that is down', () => {
  it('fires when no picture came for so long while some should have come', () => {
    const evaluator = new WatchEvaluator(rule({ condition: { kind: 'camera_down', forMs: 30 * s } }));
    evaluator.expected(true, 0);
    evaluator.watched(5 * s, 20 * s);
    evaluator.unwatched(49 * s);
    expect(evaluator.settle(49 * s)).toEqual([]);
    evaluator.unwatched(51 * s);
    expect(times(evaluator.settle(51 * s))).toEqual([[50 * s, 51 * s]]);
    evaluator.expected(false, 55 * s);
    evaluator.settle(300 * s);
    expect(times(evaluator.incidents)).toEqual([[50 * s, 55 * s]]);
  });
});

describe('facts that are told late', () => {
  it('move nothing: who was known late is there from when he came', () => {
    const evaluator = new WatchEvaluator(rule({ condition: occupancy(0, 30 * s) }));
    evaluator.watched(0, 50 * s);
    evaluator.settle(15 * s);
    evaluator.comes(who(1), 10 * s);
    evaluator.settle(39 * s);
    expect(times(evaluator.settle(45 * s))).toEqual([[40 * s, 45 * s]]);
  });

  it('give the same incidents in whatever order and portions they come, as long as each is told before it is settled', () => {
    const visit = fc.record({
      from: fc.integer({ min: 0, max: 90 }),
      length: fc.integer({ min: 0, max: 30 }),
      toldLate: fc.integer({ min: 0, max: 4 }),
    });
    const gap = fc.record({ from: fc.integer({ min: 5, max: 80 }), length: fc.integer({ min: 3, max: 20 }) });
    fc.assert(
      fc.property(
        fc.array(visit, { maxLength: 12 }),
        gap,
        fc.integer({ min: 0, max: 2 }),
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 0, max: 12 }),
        (visits, hole, moreThan, forS, cooldownS) => {
          const watch = rule({ condition: occupancy(moreThan, forS * s), cooldownMs: cooldownS * s });
          const past = new WatchEvaluator(watch);
          const live = new WatchEvaluator(watch);
          const isWatched = (at: number) => at <= hole.from || at >= hole.from + hole.length;
          for (const [n, { from, length }] of visits.entries()) {
            past.comes(trackId(`t${n}`), from * s);
            past.goes(trackId(`t${n}`), (from + length) * s);
          }
          past.watched(0, hole.from * s);
          past.watched((hole.from + hole.length) * s, 130 * s);
          const expected = past.settle(130 * s);
          const found = [];
          for (let now = 0; now <= 130; now++) {
            if (isWatched(now)) live.watched((isWatched(now - 1) ? Math.max(0, now - 1) : now) * s, now * s);
            for (const [n, { from, length, toldLate }] of visits.entries()) {
              if (now === from + toldLate) live.comes(trackId(`t${n}`), from * s);
              if (now === from + length + toldLate) live.goes(trackId(`t${n}`), (from + length) * s);
            }
            // As live: up to the oldest moment of which something may yet be told.
            found.push(...live.settle((now - 5) * s));
          }
          found.push(...live.settle(130 * s));
          expect(times(found)).toEqual(times(expected));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('events', () => {
  const crossing = { kind: 'event', type: 'crossing' } as const;
  const told = (cooldownMs: number, atMs: readonly number[]) => {
    const evaluator = new WatchEvaluator<number>(rule({ condition: crossing, cooldownMs }));
    for (const timeMs of atMs) evaluator.happened({ timeMs, trackId: who(timeMs), ref: timeMs });
    return evaluator.settle(100 * s).map(({ event }) => event);
  };

  it('fire each without a cooldown, also two at once', () => {
    expect(told(0, [1, 1, 5])).toEqual([1, 1, 5]);
  });

  it('that follow within the cooldown fire once, also when they are told in another order', () => {
    expect(told(10 * s, [1000, 9000, 18_000, 40_000])).toEqual([1000, 40_000]);
    expect(told(10 * s, [40_000, 1000, 9000])).toEqual([40_000, 1000]);
  });
});
