import type { Box } from '../domain/box.ts';
import type { ZoneShape } from '../domain/event.ts';
import type { CameraId, TrackId } from '../domain/ids.ts';
import type { Interval } from '../domain/time.ts';
import { visitsOf } from '../events/occupancy.ts';
import { replayTrack, visitReachOf } from '../events/replay.ts';
import type { Reader } from '../store/reader.ts';
import { aspectsOf } from './pastEvents.ts';

/** Fewer sightings may be a mistake of the detector. */
const leastPoints = 3;
const everywhere: Box = { x1: -0.5, y1: -0.5, x2: 1.5, y2: 1.5 };

/** Somebody's stay in a zone or in the picture; one that goes on has no end. */
export interface PastVisit {
  readonly trackId: TrackId;
  readonly fromMs: number;
  readonly toMs?: number;
}

/** All visits that touch the window, told from the stored trajectories. Works in slices. */
export async function pastVisits(
  reader: Reader,
  camera: CameraId,
  zone: ZoneShape | undefined,
  window: Interval,
  labels: readonly string[] | undefined,
): Promise<PastVisit[]> {
  const aspects = aspectsOf(reader, camera);
  const reach = zone ? visitReachOf(zone.polygon, aspects.widest) : { area: everywhere };
  const visits: PastVisit[] = [];
  for await (const track of reader.tracksThrough(camera, window, { ...reach, labels })) {
    if (zone) {
      const replayed = replayTrack(camera, [zone], track, window, { aspect: aspects.of(track.run) });
      for (const { trackId, fromMs, toMs, open } of visitsOf(track, replayed))
        visits.push({ trackId, fromMs, ...(!open && { toMs }) });
    } else if (track.points >= leastPoints) {
      const { id: trackId, firstMs: fromMs, lastMs, ended } = track;
      visits.push({ trackId, fromMs, ...(ended && { toMs: lastMs }) });
    }
  }
  return visits;
}
