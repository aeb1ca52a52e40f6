import type { WatchDefinition } from '../domain/watch.ts';
import { hoursText } from './schedule.ts';

/** The rule in words, e.g. "more than 3 person in zone dock of yard for 30 s, 22:00-06:00 (Europe/Berlin)". */
export function ruleText({ camera, at, condition, labels, hours, cooldownMs }: WatchDefinition): string {
  const who = labels?.join(' or ') ?? 'objects';
  const where = at ? `${at.kind} ${at.shape} of ${camera}` : `the picture of ${camera}`;
  const lasting = (forMs: number) => (forMs > 0 ? ` for ${seconds(forMs)}` : '');
  const what = (): string => {
    switch (condition.kind) {
      case 'occupancy':
        return `more than ${condition.moreThan} ${who} in ${where}${lasting(condition.forMs)}`;
      case 'absence':
        return `no ${who} in ${where}${lasting(condition.forMs)}`;
      case 'event': {
        const kind = [condition.direction, condition.type].filter(Boolean).join(' ');
        return `${kind} of ${who} at ${where}${lasting(condition.forMs ?? 0)}`;
      }
      case 'camera_down':
        return `no pictures of ${camera}${lasting(condition.forMs)}`;
    }
  };
  const when = hours ? `, ${hoursText(hours)} (${hours.timeZone})` : '';
  const once = cooldownMs > 0 ? `, once until it was not so for ${seconds(cooldownMs)}` : '';
  return `${what()}${when}${once}`;
}

const seconds = (ms: number): string => `${Number((ms / 1000).toFixed(3))} s`;

/** No more digits than such an estimate is worth. */
export const rounded = (rate: number): number => (rate >= 10 ? Math.round(rate) : Number(rate.toFixed(1)));
