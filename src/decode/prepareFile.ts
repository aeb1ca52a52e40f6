import { messageOf } from '../domain/errors.ts';
import type { SourceDescription } from '../source/description.ts';
import { readMovie } from './movie.ts';
import { withoutEdits, type Unedited } from './unedited.ts';

/** What is known of a file before GStreamer reads it. */
export interface PreparedFile {
  /** Whether its pictures are stored turned. */
  readonly isTurned: boolean;
  /** How to turn them where GStreamer's demuxer does not say so. */
  readonly direction?: 'ur-ll';
  readonly unedited?: Unedited;
}

/** Looks into a file; undefined where there is nothing to know of it, or where it cannot be read, which GStreamer will say. */
export async function prepareFile(
  source: SourceDescription,
  note: (line: string) => void,
): Promise<PreparedFile | undefined> {
  if (source.kind !== 'file') return undefined;
  const movie = await readMovie(source.path);
  if (!movie) return undefined;
  const { isTurned, direction } = movie;
  const turn = { isTurned, ...(direction && { direction }) };
  try {
    const unedited = await withoutEdits(source.path, movie);
    return { ...turn, ...(unedited && { unedited }) };
  } catch (error) {
    note(`frames may be missing, as the edit list of the file could not be replaced: ${messageOf(error)}`);
    return turn;
  }
}
