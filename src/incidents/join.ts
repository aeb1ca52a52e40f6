import type { TrackId } from '../domain/ids.ts';
import type { Incident, Strand, Tie } from './contract.ts';

/** Of one incident: beyond it the parts of a handle get too many, and what belongs together too doubtful. */
const mostStrands = 6;
/** From the first to the last moment of one incident in several cameras, ms. */
const longestMs = 2 * 3_600_000;

/**
 * Joins what happened in several cameras where ties tell that it belongs together, the surest first, as long as it does
 * not become too much for one incident.
 *
 * @param strands in the order of their beginning
 * @returns in the order of their beginning
 */
export function joinStrands(strands: readonly Strand[], ties: readonly Tie[]): Incident[] {
  const groups = strands.map((strand) => ({ strands: [strand], ties: [] as Tie[] }));
  const groupsOf = new Map<TrackId, Set<number>>();
  const groupOf = strands.map((_, n) => n);
  strands.forEach((strand, n) => {
    for (const { trackId } of strand.moments) {
      const known = groupsOf.get(trackId);
      if (known) known.add(n);
      else groupsOf.set(trackId, new Set([n]));
    }
  });
  for (const tie of ties.toSorted(surestFirst)) {
    for (const [a, b] of pairs(strands, groupsOf.get(tie.from), groupsOf.get(tie.to))) {
      const [one = a, other = b] = [groupOf[a], groupOf[b]];
      const [into, from] = [groups[Math.min(one, other)], groups[Math.max(one, other)]];
      if (!into || !from) continue;
      if (into === from) {
        if (!into.ties.includes(tie)) into.ties.push(tie);
        continue;
      }
      const all = [...into.strands, ...from.strands];
      if (all.length > mostStrands || lengthMs(all) > longestMs) continue;
      into.strands = all;
      into.ties.push(tie, ...from.ties);
      from.strands = [];
      groupOf.forEach((group, n) => {
        if (group === Math.max(one, other)) groupOf[n] = Math.min(one, other);
      });
    }
  }
  return groups.flatMap((group) =>
    group.strands.length > 0 ? [incidentFrom(group.strands, group.ties)] : [],
  );
}

const surestFirst = (a: Tie, b: Tie): number =>
  (b.probability ?? 0) - (a.probability ?? 0) ||
  Math.abs(a.seconds) - Math.abs(b.seconds) ||
  (a.from + a.to < b.from + b.to ? -1 : 1);

/** The strands that a tie is between: of two cameras, and those nearest in time where a track is in several. */
function pairs(
  strands: readonly Strand[],
  from: ReadonlySet<number> = new Set(),
  to: ReadonlySet<number> = new Set(),
): [number, number][] {
  const all = [...from].flatMap((a) => [...to].map((b): [number, number] => [a, b]));
  const apartMs = ([a, b]: [number, number]) => {
    const [one, other] = [strands[a], strands[b]];
    return one && other ? Math.max(other.fromMs - one.toMs, one.fromMs - other.toMs, 0) : Infinity;
  };
  return all
    .filter(([a, b]) => strands[a]?.camera !== strands[b]?.camera)
    .sort((one, other) => apartMs(one) - apartMs(other))
    .slice(0, 1);
}

const lengthMs = (strands: readonly Strand[]): number =>
  Math.max(...strands.map(({ toMs }) => toMs)) - Math.min(...strands.map(({ fromMs }) => fromMs));

/** The strands as one incident. */
export function incidentFrom(strands: readonly Strand[], ties: readonly Tie[]): Incident {
  const inOrder = strands.toSorted((a, b) => a.fromMs - b.fromMs);
  const moments = inOrder.flatMap((strand) => strand.moments).sort((a, b) => a.timeMs - b.timeMs);
  return {
    strands: inOrder,
    moments,
    fromMs: Math.min(...inOrder.map(({ fromMs }) => fromMs)),
    toMs: Math.max(...inOrder.map(({ toMs }) => toMs)),
    cameras: [...new Set(inOrder.map(({ camera }) => camera))],
    ties: ties.toSorted(surestFirst),
  };
}
