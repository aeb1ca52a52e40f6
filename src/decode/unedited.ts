import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boxes, type Edit, type Movie } from './movie.ts';

/** Edit lists that only make up for frames out of order begin so early in the media; qtdemux reads those right. */
const reorderingMs = 500;

/** What is allowed for that at the end. */
const marginMs = 10_000;

/** An MP4 file that is read without its edit list, as GStreamer 1.22 loses frames by it; its edits are made here. */
export interface Unedited {
  /** Pattern of the files that together are the file without the list, for `splitfilesrc`. */
  readonly pattern: string;
  readonly edits: readonly Edit[];
  /** Removes what was made. */
  remove(): Promise<void>;
}

/** Prepares a file whose edit list does more than to make up for frames out of order; else undefined. */
export async function withoutEdits(path: string, movie: Movie): Promise<Unedited | undefined> {
  if (!needsOwnEdits(movie)) return undefined;
  const head = headOf(movie);
  if (!head) return undefined;
  // An index without the list, then the file itself: what is copied is a few kilobytes. The file's own index comes too late
  // to be looked at.
  const folder = await mkdtemp(join(tmpdir(), 'argus-movie-'));
  await writeFile(join(folder, 'part-0'), head);
  await symlink(path, join(folder, 'part-1'));
  return {
    pattern: join(folder, 'part-*'),
    edits: movie.edits,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Whether qtdemux would lose frames; not where it would take a stretch of media twice, or back in time. */
function needsOwnEdits({ edits, isFragmented, mediaMs }: Movie): boolean {
  const shown = edits.filter((edit) => edit.mediaMs !== undefined);
  const [first] = shown;
  if (isFragmented || !first) return false;
  const isInOrder = shown.every((edit, n) => {
    const before = shown[n - 1];
    return !before || (edit.mediaMs ?? 0) >= (before.mediaMs ?? 0) + before.lengthMs;
  });
  const isSimple =
    shown.length === 1 && (first.mediaMs ?? 0) <= reorderingMs && first.lengthMs >= mediaMs - reorderingMs;
  return isInOrder && (!isSimple || first.lengthMs === Infinity);
}

const ftyp = Buffer.from('\0\0\0\x14ftypisom\0\0\0\0isom', 'latin1');

/** `ftyp` and `moov` to be put before the file; undefined where an offset would not fit. */
function headOf({ moov, mediaMs, movieScale }: Movie): Buffer | undefined {
  const bytes = Buffer.concat([ftyp, moov]);
  // Frames out of order are shown after the end of their samples.
  lengthen(bytes, Math.ceil(((mediaMs + marginMs) / 1000) * movieScale));
  return patch(bytes, ftyp.length, bytes.length, bytes.length) ? bytes : undefined;
}

/** The movie is as long as the whole of its video, not as what the list shows of it: it would end there. */
function lengthen(bytes: Buffer, duration: number): void {
  const [root] = boxes(bytes, ftyp.length, bytes.length);
  if (!root) return;
  const all = boxes(bytes, root.from, root.to);
  const tracks = all.filter(({ type }) => type === 'trak').flatMap(({ from, to }) => boxes(bytes, from, to));
  const media = tracks
    .filter(({ type }) => type === 'mdia')
    .flatMap(({ from, to }) => boxes(bytes, from, to));
  for (const { type, from } of media) {
    if (type !== 'mdhd' || bytes[from] === 1) continue;
    const scale = bytes.readUInt32BE(from + 12);
    const at = from + 16;
    bytes.writeUInt32BE(Math.min(bytes.readUInt32BE(at) + (marginMs / 1000) * scale, 0xffff_ffff), at);
  }
  for (const { type, from } of [...all, ...tracks]) {
    if (type !== 'mvhd' && type !== 'tkhd') continue;
    const isLong = bytes[from] === 1;
    const at = from + (type === 'mvhd' ? (isLong ? 24 : 16) : isLong ? 28 : 20);
    if (isLong) bytes.writeBigUInt64BE(BigInt(duration), at);
    else bytes.writeUInt32BE(Math.min(duration, 0xffff_ffff), at);
  }
}

const containers = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl']);

/** Turns edit lists into free space, and moves the places of samples by so many bytes. */
function patch(bytes: Buffer, from: number, to: number, movedBy: number): boolean {
  return boxes(bytes, from, to).every((box) => {
    if (box.type === 'edts') bytes.write('free', box.from - 4, 'latin1');
    if (containers.has(box.type)) return patch(bytes, box.from, box.to, movedBy);
    if (box.type !== 'stco' && box.type !== 'co64') return true;
    const count = bytes.readUInt32BE(box.from + 4);
    for (let n = 0; n < count; n++) {
      if (box.type === 'co64') {
        const at = box.from + 8 + 8 * n;
        bytes.writeBigUInt64BE(bytes.readBigUInt64BE(at) + BigInt(movedBy), at);
      } else {
        const at = box.from + 8 + 4 * n;
        const offset = bytes.readUInt32BE(at) + movedBy;
        if (offset > 0xffff_ffff) return false;
        bytes.writeUInt32BE(offset, at);
      }
    }
    return true;
  });
}

/** When a moment of the media is shown, ms; undefined: it is cut out. */
export function shownAt(edits: readonly Edit[], mediaMs: number): number | undefined {
  for (const edit of edits) {
    if (edit.mediaMs === undefined) continue;
    const within = mediaMs - edit.mediaMs;
    // A microsecond of slack: times were rounded to ms and units on their way.
    if (within >= -1e-3 && within < edit.lengthMs - 1e-3) return edit.fromMs + Math.max(0, within);
  }
  return undefined;
}

/** Length of what is shown, ms from the first frame; undefined: to the end of the media. */
export function shownLengthMs(edits: readonly Edit[]): number | undefined {
  const shown = edits.filter(({ mediaMs }) => mediaMs !== undefined);
  const [first, last] = [shown[0], shown.at(-1)];
  return first && last && last.lengthMs !== Infinity ? last.fromMs + last.lengthMs - first.fromMs : undefined;
}
