import type { Box } from '../domain/box.ts';
import type { Letterbox } from '../domain/letterbox.ts';

/**
 * Pixels of a box that are looked at, at most, spread evenly over it: a large one must not cost more than a small one.
 * A prime, so that they do not come to lie below each other in every row, where stripes could be missed.
 */
const mostSamples = 2039;

/**
 * How sharp the picture is inside a box: the variance of the Laplacian (Pech-Pacheco et al., "Diatom autofocusing in
 * brightfield microscopy", ICPR 2000), of the green plane, which carries most of the brightness and is the second one
 * in either order of colours. To be compared between pictures of the same thing only: a striped shirt is always sharper
 * than a plain one. Of a picture made smaller it tells the blur that is left at that size.
 *
 * @param planar planes of height×width bytes of the letterboxed picture
 * @returns squared grey levels, 0 and up; 0 where the box is too small to say
 */
export function sharpnessOf(planar: Uint8Array, letterbox: Letterbox, box: Box): number {
  const { inputWidth, inputHeight, offsetX, offsetY, contentWidth, contentHeight } = letterbox;
  // The neighbours of a pixel are inside the picture, too: its edge towards the border is not the object's.
  const left = Math.ceil(offsetX + Math.max(0, box.x1) * contentWidth) + 1;
  const right = Math.floor(offsetX + Math.min(1, box.x2) * contentWidth) - 1;
  const top = Math.ceil(offsetY + Math.max(0, box.y1) * contentHeight) + 1;
  const bottom = Math.floor(offsetY + Math.min(1, box.y2) * contentHeight) - 1;
  const width = Math.max(0, right - left);
  const pixels = width * Math.max(0, bottom - top);
  if (pixels === 0) return 0;

  const green = inputWidth * inputHeight;
  const at = (index: number): number => planar[index] ?? NaN;
  const samples = Math.min(pixels, mostSamples);
  let sum = 0;
  let sumOfSquares = 0;
  for (let k = 0; k < samples; k++) {
    const n = Math.floor((k * pixels) / samples);
    const i = green + (top + Math.floor(n / width)) * inputWidth + left + (n % width);
    const laplacian = 4 * at(i) - at(i - 1) - at(i + 1) - at(i - inputWidth) - at(i + inputWidth);
    sum += laplacian;
    sumOfSquares += laplacian * laplacian;
  }
  return sumOfSquares / samples - (sum / samples) ** 2;
}
