import { createCanvas, loadImage } from '@napi-rs/canvas';
import { boxHeight, boxWidth, clampBox, type Box } from '../domain/box.ts';

/**
 * Cuts boxes out of a JPEG and scales each to one size, whatever its own shape. It is decoded once.
 *
 * @returns for each box planes of height×width bytes in the colour order asked for
 * @throws Error on bytes that are not a picture
 */
export async function cropsOf(
  jpeg: Uint8Array,
  boxes: readonly Box[],
  { width, height }: { readonly width: number; readonly height: number },
): Promise<Uint8Array<ArrayBuffer>[]> {
  const image = await loadImage(jpeg);
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  context.imageSmoothingQuality = 'high';
  return boxes.map((asked) => {
    const box = clampBox(asked);
    context.drawImage(
      image,
      box.x1 * image.width,
      box.y1 * image.height,
      boxWidth(box) * image.width,
      boxHeight(box) * image.height,
      0,
      0,
      width,
      height,
    );
    return planarOf(context.getImageData(0, 0, width, height).data);
  });
}

/** Red, green and blue planes of pixels of four bytes. */
function planarOf(rgba: Uint8ClampedArray): Uint8Array<ArrayBuffer> {
  const pixels = rgba.length / 4;
  const planar = new Uint8Array(3 * pixels);
  for (let i = 0; i < pixels; i++)
    for (let channel = 0; channel < 3; channel++) planar[channel * pixels + i] = rgba[4 * i + channel] ?? 0;
  return planar;
}
