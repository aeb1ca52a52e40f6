import { boxWidth } from '../domain/box.ts';
import type { FrameRecord } from '../domain/frame.ts';
import { anchorOf, distanceToSegment, edgesOf, insidePolygon, type Polygon } from '../domain/geometry.ts';
import type { TrackId } from '../domain/ids.ts';
import { intoPicture, isOnPictureEdge, snapPolygon } from '../domain/pictureEdge.ts';
import type { TrackPoint, TrackUpdate } from '../domain/track.ts';

/** An area in which nothing begins: what only ever was in it is left alone. */
export interface IgnoreZone {
  readonly polygon: Polygon;
  /** Only of these classes; absent: of all. */
  readonly labels?: readonly string[];
}

/** An anchor has left an ignored area once it is this far outside, in box widths, so that a trembling box stays inside. */
const margin = 0.25;

/**
 * Takes out of the frames of one camera the tracks that have not left the ignored areas since they began. One that
 * leaves is given from its first point outside on, and whoever comes in from outside is followed through.
 *
 * @returns a function to be called with each frame, in order
 */
export function createIgnorer(zones: readonly IgnoreZone[]): (record: FrameRecord) => FrameRecord {
  if (zones.length === 0) return (record) => record;
  const areas = zones.map(({ polygon, labels }) => ({ isIn: areaTest(polygon), labels }));
  const isIgnoredAt = (label: string, point: TrackPoint) =>
    areas.some(({ isIn, labels }) => (!labels || labels.includes(label)) && isIn(point));
  const shown = new Set<TrackId>();

  function outside({ trackId, label, points }: TrackUpdate): TrackUpdate[] {
    if (shown.has(trackId)) return [{ trackId, label, points }];
    const first = points.findIndex((point) => !isIgnoredAt(label, point));
    if (first < 0) return [];
    shown.add(trackId);
    return [{ trackId, label, points: points.slice(first) }];
  }

  return (record) => {
    const tracks = record.tracks.flatMap(outside);
    const { timeMs } = record;
    const detections = record.detections.filter(({ trackId, label, box, confidence }) =>
      trackId === undefined ? !isIgnoredAt(label, { timeMs, box, confidence }) : shown.has(trackId),
    );
    const ended = record.ended.filter((trackId) => shown.delete(trackId));
    return { ...record, tracks, ended, detections };
  };
}

function areaTest(polygon: Polygon): (point: TrackPoint) => boolean {
  const corners = snapPolygon(polygon);
  const edges = edgesOf(corners).filter(([a, b]) => !isOnPictureEdge(a, b));
  return ({ box }) => {
    const anchor = intoPicture(anchorOf(box));
    if (insidePolygon(corners, anchor)) return true;
    return edges.some(([a, b]) => distanceToSegment(anchor, a, b) <= margin * boxWidth(box));
  };
}
