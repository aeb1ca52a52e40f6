import { boxArea, boxHeight, type Box } from '../domain/box.ts';
import type { TrackedDetection } from '../domain/detection.ts';
import type { TrackId } from '../domain/ids.ts';

/** A tracked object in a picture. */
export interface Shot {
  readonly trackId: TrackId;
  readonly label: string;
  readonly box: Box;
  /** 0–1: how well it can be recognised; below `poorBelow` where it is shown poorly. */
  readonly quality: number;
}

/** A shot of less quality is better than none, and tells little: small, cut off, covered or blurred. */
const poorBelow = 0.1;

export const isPoor = ({ quality }: { readonly quality: number }): boolean => quality < poorBelow;

/** Smaller people are a handful of colours to a network that sees them 256 high, px. */
const goodHeightPx = 48;
/** Even smaller ones are nothing at all, px. */
const leastHeightPx = 16;
/** From this height on more pixels tell nothing more, px. */
const fullHeightPx = 128;
/** What ends so near to the edge of the picture goes on behind it, in parts of the picture. */
const edge = 0.005;
/** Where more of a box than this is covered, it shows much of somebody else … */
const goodCovered = 0.3;
/** … and here mostly. */
const mostCovered = 0.7;
/** What is behind a box is seen at its sides only. */
const behindCounts = 0.5;
/**
 * Variance of the Laplacian, of which people in good footage have 300 to 10,000: less than this is a smear, and at this
 * half of what could be told is told.
 */
const leastSharpness = 100;

/**
 * The objects of a frame that a still of it shows: well where they are large, whole, sharp, and not covered by another one,
 * else poorly. The nearer of two objects is the one whose box ends lower.
 *
 * @param heightPx of the still
 */
export function shotsOf(detections: readonly TrackedDetection[], heightPx: number): Shot[] {
  const tracked = detections.filter(({ trackId }) => trackId !== undefined);
  return tracked.flatMap(({ trackId, label, box, confidence, sharpness = Infinity }) => {
    const height = boxHeight(box) * heightPx;
    const others = tracked.filter((other) => other.trackId !== trackId);
    const covered = coveredShare(
      box,
      others.map((other) => other.box),
    );
    if (height < leastHeightPx || covered > mostCovered || trackId === undefined) return [];
    const isGood =
      height >= goodHeightPx && !isCutOff(box) && covered <= goodCovered && sharpness >= leastSharpness;
    const sharp = 1 / (1 + leastSharpness / sharpness);
    const clear = Math.min(1, height / fullHeightPx) * (1 - covered) * sharp * confidence;
    const quality = isGood ? poorBelow + (1 - poorBelow) * clear : poorBelow * Math.min(clear, 0.99);
    return [{ trackId, label, box, quality }];
  });
}

const isCutOff = ({ x1, y1, x2, y2 }: Box): boolean =>
  x1 < edge || y1 < edge || x2 > 1 - edge || y2 > 1 - edge;

/** Share of a box, 0–1, that others cover; what several cover counts several times. */
function coveredShare(box: Box, others: readonly Box[]): number {
  const sum = others
    .map((other) => overlap(box, other) * (other.y2 > box.y2 ? 1 : behindCounts))
    .reduce((total, area) => total + area, 0);
  return Math.min(1, sum / boxArea(box));
}

function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1);
  const height = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1);
  return Math.max(0, width) * Math.max(0, height);
}
