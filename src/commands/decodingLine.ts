import type { CameraId } from '../domain/ids.ts';
import { decodingText, type Decoding } from '../domain/live.ts';

/** What the log says of how a camera is decoded. */
export function decodingLine(camera: CameraId, decoding: Decoding): string {
  const { skipped } = decoding;
  const why = skipped.length > 0 ? `; not used: ${skipped.join('; ')}` : '';
  return `${camera}: decoding by ${decodingText(decoding)}${why}`;
}
