import { spawn } from 'node:child_process';
import type { Manifest } from '../../src/config/manifest.ts';
import type { Letterbox } from '../../src/domain/letterbox.ts';

/** Some frames of a video as a network of this input sees them, letterboxed by GStreamer; numbered from 0, ascending. */
export async function framesOf(
  video: string,
  input: Manifest['input'],
  numbers: readonly number[],
): Promise<Uint8Array[]> {
  const format = input.colour === 'bgr' ? 'BGRP' : 'RGBP';
  const caps = `video/x-raw,format=${format},width=${input.width},height=${input.height},pixel-aspect-ratio=1/1`;
  const gst = spawn(
    'gst-launch-1.0',
    // Rows have no padding, as the width is a multiple of 4.
    `-q filesrc location=${video} ! decodebin ! videoconvertscale add-borders=true ! ${caps} ! fdsink`.split(
      ' ',
    ),
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const frames: Uint8Array[] = [];
  const frame = Buffer.alloc(3 * input.width * input.height);
  let filled = 0;
  let number = 0;
  for await (const chunk of gst.stdout as AsyncIterable<Buffer>) {
    for (let offset = 0; offset < chunk.length;) {
      const copied = chunk.copy(frame, filled, offset);
      offset += copied;
      filled += copied;
      if (filled < frame.length) continue;
      if (numbers.includes(number)) frames.push(Uint8Array.from(frame));
      filled = 0;
      number++;
    }
    if (frames.length === numbers.length) break;
  }
  gst.kill();
  if (frames.length < numbers.length) throw new Error(`${video} ended after ${number} frames`);
  return frames;
}

/** Where GStreamer puts a picture of this size in the input. */
export function letterboxOf(
  pictureWidth: number,
  pictureHeight: number,
  input: Manifest['input'],
): Letterbox {
  const scale = Math.min(input.width / pictureWidth, input.height / pictureHeight);
  const [contentWidth, contentHeight] = [pictureWidth * scale, pictureHeight * scale];
  return {
    inputWidth: input.width,
    inputHeight: input.height,
    offsetX: (input.width - contentWidth) / 2,
    offsetY: (input.height - contentHeight) / 2,
    contentWidth,
    contentHeight,
  };
}
