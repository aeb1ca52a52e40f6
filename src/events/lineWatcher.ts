import { boxBetween } from '../domain/box.ts';
import type { Line, Point } from '../domain/geometry.ts';
import { distanceBetween, sideOf } from '../domain/geometry.ts';
import type { Happening, Sighting, Watcher } from './contract.ts';

/** Share of the dead band that the first point of a track must be off the line to tell its side; less may be jitter. */
const clearAtBirth = 0.2;

/**
 * Counts how often one track crosses a line. The track is on a side of the (endless) line once its anchor is farther
 * than the dead band from it; until then it stays on the side where it was. A track first seen within the dead band is on
 * the side of its first point, so that whoever appears just before the line is not missed. A change of sides is a
 * crossing when the path went through the line between its two ends, and happened where the path last did.
 *
 * @param line in heights of the picture, of a length above 0
 * @param deadBand in box widths
 */
export function watchLine(line: Line, deadBand: number): Watcher {
  const length = distanceBetween(line.a, line.b);
  let side = 0;
  let previous: { sighting: Sighting; distance: number; isClear: boolean } | undefined;
  let passage: Happening | undefined;

  return {
    see(sighting) {
      const distance = sideOf(line, sighting.anchor) / length;
      const band = deadBand * sighting.boxWidth;
      if (!previous && Math.abs(distance) > clearAtBirth * band) side = Math.sign(distance);
      if (previous && previous.distance > 0 !== distance > 0)
        passage = passageBetween(line, previous.sighting, sighting, previous.distance, distance);
      const isClear = Math.abs(distance) > band;
      previous = { sighting, distance, isClear };

      if (!isClear || Math.sign(distance) === side) return [];
      const crossed = side !== 0 && passage ? [passage] : [];
      side = Math.sign(distance);
      passage = undefined;
      return crossed;
    },
    end: () => [],
    // A track born on the line has no side yet, and makes no crossing when it takes one.
    isDecided: () => side === 0 || !previous || Math.sign(previous.distance) === side,
    isSettled: () => previous?.isClear ?? false,
  };
}

/** The crossing by a step from one side to the other; undefined when it passes beyond an end of the line. */
function passageBetween(
  line: Line,
  from: Sighting,
  to: Sighting,
  distanceFrom: number,
  distanceTo: number,
): Happening | undefined {
  const along = distanceFrom / (distanceFrom - distanceTo);
  const place: Point = {
    x: from.anchor.x + along * (to.anchor.x - from.anchor.x),
    y: from.anchor.y + along * (to.anchor.y - from.anchor.y),
  };
  if (!isBetweenEnds(line, place)) return undefined;
  return {
    type: 'crossing',
    direction: distanceTo > 0 ? 'backward' : 'forward',
    timeMs: Math.round(from.timeMs + along * (to.timeMs - from.timeMs)),
    label: to.label,
    box: boxBetween(from.box, to.box, along),
    confidence: to.confidence,
  };
}

function isBetweenEnds({ a, b }: Line, p: Point): boolean {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const along = (p.x - a.x) * dx + (p.y - a.y) * dy;
  return along >= 0 && along <= dx * dx + dy * dy;
}
