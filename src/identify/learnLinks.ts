import type { CameraId, TrackId } from '../domain/ids.ts';
import type { Link, SeenTrack } from './contract.ts';
import { identitiesOf } from './identities.ts';
import type { Looks } from './trackLooks.ts';

/** From fewer ways from one camera to another nothing is learnt. */
const fewestWays = 5;
/** Of the seconds between the outermost twentieths, so much is added on either side. */
const margin = 0.5;

/**
 * Ways between cameras and the time they take, from people who were recognised in both without knowing any: of each two
 * cameras in which the same people were seen one after the other at least five times.
 */
export function learnLinks(tracks: readonly SeenTrack[], looks?: Looks): Link[] {
  if (new Set(tracks.map(({ camera }) => camera)).size < 2) return [];
  return [...waysOf(tracks, looks).values()]
    .filter(({ seconds }) => seconds.length >= fewestWays)
    .map(({ from, to, seconds }) => {
      const sorted = seconds.toSorted((a, b) => a - b);
      const least = sorted[Math.floor(0.05 * sorted.length)] ?? 0;
      const most = sorted[Math.ceil(0.95 * sorted.length) - 1] ?? 0;
      const added = margin * Math.max(1, most - least);
      return { from, to, minSeconds: least - added, maxSeconds: most + added };
    });
}

interface Way {
  readonly from: CameraId;
  readonly to: CameraId;
  readonly seconds: number[];
}

function waysOf(tracks: readonly SeenTrack[], looks: Looks | undefined): Map<string, Way> {
  const byId = new Map<TrackId, SeenTrack>(tracks.map((track) => [track.trackId, track]));
  const ways = new Map<string, Way>();
  for (const { hops } of identitiesOf(tracks, looks && { looks }).identities) {
    for (const hop of hops) {
      const [a, b] = [byId.get(hop.from), byId.get(hop.to)];
      if (!a || !b || a.camera === b.camera) continue;
      const key = `${a.camera} ${b.camera}`;
      const way = ways.get(key) ?? { from: a.camera, to: b.camera, seconds: [] };
      way.seconds.push((b.fromMs - a.toMs) / 1000);
      ways.set(key, way);
    }
  }
  return ways;
}
