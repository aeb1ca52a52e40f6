import type { Box } from '../domain/box.ts';
import { boxHeight, boxWidth } from '../domain/box.ts';
import type { Detection } from '../domain/detection.ts';
import type { LiveTrack } from './liveTrack.ts';

/** The weight of the paper. */
const weight = 0.2;

/**
 * How well a detection lies in the direction in which a track moved, from −0.1 (straight back) over 0 (across, or no
 * direction) to 0.1 (straight on), less for weak detections: the observation-centric momentum of OC-SORT (Cao et al.,
 * arXiv 2203.14360). It takes the directions from detected boxes, since a filter that was not corrected for a while
 * believes in its own. It keeps apart two that meet.
 */
export function momentumOf({ earlierBox, lastBox }: LiveTrack, { box, confidence }: Detection): number {
  const so = directionBetween(earlierBox, lastBox);
  const then = directionBetween(earlierBox, box);
  if (so === undefined || then === undefined) return 0;
  const turn = Math.abs(so - then);
  return weight * (0.5 - Math.min(turn, 2 * Math.PI - turn) / Math.PI) * confidence;
}

/** Of the centres, in sizes of the first box, radians; undefined when they are in one place. */
function directionBetween(from: Box, to: Box): number | undefined {
  const x = (to.x1 - from.x1 + (to.x2 - from.x2)) / boxWidth(from);
  const y = (to.y1 - from.y1 + (to.y2 - from.y2)) / boxHeight(from);
  return x === 0 && y === 0 ? undefined : Math.atan2(y, x);
}
