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

/** Cuts to whole pixels what is one but for floating-point error. */
const whole = (pixels: number): number => Math.floor(pixels + 1e-6);
