import type { Box } from '../../src/domain/box.ts';

/** What networks of people's appearance and the colour histogram take, px. */
export const cropWidth = 128;
export const cropHeight = 256;

/** Planes of height×width bytes, red first. */
export interface PlanarPicture {
  readonly planar: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** The box (0–1) cut out and scaled bilinearly to 128×256, planar; outside the picture its edge is repeated. */
export function cropOf({ planar, width, height }: PlanarPicture, box: Box): Uint8Array {
  const crop = new Uint8Array(3 * cropWidth * cropHeight);
  const xs = samples(box.x1 * width, box.x2 * width, cropWidth, width);
  const ys = samples(box.y1 * height, box.y2 * height, cropHeight, height);
  let to = 0;
  for (let plane = 0; plane < 3; plane++) {
    const at = (x: number, y: number) => planar[(plane * height + y) * width + x] ?? 0;
    for (const y of ys) {
      for (const x of xs) {
        const above = at(x.low, y.low) * (1 - x.share) + at(x.high, y.low) * x.share;
        const below = at(x.low, y.high) * (1 - x.share) + at(x.high, y.high) * x.share;
        crop[to++] = Math.round(above * (1 - y.share) + below * y.share);
      }
    }
  }
  return crop;
}

/** Between which two pixels each sample lies, and how near to the second. */
function samples(from: number, to: number, count: number, size: number) {
  return Array.from({ length: count }, (_, i) => {
    const place = Math.min(size - 1, Math.max(0, from + ((i + 0.5) * (to - from)) / count - 0.5));
    const low = Math.floor(place);
    return { low, high: Math.min(size - 1, low + 1), share: place - low };
  });
}
