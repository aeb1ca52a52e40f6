import { boxBetween, iou, type Box } from '../domain/box.ts';
import type { TrackedDetection } from '../domain/detection.ts';
import type { FrameRecord } from '../domain/frame.ts';
import type { TrackId } from '../domain/ids.ts';

/** What was tracked at one moment. */
export interface Moment {
  /** UTC ms. */
  readonly timeMs: number;
  readonly objects: readonly TrackedDetection[];
}

type Sighting = TrackedDetection & { readonly trackId: TrackId };

interface Frame {
  /** Presentation time within the connection, ms. */
  readonly ptsMs: number;
  readonly timeMs: number;
  readonly sightings: Map<TrackId, Sighting>;
  /** Detections that no confirmed track had when the frame came. */
  readonly unnamed: readonly TrackedDetection[];
}

/** A track may be confirmed so long after it was first seen: at one frame a second, three sightings take 2 s. */
const keptMs = 5_000;
/** A box is taken for that of a moment so near to its frame: somebody who walks moves by less than a tenth of their height. */
const nearMs = 60;
/** Between frames further apart nobody is taken to have moved evenly. */
const widestMs = 1_500;
/** A detection is taken for a point of a track, whose box is smoothed, where they overlap by so much. */
const sameIou = 0.5;

/**
 * The sightings of the last seconds in one connection of a camera. It says where each tracked object was at any moment
 * between two frames: stills are not taken at the same moments as the frames that are analysed, as each are thinned, and
 * under load dropped, in their own way.
 */
export class RecentSightings {
  #frames: Frame[] = [];

  /** Adds a frame; frames in order. Returns whether it says more of earlier frames, too: a track was confirmed. */
  add({ mediaTimeMs: ptsMs, timeMs, detections, tracks }: FrameRecord): boolean {
    const labels = new Map(tracks.map(({ trackId, label }) => [trackId, label]));
    const sightings = new Map<TrackId, Sighting>();
    for (const detection of detections) {
      const { trackId, label } = detection;
      // The track knows better than one detection of it.
      if (trackId) sightings.set(trackId, { ...detection, trackId, label: labels.get(trackId) ?? label });
    }
    const unnamed = detections.filter(({ trackId }) => trackId === undefined);
    this.#frames = this.#frames.filter((frame) => ptsMs - frame.ptsMs <= keptMs);
    const confirmed = tracks.filter(({ points }) => points.length > 1);
    for (const { trackId, label, points } of confirmed) {
      for (const { timeMs: pointMs, box, confidence } of points) {
        const frame = this.#frames.find((one) => one.timeMs === pointMs);
        if (!frame || frame.sightings.has(trackId)) continue;
        const { sharpness } = mostAlike(frame.unnamed, box) ?? {};
        frame.sightings.set(trackId, {
          ...{ trackId, label, box, confidence },
          ...(sharpness !== undefined && { sharpness }),
        });
      }
    }
    this.#frames.push({ ptsMs, timeMs, sightings, unnamed });
    return confirmed.length > 0;
  }

  /** The track has ended: nothing more is asked about it. */
  forget(track: TrackId): void {
    for (const { sightings } of this.#frames) sightings.delete(track);
  }

  /**
   * Who was where at a presentation time: an object seen in the frame before and the one after was between the two places.
   * Undefined while no frame of that time or a later one has come.
   */
  at(ptsMs: number): Moment | undefined {
    const next = this.#frames.findIndex((frame) => frame.ptsMs >= ptsMs);
    const after = this.#frames[next];
    if (!after) return undefined;
    const before = after.ptsMs === ptsMs ? after : this.#frames[next - 1];
    const timeMs = after.timeMs - (after.ptsMs - ptsMs);
    if (before === after) return { timeMs, objects: [...after.sightings.values()] };
    const gapMs = after.ptsMs - (before?.ptsMs ?? -Infinity);
    const share = (ptsMs - (before?.ptsMs ?? -Infinity)) / gapMs;
    const objects: TrackedDetection[] = [];
    for (const track of new Set([...(before?.sightings.keys() ?? []), ...after.sightings.keys()])) {
      const [from, to] = [before?.sightings.get(track), after.sightings.get(track)];
      if (from && to && gapMs <= widestMs) objects.push(between(from, to, share));
      else if (from && before && ptsMs - before.ptsMs <= nearMs) objects.push(from);
      else if (to && after.ptsMs - ptsMs <= nearMs) objects.push(to);
    }
    return { timeMs, objects };
  }
}

function between(from: Sighting, to: Sighting, share: number): Sighting {
  const nearer = share < 0.5 ? from : to;
  const known = [from.sharpness, to.sharpness].filter((one) => one !== undefined);
  return {
    ...nearer,
    box: boxBetween(from.box, to.box, share),
    confidence: Math.min(from.confidence, to.confidence),
    ...(known.length > 0 && { sharpness: Math.min(...known) }),
  };
}

function mostAlike(detections: readonly TrackedDetection[], box: Box): TrackedDetection | undefined {
  const overlaps = detections.map((detection) => ({ detection, overlap: iou(detection.box, box) }));
  const [best] = overlaps.toSorted((a, b) => b.overlap - a.overlap);
  return best && best.overlap >= sameIou ? best.detection : undefined;
}
