/** An interval of UTC milliseconds, end not included. */
export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

/** UTC ms as ISO 8601 with milliseconds, e.g. `2026-11-22T20:00:00.000Z`. */
export const isoTime = (timeMs: number): string => new Date(timeMs).toISOString();
