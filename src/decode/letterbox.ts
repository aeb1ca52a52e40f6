import type { Letterbox } from '../domain/letterbox.ts';
import type { PictureSize } from './gdp.ts';

/** Where `videoconvertscale add-borders=true` puts a picture of the given size inside an input with square pixels. */
export function letterboxOf(picture: PictureSize, inputWidth: number, inputHeight: number): Letterbox {
  const displayWidth = picture.width * picture.pixelAspect;
  const scale = Math.min(inputWidth / displayWidth, inputHeight / picture.height);
  const contentWidth = Math.round(displayWidth * scale);
  const contentHeight = Math.round(picture.height * scale);
  return {
    inputWidth,
    inputHeight,
    offsetX: Math.floor((inputWidth - contentWidth) / 2),
    offsetY: Math.floor((inputHeight - contentHeight) / 2),
    contentWidth,
    contentHeight,
  };
}
