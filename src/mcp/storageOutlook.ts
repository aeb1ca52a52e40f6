import type { RetentionStatus } from '../domain/live.ts';
import type { Usage } from '../store/usage.ts';

const dayMs = 86_400_000;
/** What was stored in less says little of a day. */
const leastMs = dayMs / 24;

/** How long what is stored will reach back, at the rate at which it grew. */
export interface Outlook extends Usage {
  /** Days of the past that will be kept; absent: nothing is deleted, or it is too early to tell. */
  readonly keepsDays?: number;
  /** Days until the disk is full; absent: never, as older things are deleted before, or it is too early to tell. */
  readonly fullInDays?: number;
}

/**
 * @param recordedMs how long live cameras have stored: from the first moment that is kept to the last
 * @param limits absent: nothing is deleted
 */
export function outlookOf(usage: Usage, recordedMs: number, limits: RetentionStatus | undefined): Outlook {
  if (recordedMs < leastMs) return usage;
  const used = usage.databaseBytes + usage.stillsBytes;
  const bytesPerDay = used / (recordedMs / dayMs);
  const atMost = limits ? Math.min(limits.maxBytes, (limits.maxAgeMs / dayMs) * bytesPerDay) : Infinity;
  const grows = Math.max(0, atMost - used);
  return {
    ...usage,
    ...(limits && { keepsDays: rounded(atMost / bytesPerDay) }),
    ...(grows > usage.freeBytes && { fullInDays: rounded(usage.freeBytes / bytesPerDay) }),
  };
}

const rounded = (days: number): number => (days < 10 ? Math.round(days * 10) / 10 : Math.round(days));
