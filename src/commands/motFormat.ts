import type { Box } from '../domain/box.ts';
import type { Detection } from '../domain/detection.ts';
import { ArgusError } from '../domain/errors.ts';

/** Pixels of the picture that a file's boxes are in. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Four days at 30 a second. A larger number is a slip, and every frame up to it would take memory. */
const mostFrames = 10_000_000;

/**
 * Reads detections in the format of MOTChallenge (arXiv 1504.01942): a line each with frame from 1, id (not used), left,
 * top, width, height in pixels, confidence. Returns the detections of each frame, from frame 1. Throws ArgusError
 * naming the first line that is not of that form.
 */
export function parseMotDetections(
  text: string,
  name: string,
  { width, height }: PictureSize,
): Detection[][] {
  const frames: Detection[][] = [];
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '') continue;
    // An empty column is no number; as white space it would be 0.
    const [frame = NaN, , left = NaN, top = NaN, w = NaN, h = NaN, confidence = 1] = line
      .split(/\s*,\s*|\s+/)
      .map((column) => (column === '' ? NaN : Number(column)));
    const isRow =
      Number.isInteger(frame) && frame >= 1 && [left, top, w, h, confidence].every(Number.isFinite);
    if (!isRow || frame > mostFrames) {
      throw new ArgusError(
        `${name}:${i + 1}: "${line.slice(0, 80)}" is not a detection.`,
        `A line is frame,id,left,top,width,height,confidence with frames from 1 to ${mostFrames} and pixels.`,
      );
    }
    while (frames.length < frame) frames.push([]);
    const box = { x1: left / width, y1: top / height, x2: (left + w) / width, y2: (top + h) / height };
    frames[frame - 1]?.push({ box, label: 'object', confidence });
  }
  return frames;
}

/** One line of MOTChallenge's format. */
export function motLine(
  frame: number,
  id: number,
  box: Box,
  confidence: number,
  { width, height }: PictureSize,
): string {
  const pixels = [box.x1 * width, box.y1 * height, (box.x2 - box.x1) * width, (box.y2 - box.y1) * height];
  return [frame, id, ...pixels.map((value) => value.toFixed(2)), confidence.toFixed(4), -1, -1, -1].join(',');
}
