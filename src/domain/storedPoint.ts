import type { Box } from './box.ts';
import type { TrackPoint } from './track.ts';

/** Trajectories are kept with 16 bits a number. */
const steps = 65_535;
/** Positions from −0.5 to 1.5 of the picture can be kept; a width, height or confidence has the same number of steps. */
const positionMin = -0.5;
const positionMax = 1.5;
const positionSpan = positionMax - positionMin;

/**
 * The point as it reads once it has been stored: times in whole ms, each edge at most 1/30000 of the picture away. Who
 * decides on points as stored decides the same when it reads them again later.
 */
export function asStored({ timeMs, box, confidence }: TrackPoint): TrackPoint {
  return { timeMs: Math.round(timeMs), box: boxAsStored(box), confidence: unitAsStored(confidence) };
}

function boxAsStored(box: Box): Box {
  const x1 = insideRange(box.x1);
  const x2 = insideRange(box.x2);
  const y1 = insideRange(box.y1);
  const y2 = insideRange(box.y2);
  const x = positionAsStored((x1 + x2) / 2);
  const bottom = positionAsStored(y2);
  const halfWidth = unitAsStored((x2 - x1) / positionSpan) * (positionSpan / 2);
  const height = unitAsStored((y2 - y1) / positionSpan) * positionSpan;
  return { x1: x - halfWidth, y1: bottom - height, x2: x + halfWidth, y2: bottom };
}

const insideRange = (v: number): number => Math.min(positionMax, Math.max(positionMin, v));
const positionAsStored = (v: number): number =>
  positionMin + unitAsStored((v - positionMin) / positionSpan) * positionSpan;
const unitAsStored = (v: number): number => Math.round(Math.min(1, Math.max(0, v)) * steps) / steps;
