import { rowNumber, type EventId, type TrackId } from '../domain/ids.ts';
import { eventId, trackId } from '../domain/ids.ts';
import type { Grouping, Strand } from './contract.ts';

/*
 * An incident is not stored: its id says how to find it again. It names the moment with which each of its strands begins,
 * an event by its number and a presence by its track, and the grouping where that is not the usual one:
 *   i12              what begins with event e12
 *   i12.40           the same, and in another camera what begins with e40
 *   i.gate-1-7       what begins with the presence of track gate-1-7
 *   i12-g30~person   what begins with e12, with gaps up to 30 s, of people alone
 */

export const usualGapMs = 60_000;

/** What a strand begins with. */
export type Beginning = { readonly event: EventId } | { readonly track: TrackId };

export interface ParsedHandle {
  readonly beginnings: readonly Beginning[];
  readonly grouping: Grouping;
}

export function handleOf(strands: readonly Strand[], { gapMs, labels }: Grouping): string {
  const parts = strands.flatMap(({ moments: [first] }) => {
    if (!first) return [];
    return [first.event ? String(rowNumber(first.event.id, 'e')) : first.trackId];
  });
  const isEvent = /^\d+$/.test(parts[0] ?? '');
  const gap = gapMs === usualGapMs ? '' : `-g${gapMs / 1000}`;
  const classes = labels ? `~${labels.toSorted().map(encodeURIComponent).join(',')}` : '';
  return `i${isEvent ? '' : '.'}${parts.join('.')}${gap}${classes}`;
}

/** Undefined when the text is no incident's id. */
export function parseHandle(text: string): ParsedHandle | undefined {
  const match = /^i\.?([a-z0-9_.-]+?)(?:-g(\d{1,3}))?(?:~(.+))?$/i.exec(text);
  const [, parts, gap, classes] = match ?? [];
  if (parts === undefined) return undefined;
  const gapMs = gap === undefined ? usualGapMs : Number(gap) * 1000;
  const labels = classes === undefined ? undefined : decoded(classes);
  const beginnings = parts
    .split('.')
    .map((part): Beginning =>
      /^\d{1,15}$/.test(part) ? { event: eventId(Number(part)) } : { track: trackId(part) },
    );
  return gapMs > 0 ? { beginnings, grouping: { gapMs, ...(labels && { labels }) } } : undefined;
}

function decoded(classes: string): string[] {
  return classes.split(',').map((label) => {
    try {
      return decodeURIComponent(label);
    } catch (error) {
      // Not written by handleOf: no class is called so, and none will be found.
      if (error instanceof URIError) return label;
      throw error;
    }
  });
}
