import type { Box } from '../domain/box.ts';

/* What questions about all that was in a picture have in common. */

/** Also of anchors that a box cut off by the edge has beside the picture. */
export const everywhere: Box = { x1: -0.5, y1: -0.5, x2: 1.5, y2: 1.5 };

/** Tracks of fewer sightings may be a mistake of the detector. */
export const leastPoints = 3;

/** The stored points of a track that stands still are at most so far apart: a segment is no longer. */
export const storedGapMs = 66_000;
