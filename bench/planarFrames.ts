import { spawn } from 'node:child_process';

export interface PlanarSize {
  readonly width: number;
  readonly height: number;
}

/** Pixels to cut away before scaling. */
export interface Crop {
  readonly top: number;
  readonly bottom: number;
}

/**
 * Every n-th frame of a video, scaled by GStreamer into the size with borders where the shapes differ, as the program
 * does: planes of width×height bytes. A width must be a multiple of 4.
 */
export async function planarFrames(
  path: string,
  { width, height }: PlanarSize,
  { colour, every, crop }: { colour: 'rgb' | 'bgr'; every: number; crop?: Crop | undefined },
): Promise<Uint8Array[]> {
  const format = colour === 'bgr' ? 'BGRP' : 'RGBP';
  const caps = `video/x-raw,format=${format},width=${width},height=${height},pixel-aspect-ratio=1/1`;
  const cut = crop ? `videocrop top=${crop.top} bottom=${crop.bottom} !` : '';
  const elements = `-q filesrc location=${path} ! decodebin ! videoconvert ! ${cut} videoconvertscale add-borders=true ! ${caps} ! fdsink`;
  const gst = spawn('gst-launch-1.0', elements.split(/ +/), { stdio: ['ignore', 'pipe', 'inherit'] });
  const frames: Uint8Array[] = [];
  const frame = Buffer.alloc(3 * width * height);
  let filled = 0;
  let number = 0;
  for await (const chunk of gst.stdout as AsyncIterable<Buffer>) {
    for (let offset = 0; offset < chunk.length;) {
      const copied = chunk.copy(frame, filled, offset);
      offset += copied;
      filled += copied;
      if (filled < frame.length) continue;
      if (number++ % every === 0) frames.push(Uint8Array.from(frame));
      filled = 0;
    }
  }
  return frames;
}
