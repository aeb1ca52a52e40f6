import { messageOf } from '../domain/errors.ts';
import type { SourceDescription } from '../source/description.ts';
import { framesOfAvi } from '../source/statedFrames.ts';
import { readMovie } from './movie.ts';
import { withoutEdits, type Unedited } from './unedited.ts';

/** What is known of a file before GStreamer reads it. */
export interface PreparedFile {
  /** Whether its pictures are stored turned. */
  readonly isTurned: boolean;
  /** How to turn them where GStreamer's demuxer does not say so. */
  readonly direction?: 'ur-ll';
  readonly unedited?: Unedited;
  /** Frames that it says its first video stream has, where all of them are to be decoded. */
  readonly frames?: number;
}

/** Looks into a file; undefined where there is nothing to know of it, or where it cannot be read, which GStreamer will say. */
export async function prepareFile(
  source: SourceDescription,
  note: (line: string) => void,
): Promise<PreparedFile | undefined> {
  if (source.kind !== 'file') return undefined;
  const movie = await readMovie(source.path);
  if (!movie) {
    const frames = await framesOfAvi(source.path);
    return frames === undefined ? undefined : { isTurned: false, frames };
  }
  const { isTurned, direction } = movie;
  const turn = { isTurned, ...(direction && { direction }) };
  try {
    const unedited = await withoutEdits(source.path, movie);
    // Of an edit list that GStreamer follows, it may rightly leave frames out; fragments have indices of their own.
    const areAllRead =
      !movie.isFragmented && movie.samples > 0 && (unedited !== undefined || movie.edits.length < 2);
    return { ...turn, ...(unedited && { unedited }), ...(areAllRead && { frames: movie.samples }) };
  } catch (error) {
    note(`frames may be missing, as the edit list of the file could not be replaced: ${messageOf(error)}`);
    return turn;
  }
}
