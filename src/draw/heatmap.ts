import type { Canvas } from '@napi-rs/canvas';
import { drawAnnotation, type Annotation } from './annotate.ts';
import { canvasLibrary, type Library } from './canvas.ts';

/** What is drawn over the picture: a value for each cell, row by row from the top left; the largest is the hottest. */
export interface Heat {
  readonly columns: number;
  readonly rows: number;
  readonly values: ArrayLike<number>;
}

/** Widths tried in turn until the picture is small enough, px. */
const widths = [640, 480, 360, 240];
/** So few shades of grey make a small PNG, and enough of a picture to know the place by. */
const shades = 12;

/**
 * Draws heat over a grey and darker copy of the picture: from blue, short, to red, longest; where nothing was the
 * picture is bare. A PNG of at most `maxBytes`, smaller if need be.
 *
 * @param picture JPEG; undefined: on a dark ground of that aspect
 */
export async function heatmapPng(
  picture: Uint8Array | undefined,
  heat: Heat,
  { aspect, maxBytes, ...annotation }: Annotation & { readonly aspect: number; readonly maxBytes: number },
): Promise<Buffer> {
  const { createCanvas, loadImage } = await canvasLibrary();
  const image = picture && (await loadImage(picture));
  const overlay = overlayOf(heat, createCanvas);
  let png: Buffer = Buffer.alloc(0);
  for (const width of widths) {
    const height = Math.round(image ? (width * image.height) / image.width : width / aspect);
    const canvas = createCanvas(width, height);
    const context = canvas.getContext('2d');
    context.fillStyle = '#202020';
    context.fillRect(0, 0, width, height);
    if (image) context.drawImage(image, 0, 0, width, height);
    fade(canvas);
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = 'high';
    context.drawImage(overlay, 0, 0, width, height);
    drawAnnotation(canvas, annotation);
    png = await canvas.encode('png');
    if (png.length <= maxBytes) break;
  }
  return png;
}

/** Makes the picture grey, half as bright and of few shades. */
function fade(canvas: Canvas): void {
  const context = canvas.getContext('2d');
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
  const { data } = pixels;
  for (let at = 0; at < data.length; at += 4) {
    // Luma of ITU-R BT.601, as JPEG has it.
    const luma = 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
    const shade = Math.round((luma / 255) * (shades - 1)) * (160 / (shades - 1));
    data[at] = data[at + 1] = data[at + 2] = Math.round(shade);
  }
  context.putImageData(pixels, 0, 0);
}

/** One pixel a cell. */
function overlayOf({ columns, rows, values }: Heat, createCanvas: Library['createCanvas']): Canvas {
  const canvas = createCanvas(columns, rows);
  const context = canvas.getContext('2d');
  const pixels = context.createImageData(columns, rows);
  let most = 0;
  for (let cell = 0; cell < values.length; cell++) most = Math.max(most, values[cell] ?? 0);
  for (let cell = 0; cell < columns * rows; cell++) {
    // By its root, else one place where somebody waited would leave nothing to see of all ways.
    const heat = most > 0 ? Math.sqrt((values[cell] ?? 0) / most) : 0;
    pixels.data.set(colourOf(heat), cell * 4);
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}

/** From blue over green and yellow to red, and from clear to nearly opaque. */
function colourOf(heat: number): [red: number, green: number, blue: number, alpha: number] {
  const part = (value: number) => Math.round(255 * Math.min(1, Math.max(0, value)));
  const [red, green, blue] = [4 * heat - 2, heat < 0.5 ? 4 * heat : 4 - 4 * heat, 2 - 4 * heat];
  return [part(red), part(green), part(blue), heat > 0 ? Math.round(70 + 150 * heat) : 0];
}
