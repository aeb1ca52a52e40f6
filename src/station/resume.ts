import type { Writer } from '../store/writer.ts';
import type { StationCamera } from './stationCamera.ts';
import { storedSource } from './storedSource.ts';

/** Where the reading of a file goes on; undefined: at its beginning. */
export function resumeOf(writer: Writer, camera: StationCamera) {
  const last = writer.lastRun(camera.id);
  return last?.progress && last.source === storedSource(camera.source)
    ? {
        progress: last.progress,
        mediaStartMs: last.mediaStartMs,
        brokeOff: last.ended?.reason === 'crashed',
      }
    : undefined;
}

/** Whether it is a file that was read to its end, and shall not be read again. */
export function wasRead(writer: Writer, { id, source, again }: StationCamera): boolean {
  const last = writer.lastRun(id);
  return again !== true && !source.live && last?.finished === true && last.source === storedSource(source);
}
