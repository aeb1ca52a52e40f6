import type { Letterbox } from '../domain/letterbox.ts';
import type { PictureSize } from './gdp.ts';

/** Where `videoconvertscale add-borders=true` puts a picture of the given size inside an input with square pixels. */
export function letterboxOf(picture: PictureSize, inputWidth: number, inputHeight: number): Letterbox {
  const displayWidth = picture.width * picture.pixelAspect;
  // As GStreamer does: the picture fills one side, and the other is cut to whole pixels rather than rounded.
  const heightAtFullWidth = whole((inputWidth * picture.height) / displayWidth);
  const isWide = heightAtFullWidth <= inputHeight;
  const contentWidth = isWide ? inputWidth : whole((inputHeight * displayWidth) / picture.height);
  const contentHeight = isWide ? heightAtFullWidth : inputHeight;
  return {
    inputWidth,
    inputHeight,
    offsetX: Math.floor((inputWidth - contentWidth) / 2),
    offsetY: Math.floor((inputHeight - contentHeight) / 2),
    contentWidth,
    contentHeight,
  };
}

/**
 * Where the picture is in a frame of the given height, which was at most `inputHeight`. `size` is what the other branch of
 * the pipeline last said, and may be of a picture before or after this one.
 */
export function letterboxOfFrame(
  size: PictureSize | undefined,
  planar: Uint8Array,
  inputWidth: number,
  inputHeight: number,
): Letterbox {
  const height = planar.length / (3 * inputWidth);
  const expected = size && letterboxOf(size, inputWidth, height);
  if (size && expected && fits(size, expected, inputHeight)) return expected;
  const whole = {
    inputWidth,
    inputHeight: height,
    offsetX: 0,
    offsetY: 0,
    contentWidth: inputWidth,
    contentHeight: height,
  };
  if (height < inputHeight) return whole;
  // As high as it may be: there may be borders at the sides.
  const border = blackColumns(planar, inputWidth, height);
  return { ...whole, offsetX: border, contentWidth: inputWidth - 2 * border };
}

/** Whether a picture of this size makes a frame of this height. */
function fits(
  size: PictureSize,
  { inputWidth, inputHeight: height, offsetY }: Letterbox,
  most: number,
): boolean {
  const heightAtFullWidth = (inputWidth * size.height) / (size.width * size.pixelAspect);
  return heightAtFullWidth > most
    ? height === most
    : Math.abs(heightAtFullWidth - height) <= 1 && offsetY === 0;
}

/** Columns without light at either side, the fewer of the two. */
function blackColumns(planar: Uint8Array, width: number, height: number): number {
  const most = Math.floor(width / 2) - 1;
  const isBlack = (column: number): boolean => {
    for (let at = column; at < 3 * width * height; at += width) if ((planar[at] ?? 0) > 2) return false;
    return true;
  };
  let columns = 0;
  while (columns < most && isBlack(columns) && isBlack(width - 1 - columns)) columns++;
  return columns < most ? columns : 0;
}

/** Cuts to whole pixels what is one but for floating-point error. */
const whole = (pixels: number): number => Math.floor(pixels + 1e-6);
