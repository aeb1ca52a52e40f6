import { Temporal } from 'temporal-polyfill';
import * as z from 'zod';
import { sameRateP } from '../anomaly/twoRates.ts';
import type { Interval } from '../domain/time.ts';
import type { Coverage } from './coverage.ts';
import { localTime } from './window.ts';

export const comparedWindows = ['previous', 'same_time_last_week'] as const;
type ComparedWindow = (typeof comparedWindows)[number];

/** Rarer than this if nothing had changed, a difference is called more than chance. */
const chance = 0.05;

export const comparisonSchema = z.object({
  with: z.object({ from: z.string(), to: z.string() }),
  count: z.int(),
  watched: z.number().describe('Share of that window, 0–1'),
  difference: z.int().optional().describe('Of the count; absent: one of them was not watched'),
  p: z
    .number()
    .optional()
    .describe('Chance of so large a difference if nothing had changed, by time watched'),
  more_than_chance: z.boolean().optional(),
});

export type Comparison = z.input<typeof comparisonSchema>;

/** The window that is as long and lies right before, or the same local time a week before. */
export function comparedWindow(window: Interval, which: ComparedWindow, timeZone: string): Interval {
  if (which === 'previous')
    return { fromMs: window.fromMs - (window.toMs - window.fromMs), toMs: window.fromMs };
  const weekBefore = (timeMs: number) =>
    Temporal.Instant.fromEpochMilliseconds(timeMs).toZonedDateTimeISO(timeZone).subtract({ weeks: 1 })
      .epochMilliseconds;
  return { fromMs: weekBefore(window.fromMs), toMs: weekBefore(window.toMs) };
}

/** A count of one window beside that of another. */
export interface CountedWindow {
  readonly count: number;
  readonly coverage: Pick<Coverage, 'covered_seconds' | 'share'>;
}

export function comparisonOf(
  now: CountedWindow,
  before: CountedWindow,
  window: Interval,
  timeZone: string,
): Comparison {
  const timed = ({ count, coverage }: CountedWindow) => ({ count, time: coverage.covered_seconds });
  const p = sameRateP(timed(now), timed(before));
  return {
    with: { from: localTime(window.fromMs, timeZone), to: localTime(window.toMs, timeZone) },
    count: before.count,
    watched: before.coverage.share,
    ...(p !== undefined && {
      difference: now.count - before.count,
      p: Number(p.toPrecision(2)),
      more_than_chance: p < chance,
    }),
  };
}

/** One sentence, or a warning where there is nothing to compare with. */
export function comparisonText({ with: { from, to }, count, difference, p, ...rest }: Comparison): string {
  if (difference === undefined)
    return rest.watched === 0
      ? `NOT WATCHED from ${from} to ${to}: there is nothing to compare with.`
      : 'Nothing was watched in the window asked about, so it cannot be compared.';
  const sign =
    difference > 0 ? `${difference} more than` : difference < 0 ? `${-difference} fewer than` : 'as many as';
  const verdict = rest.more_than_chance === true ? 'more than chance' : 'may be chance';
  const watched =
    rest.watched < 1 ? `, of which ${Number((rest.watched * 100).toFixed(1))} % was watched` : '';
  return `That is ${sign} the ${count} from ${from} to ${to}${watched}: ${verdict} (p ${p ?? 1}, by time watched).`;
}
