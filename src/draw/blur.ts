import type { Box } from '../domain/box.ts';
import { canvasLibrary } from './canvas.ts';

/** Tiles across the wider side of a box: a person is a few patches of colour then. */
const tilesAcross = 8;
/** Of each side of a box, so much more is covered on either end: boxes are never exact. */
const margin = 0.1;

/** Makes what is in the boxes (0–1) unrecognisable: each becomes a mosaic. A JPEG of the same size. */
export async function blur(jpeg: Uint8Array, boxes: readonly Box[]): Promise<Buffer> {
  const { createCanvas, loadImage } = await canvasLibrary();
  const image = await loadImage(jpeg);
  const canvas = createCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  for (const box of boxes) {
    const { x, y, width, height } = pixelsOf(box, image);
    if (width < 1 || height < 1) continue;
    const tile = Math.max(width, height) / tilesAcross;
    const tiles = createCanvas(Math.max(1, Math.round(width / tile)), Math.max(1, Math.round(height / tile)));
    tiles.getContext('2d').drawImage(image, x, y, width, height, 0, 0, tiles.width, tiles.height);
    context.imageSmoothingEnabled = false;
    context.drawImage(tiles, 0, 0, tiles.width, tiles.height, x, y, width, height);
  }
  return canvas.encode('jpeg', 85);
}

function pixelsOf({ x1, y1, x2, y2 }: Box, picture: { readonly width: number; readonly height: number }) {
  const [dx, dy] = [(x2 - x1) * margin, (y2 - y1) * margin];
  const inside = (value: number, most: number) => Math.min(most, Math.max(0, Math.round(value * most)));
  const [left, right] = [inside(x1 - dx, picture.width), inside(x2 + dx, picture.width)];
  const [top, bottom] = [inside(y1 - dy, picture.height), inside(y2 + dy, picture.height)];
  return { x: left, y: top, width: right - left, height: bottom - top };
}
