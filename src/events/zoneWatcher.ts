import type { Box } from '../domain/box.ts';
import { boxBetween } from '../domain/box.ts';
import type { Point, Polygon } from '../domain/geometry.ts';
import {
  distanceToSegment,
  insidePolygon,
  lastEdgePassed,
  polygonArea,
  polygonPerimeter,
} from '../domain/geometry.ts';
import type { Happening, Sighting, Watcher } from './contract.ts';

/** The passing of the zone's edge. */
interface Passage {
  readonly timeMs: number;
  readonly box: Box;
}

/**
 * Follows the visits of one track to a zone. A visit begins once the anchor is deeper inside than the margin, and ends
 * once it is farther outside than the margin; their times are when the path last passed the edge before. A track seen
 * first inside enters at its first point, and one that ends inside exits at its last. A visit of at least `dwellMs`
 * gives one `dwell`, dated at the moment it became that long.
 *
 * A step that goes in and out again between two points is no visit.
 *
 * @param polygon in heights of the picture
 * @param passable the edges of the polygon that can be passed: not those on the edge of the picture
 * @param hysteresis the margin, in box widths; inside it is at most half of area by perimeter, so that the middle of a
 * zone smaller than a box can still be reached
 */
export function watchZone(
  polygon: Polygon,
  passable: readonly (readonly [Point, Point])[],
  hysteresis: number,
  dwellMs: number | undefined,
): Watcher {
  const deepest = polygonArea(polygon) / polygonPerimeter(polygon) / 2;
  let previous: { sighting: Sighting; inside: boolean } | undefined;
  let passage: Passage | undefined;
  let enteredMs: number | undefined;
  let dwelt = false;

  const at = (
    type: Happening['type'],
    { timeMs, box }: Passage,
    seen: Sighting,
    durationMs?: number,
  ): Happening => ({
    type,
    timeMs,
    label: seen.label,
    box,
    confidence: seen.confidence,
    ...(durationMs === undefined ? {} : { durationMs }),
  });

  /** Whether the anchor is farther from the edge than the margin, which is at most `most`. */
  const clears = ({ anchor, boxWidth }: Sighting, most: number) =>
    passable.every(([a, b]) => distanceToSegment(anchor, a, b) > Math.min(hysteresis * boxWidth, most));

  /** The dwell of the visit since `sinceMs`, when it has lasted long enough by `seen` and was not told yet. */
  function dwell(sinceMs: number, untilMs: number, seen: Sighting): Happening[] {
    if (dwellMs === undefined || dwelt || untilMs - sinceMs < dwellMs) return [];
    dwelt = true;
    return [at('dwell', { timeMs: sinceMs + dwellMs, box: seen.box }, seen, dwellMs)];
  }

  function leave(sinceMs: number, by: Passage, seen: Sighting): Happening[] {
    enteredMs = undefined;
    return [...dwell(sinceMs, by.timeMs, seen), at('exit', by, seen, by.timeMs - sinceMs)];
  }

  return {
    see(sighting) {
      const inside = insidePolygon(polygon, sighting.anchor);
      if (!previous) passage = { timeMs: sighting.timeMs, box: sighting.box };
      else if (previous.inside !== inside) passage = passageBetween(polygon, previous.sighting, sighting);
      previous = { sighting, inside };

      if (enteredMs === undefined) {
        if (!inside || !passage || !clears(sighting, deepest)) return [];
        enteredMs = passage.timeMs;
        dwelt = false;
        return [at('enter', passage, sighting), ...dwell(enteredMs, sighting.timeMs, sighting)];
      }
      if (inside) return dwell(enteredMs, sighting.timeMs, sighting);
      return passage && clears(sighting, Infinity) ? leave(enteredMs, passage, sighting) : [];
    },
    end() {
      if (enteredMs === undefined || !previous) return [];
      const { sighting, inside } = previous;
      return leave(enteredMs, inside || !passage ? sighting : passage, sighting);
    },
    isDecided: () => !previous || previous.inside === (enteredMs !== undefined),
    isSettled: () => previous !== undefined && !previous.inside && clears(previous.sighting, Infinity),
  };
}

function passageBetween(polygon: Polygon, from: Sighting, to: Sighting): Passage {
  const along = lastEdgePassed(polygon, from.anchor, to.anchor) ?? 1;
  return {
    timeMs: Math.round(from.timeMs + along * (to.timeMs - from.timeMs)),
    box: boxBetween(from.box, to.box, along),
  };
}
