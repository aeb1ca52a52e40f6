import { ArgusError } from '../domain/errors.ts';
import { isoTime } from '../domain/time.ts';
import { safeText, type SourceDescription } from '../source/description.ts';
import type { Writer } from '../store/writer.ts';
import type { StationCamera } from './stationCamera.ts';

/** What is stored of a source, and tells whether it is still the same: a file by its full path, however it was named. */
export const storedSource = (source: SourceDescription): string =>
  source.kind === 'file' ? source.path : safeText(source);

/**
 * A camera's past is replaced only by another reading of the same file, and another file is added to it only after its
 * end. Throws ArgusError.
 */
export function checkReadAgain(writer: Writer, cameras: readonly StationCamera[]): void {
  for (const { id, source, append, startMs } of cameras) {
    const last = append === true ? writer.lastRun(id) : undefined;
    if (!last?.progress || last.source === storedSource(source) || startMs === undefined) continue;
    if (startMs <= last.progress.timeMs)
      throw new ArgusError(
        `Camera ${id} has stored what was seen until ${isoTime(last.progress.timeMs)}, after --start.`,
        'Add files in the order of their times, each with the --start of its own first frame.',
      );
  }
  for (const { id, source, again } of cameras) {
    const last = again === true ? writer.lastRun(id) : undefined;
    if (!last || (!last.live && last.source === storedSource(source))) continue;
    throw new ArgusError(
      `Camera ${id} has stored what was seen at ${last.source}, which this is not.`,
      'Give this one another id with --id, or another data folder with --data.',
    );
  }
}
