import { theDayMs } from '../world.ts';

export const hourMs = 3_600_000;

export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The day on which it happens. */
export const theDay: Window = { fromMs: theDayMs, toMs: theDayMs + 24 * hourMs };

/** A window as an agent gives it. */
export const windowOf = ({ fromMs, toMs }: Window) => ({
  from: new Date(fromMs).toISOString(),
  to: new Date(toMs).toISOString(),
});

export const later = ({ fromMs, toMs }: Window, byMs: number): Window => ({
  fromMs: fromMs + byMs,
  toMs: toMs + byMs,
});

/** The nearest whole minute: what an agent says aloud. */
export const minuteOf = (time: string): number => Math.round(Date.parse(time) / 60_000) * 60_000;

/** Of a gap as told in one line: "gate FROM to TO". */
export function gapOf(text: string): { camera: string; fromMs: number; toMs: number } {
  const [camera = '', from = '', , to = ''] = text.split(' ');
  return { camera, fromMs: minuteOf(from), toMs: minuteOf(to) };
}
