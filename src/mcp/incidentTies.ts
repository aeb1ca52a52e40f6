import type { TrackId } from '../domain/ids.ts';
import type { CameraLink } from '../domain/link.ts';
import type { Identity } from '../identify/contract.ts';
import type { Strand, Tie } from '../incidents/contract.ts';
import { sameTrackMs } from '../incidents/strands.ts';
import type { Reader } from '../store/reader.ts';
import type { StoredTrack } from '../store/types.ts';
import { leastPoints, peopleAmong, type People } from './people.ts';

/** Of strands near each other: comparing more takes too long for an answer that is about something else. */
const mostCompared = 150;
/** In one question. */
const mostPairs = 30_000;

/** Farther apart in time than this nothing of two cameras is one incident, ms. */
export const longestWayMs = 600_000;

export interface Ties {
  readonly ties: readonly Tie[];
  /** How many tracks were too many to be compared by looks. */
  readonly notCompared: number;
}

/**
 * What tells that strands of different cameras belong together: the same person or thing was in both, or somebody
 * appeared as long after somebody else was gone as the configured way takes.
 */
export function tiesBetween(reader: Reader, strands: readonly Strand[], gapMs: number): Ties {
  const links = reader.links();
  const longestLinkMs = Math.max(0, ...links.map(({ maxSeconds }) => maxSeconds * 1000));
  const reachMs = Math.min(longestWayMs, Math.max(gapMs, longestLinkMs));
  const ties: Tie[] = [];
  let notCompared = 0;
  let pairs = 0;
  // The newest first: they are told first, too.
  for (const near of clustersOf(strands, reachMs).reverse()) {
    const cameras = [...new Set(near.map(({ camera }) => camera))];
    if (cameras.length < 2) continue;
    const moments = near.flatMap((strand) => strand.moments);
    const taking = [...new Set(moments.map(({ trackId }) => trackId))];
    const labels = [...new Set(moments.map(({ label }) => label))];
    const fromMs = Math.min(...near.map((strand) => strand.fromMs));
    const toMs = Math.max(...near.map((strand) => strand.toMs)) + 1;
    const filter = { cameras, labels, leastPoints };
    const count = reader.countTracksIn({ fromMs, toMs }, filter);
    const isComparable = count <= mostCompared && pairs + count * count <= mostPairs;
    if (isComparable) pairs += count * count;
    const people = isComparable ? peopleAmong(reader, reader.tracksIn({ fromMs, toMs }, filter)) : undefined;
    if (!people) notCompared += count;
    const tracks = new Map(reader.tracksById(taking).map((track) => [track.id, track]));
    if (people) ties.push(...tiesByPeople(people, tracks, reachMs));
    ties.push(...tiesByWay(near, links, tracks, people));
  }
  return { ties, notCompared };
}

/** Strands in groups with more than `reachMs` between one and the next. */
function clustersOf(strands: readonly Strand[], reachMs: number): Strand[][] {
  const clusters: Strand[][] = [];
  let endMs = -Infinity;
  for (const strand of strands.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = clusters.at(-1);
    if (last && strand.fromMs - endMs <= reachMs) last.push(strand);
    else clusters.push([strand]);
    endMs = Math.max(endMs, strand.toMs);
  }
  return clusters;
}

function tiesByPeople(
  { identities: { identities } }: People,
  tracks: ReadonlyMap<TrackId, StoredTrack>,
  reachMs: number,
): Tie[] {
  return identities.flatMap((identity) => {
    const own = identity.trackIds.flatMap((id) => tracks.get(id) ?? []);
    return own.slice(1).flatMap((to, n): Tie[] => {
      const from = own[n];
      if (!from || from.camera === to.camera || to.firstMs - from.lastMs > reachMs) return [];
      const { probability, because } = sameness(identity, from.id, to.id);
      return [{ from: from.id, to: to.id, because, probability, seconds: secondsBetween(from, to) }];
    });
  });
}

/** How sure it is that two tracks of an identity are one: as sure as the weakest step from the one to the other. */
export function sameness(
  { trackIds, hops }: Identity,
  a: TrackId,
  b: TrackId,
): { probability: number; because: 'appearance' | 'correction' } {
  const [first = 0, last = 0] = [trackIds.indexOf(a), trackIds.indexOf(b)].sort((x, y) => x - y);
  const between = hops.slice(first, last);
  return {
    probability: Math.min(1, ...between.map(({ probability }) => probability)),
    because: between.every(({ because }) => because === 'correction') ? 'correction' : 'appearance',
  };
}

/** To two digits; only what a user said is told to be sure. */
export const shownProbability = ({ probability, because }: ReturnType<typeof sameness>): number =>
  because === 'correction' ? 1 : Math.min(0.99, Number(probability.toFixed(2)));

/** A strand begins with somebody who appears as long after another of the class left the other camera as the way takes. */
function tiesByWay(
  strands: readonly Strand[],
  links: readonly CameraLink[],
  tracks: ReadonlyMap<TrackId, StoredTrack>,
  people: People | undefined,
): Tie[] {
  return strands.flatMap((later) => {
    const to = tracks.get(later.moments[0]?.trackId ?? ('' as TrackId));
    if (!to) return [];
    return links.flatMap(({ from: camera, to: into, minSeconds, maxSeconds }): Tie[] => {
      if (into !== later.camera) return [];
      const left = strands
        .filter((strand) => strand.camera === camera && isJustBefore(strand, later))
        .flatMap(({ moments }) => moments.flatMap(({ trackId }) => tracks.get(trackId) ?? []))
        .filter((from) => from.label === to.label && !(people && areOthers(people, from.id, to.id)))
        .filter((from) => {
          const seconds = secondsBetween(from, to);
          return seconds >= minSeconds && seconds <= Math.min(maxSeconds, longestWayMs / 1000);
        });
      const from = left.toSorted((a, b) => b.lastMs - a.lastMs)[0];
      return from ? [{ from: from.id, to: to.id, because: 'way', seconds: secondsBetween(from, to) }] : [];
    });
  });
}

/** Those of the one may have left no longer before the other began than any way takes. */
const isJustBefore = (strand: Strand, later: Strand): boolean =>
  strand.fromMs <= later.toMs && strand.toMs >= later.fromMs - longestWayMs - sameTrackMs;

/** Whether looks tell that two tracks are not of one. */
function areOthers({ identities: { identities, doubts }, tracks }: People, a: TrackId, b: TrackId): boolean {
  const isKnown = (id: TrackId) => (tracks.get(id)?.appearances.length ?? 0) > 0;
  const idOf = (id: TrackId) => identities.find(({ trackIds }) => trackIds.includes(id))?.id;
  const [one, other] = [idOf(a), idOf(b)];
  if (!isKnown(a) || !isKnown(b) || one === other) return false;
  return !doubts.some((doubt) => [doubt.a, doubt.b].every((id) => id === one || id === other));
}

const secondsBetween = (from: StoredTrack, to: StoredTrack): number => (to.firstMs - from.lastMs) / 1000;
