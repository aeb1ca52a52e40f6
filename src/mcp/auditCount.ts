import * as z from 'zod';
import {
  doubtfulPairs,
  leastCount,
  type CountedPassage,
  type DoubtfulPair,
} from '../events/doubtfulPairs.ts';
import { looksAmong } from '../identify/trackLooks.ts';
import type { Reader } from '../store/reader.ts';
import { seenTracks } from './people.ts';
import type { CountedEvent } from './tally.ts';
import { localTime } from './window.ts';

/** Comparing more takes too long for an answer. */
const maxCompared = 5_000;
const maxShown = 5;

export const auditSchema = z.object({
  total: z.int().describe('Pairs that may be one object counted twice'),
  least_count: z.int().describe('The count if each pair is one object'),
  compared: z.int().optional().describe('Only the first so many events were compared'),
  doubtful_pairs: z
    .array(
      z.object({
        track_ids: z.array(z.string()),
        classes: z.array(z.string()),
        times: z.array(z.string()),
        event_ids: z
          .array(z.string())
          .optional()
          .describe('Look at both with get_snapshot. Absent: track_id, and its time as at'),
        why: z.string(),
      }),
    )
    .describe('The surest first, at most 5'),
});

export type CountAudit = z.input<typeof auditSchema>;

/**
 * Pairs of counted events that may be of one object.
 *
 * @param groups events of one type, each group of one camera and one line or zone
 */
export function auditCount(
  reader: Reader,
  groups: readonly (readonly CountedEvent[])[],
  timeZone: string,
): CountAudit {
  const all = groups.flat();
  const compared = new Set(all.toSorted((a, b) => a.timeMs - b.timeMs).slice(0, maxCompared));
  const eventOf = new Map<CountedPassage, CountedEvent>();
  const pairs = groups.flatMap((group) => {
    const events = group.filter((event) => compared.has(event));
    const passages = passagesOf(reader, events, eventOf);
    return doubtfulPairs(passages, (track, fromMs, toMs) => reader.trackPoints(track, fromMs, toMs));
  });
  const shown = pairs.slice(0, maxShown);
  const looks = looksOf(reader, shown);
  return {
    total: pairs.length,
    least_count: leastCount(all.length, pairs),
    ...(compared.size < all.length && { compared: compared.size }),
    doubtful_pairs: shown.map((pair) => {
      const { a, b } = pair;
      const ids = [a, b].flatMap((passage) => eventOf.get(passage)?.id ?? []);
      return {
        track_ids: [a.trackId, b.trackId],
        classes: [a.label, b.label],
        times: [localTime(a.timeMs, timeZone), localTime(b.timeMs, timeZone)],
        ...(ids.length === 2 && { event_ids: ids }),
        why: whyText(pair) + looks(pair),
      };
    }),
  };
}

/** One sentence, and what to do next. */
export function auditText({
  total,
  least_count: least,
  compared,
  doubtful_pairs: pairs,
}: CountAudit): string {
  const limit =
    compared === undefined
      ? ''
      : ` Only the first ${compared} events were compared: ask for a shorter window.`;
  if (total === 0) return `No two of the counted tracks look like one object.${limit}`;
  const shown = pairs.map(({ track_ids: [a = '', b = ''], why }) => `${a} and ${b} (${why})`);
  const more = total > pairs.length ? `; ${total - pairs.length} more` : '';
  const are = total === 1 ? '1 pair may be one object' : `${total} pairs may be one object each`;
  return `${are}, the count then ${least}: ${shown.join('; ')}${more}. Look at both of each pair with get_snapshot.${limit}`;
}

function passagesOf(
  reader: Reader,
  events: readonly CountedEvent[],
  eventOf: Map<CountedPassage, CountedEvent>,
): CountedPassage[] {
  const ids = [...new Set(events.map(({ trackId }) => trackId))];
  const tracks = new Map(reader.tracksById(ids).map((track) => [track.id, track]));
  const ends = reader.trackEnds(ids);
  return events.flatMap((event) => {
    const [track, seen] = [tracks.get(event.trackId), ends.get(event.trackId)];
    if (!track || !seen) return [];
    const { trackId, timeMs, direction } = event;
    const { label, firstMs, lastMs } = track;
    const boxes = { firstBox: seen.first.box, lastBox: seen.last.box };
    const passage = { trackId, label, timeMs, direction, firstMs, lastMs, ...boxes };
    eventOf.set(passage, event);
    return [passage];
  });
}

function whyText({ a, b, because }: DoubtfulPair): string {
  if (because.kind === 'overlap') {
    const moments = because.moments === 1 ? '1 moment' : `${because.moments} moments`;
    return `boxes overlap ${Math.round(100 * because.overlap)} % at ${moments}${a.label === b.label ? '' : `, as ${a.label} and ${b.label}`}`;
  }
  const seconds = (Math.abs(because.afterMs) / 1000).toFixed(1);
  const when =
    because.afterMs < 0 ? `${seconds} s before the first ended` : `${seconds} s after the first ended`;
  return `the second starts ${when}, in the same place`;
}

/** What appearances add to a continuation; nothing where they are not stored. Boxes on the same place look alike anyway. */
function looksOf(reader: Reader, pairs: readonly DoubtfulPair[]): (pair: DoubtfulPair) => string {
  const ids = pairs.flatMap(({ a, b }) => [a.trackId, b.trackId]);
  const seen = seenTracks(reader, reader.tracksById([...new Set(ids)]));
  const trackOf = new Map(seen.map((track) => [track.trackId, track]));
  const looks = looksAmong(seen);
  return ({ a, b, because }) => {
    const [one, other] = [trackOf.get(a.trackId), trackOf.get(b.trackId)];
    const ratio = because.kind === 'continues' && one && other ? looks(one, other) : undefined;
    if (ratio === undefined) return '';
    return ratio > 0 ? '; they look alike' : '; they do not look alike';
  };
}
