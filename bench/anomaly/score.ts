import type { Family } from '../../src/anomaly/contract.ts';
import type { Alarm } from './rules.ts';
import { hourMs, startMs, type Injection, type Kind } from './year.ts';

const meant: Readonly<Record<Kind, readonly Family[]>> = {
  spike: ['more', 'odd_hour'],
  drop: ['fewer'],
  'shift up': ['more', 'odd_hour'],
  'shift down': ['fewer'],
  loiterer: ['loitering'],
  'wrong way': ['wrong_way'],
};

export type Score = ReturnType<typeof createScore>;

/** Counts what was found of what was injected, and alarms for which there was no reason. */
export function createScore(injections: readonly Injection[]) {
  const found = new Set<Injection>();
  const falseAlarms = new Map<Family, number>();
  let cameraDays = 0;
  return {
    add(camera: number, alarms: readonly Alarm[]): void {
      cameraDays++;
      const here = injections.filter((one) => one.camera === camera);
      for (const alarm of alarms) {
        const reasons = here.filter(
          ({ from, to }) => alarm.fromMs < startMs + to * hourMs && alarm.toMs > startMs + from * hourMs,
        );
        // An alarm of another kind in the time of an injection is neither right nor wrong: it may well be its effect.
        if (reasons.length === 0) falseAlarms.set(alarm.family, (falseAlarms.get(alarm.family) ?? 0) + 1);
        for (const reason of reasons) if (meant[reason.kind].includes(alarm.family)) found.add(reason);
      }
    },
    recall: (kind?: Kind): number => {
      const asked = injections.filter((one) => kind === undefined || one.kind === kind);
      return asked.filter((one) => found.has(one)).length / asked.length;
    },
    perCameraWeek: (): number => [...falseAlarms.values()].reduce((sum, n) => sum + n, 0) / (cameraDays / 7),
    byFamily: (): string =>
      [...falseAlarms].map(([family, n]) => `${family} ${(n / (cameraDays / 7)).toFixed(2)}`).join(', ') ||
      'none',
  };
}
