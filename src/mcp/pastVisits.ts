import type { ZoneShape } from '../domain/event.ts';
import type { CameraId, TrackId } from '../domain/ids.ts';
import type { Interval } from '../domain/time.ts';
import { visitsOf, type Visit } from '../events/occupancy.ts';
import { replayTrack, visitReachOf } from '../events/replay.ts';
import type { Reader } from '../store/reader.ts';
import { noCall, type Call } from './contract.ts';
import { aspectsOf, scanFor } from './pastEvents.ts';
import { everywhere, leastPoints } from './wholePicture.ts';

/** Which tracks' visits are asked for; conditions left out do not count. */
export interface VisitFilter {
  readonly labels?: readonly string[] | undefined;
  /** At least once so surely detected, 0–1. */
  readonly minConfidence?: number | undefined;
  readonly without?: readonly TrackId[];
}

/** All visits to the zone, or stays in the picture, that touch the window, told from the stored trajectories. Works in slices. */
export async function pastVisits(
  reader: Reader,
  camera: CameraId,
  zone: ZoneShape | undefined,
  window: Interval,
  { labels, minConfidence = 0, without = [] }: VisitFilter,
  call: Call = noCall,
): Promise<Visit[]> {
  const aspects = aspectsOf(reader, camera);
  const reach = zone ? visitReachOf(zone.polygon, aspects.widest) : { area: everywhere };
  const visits: Visit[] = [];
  const left = new Set(without);
  for await (const track of reader.tracksThrough(camera, window, {
    ...reach,
    labels,
    ...scanFor(call, camera),
  })) {
    if (track.maxConfidence < minConfidence || left.has(track.id)) continue;
    if (zone) {
      const replayed = replayTrack(camera, [zone], track, window, { aspect: aspects.of(track.run) });
      visits.push(...visitsOf(track, replayed));
    } else if (track.points >= leastPoints) {
      const { id: trackId, firstMs, lastMs, ended } = track;
      visits.push({
        trackId,
        fromMs: firstMs,
        toMs: lastMs,
        appeared: true,
        vanished: ended,
        open: !ended,
      });
    }
  }
  return visits;
}
