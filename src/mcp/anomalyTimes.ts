import type { Clock } from '../anomaly/contract.ts';
import type { Interval } from '../domain/time.ts';
import { hourTable, type HourTable } from './hourTable.ts';
import { localHours } from './localHours.ts';

/** Weeks that a window is compared with, ms: eight. */
const pastMs = 56 * 86_400_000;

/** The window and what it is compared with. */
export interface Times {
  readonly window: Interval;
  readonly past: Interval;
  /** Both. */
  readonly all: Interval;
  readonly clock: Clock;
  readonly table: HourTable;
}

export function timesOf(window: Interval, timeZone: string): Times {
  const past = { fromMs: window.fromMs - pastMs, toMs: window.fromMs };
  const before = localHours(past, timeZone);
  const clock = { hours: [...before, ...localHours(window, timeZone)], past: before.length };
  return { window, past, all: { fromMs: past.fromMs, toMs: window.toMs }, clock, table: hourTable(clock) };
}
