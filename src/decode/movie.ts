import { open, type FileHandle } from 'node:fs/promises';

/** What an MP4 file says of the video that GStreamer's demuxer would read. */
export interface Movie {
  /** The whole `moov` box. */
  readonly moov: Buffer;
  /** What is shown of the track and when: the edit list. */
  readonly edits: readonly Edit[];
  /** Units a second of the lengths of the movie and its tracks. */
  readonly movieScale: number;
  /** Whether the pictures are stored turned. */
  readonly isTurned: boolean;
  /** How to turn them where GStreamer's demuxer does not say so: as `video-direction` of videoflip has it. */
  readonly direction?: 'ur-ll';
  /** Whether samples are in fragments, beyond the index of `moov`. */
  readonly isFragmented: boolean;
  /** Samples of the track, each of which is a frame. */
  readonly samples: number;
  /** Length of the track's own samples, ms. */
  readonly mediaMs: number;
}

/** A stretch of media that is shown; times in ms. */
export interface Edit {
  /** When it is shown. */
  readonly fromMs: number;
  /** Where in the media it begins; undefined: nothing is shown. */
  readonly mediaMs: number | undefined;
  /** Infinity: to the end. */
  readonly lengthMs: number;
}

interface Box {
  readonly type: string;
  /** Of the content. */
  readonly from: number;
  readonly to: number;
}

/** No index of a video is larger. */
const mostBytes = 512 * 1024 * 1024;

/** Reads the index of an MP4 file; undefined where it has none with a video track. */
export async function readMovie(path: string): Promise<Movie | undefined> {
  const file = await open(path, 'r');
  try {
    const moov = await findMoov(file, (await file.stat()).size);
    return moov && movieOf(moov);
  } catch (error) {
    // Numbers that lead out of the file: GStreamer will say what is wrong with it.
    if (error instanceof RangeError) return undefined;
    throw error;
  } finally {
    await file.close();
  }
}

async function findMoov(file: FileHandle, size: number): Promise<Buffer | undefined> {
  const head = Buffer.alloc(16);
  for (let at = 0, first = true; at + 8 <= size; first = false) {
    await file.read(head, 0, 16, at);
    const type = head.toString('latin1', 4, 8);
    if (first && !/^(ftyp|moov|mdat|free|skip|wide|pnot)$/.test(type)) return undefined;
    const short = head.readUInt32BE(0);
    const length = short === 1 ? Number(head.readBigUInt64BE(8)) : short === 0 ? size - at : short;
    if (length < 8) return undefined;
    if (type === 'moov') {
      if (at + length > size || length > mostBytes) return undefined;
      const moov = Buffer.alloc(length);
      await file.read(moov, 0, length, at);
      return moov;
    }
    at += length;
  }
  return undefined;
}

function movieOf(moov: Buffer): Movie | undefined {
  const [root] = boxes(moov, 0, moov.length);
  if (!root) return undefined;
  const track = childrenOf(moov, root).find((box) => box.type === 'trak' && handlerOf(moov, box) === 'vide');
  const header = find(moov, root, 'mvhd');
  const mediaHeader = track && find(moov, track, 'mdia', 'mdhd');
  const trackHeader = track && find(moov, track, 'tkhd');
  if (!header || !mediaHeader || !trackHeader) return undefined;
  const movieScale = timeOf(moov, header).scale;
  const media = timeOf(moov, mediaHeader);
  if (movieScale === 0 || media.scale === 0) return undefined;
  const list = find(moov, track, 'edts', 'elst');
  const sizes = find(moov, track, 'mdia', 'minf', 'stbl', 'stsz');
  return {
    moov,
    movieScale,
    edits: list ? editsOf(moov, list, movieScale, media.scale) : [],
    isTurned: isTurned(moov, trackHeader),
    ...(isAntiTransposed(moov, trackHeader) && { direction: 'ur-ll' }),
    isFragmented: find(moov, root, 'mvex') !== undefined,
    samples: sizes ? moov.readUInt32BE(sizes.from + 8) : 0,
    mediaMs: (media.duration / media.scale) * 1000,
  };
}

/** Scale, in units a second, and duration of an `mvhd` or `mdhd` box. */
function timeOf(bytes: Buffer, { from }: Box): { scale: number; duration: number } {
  return bytes[from] === 1
    ? { scale: bytes.readUInt32BE(from + 20), duration: Number(bytes.readBigUInt64BE(from + 24)) }
    : { scale: bytes.readUInt32BE(from + 12), duration: bytes.readUInt32BE(from + 16) };
}

/** The matrix of a track that is only put somewhere has its diagonal alone, above 0. */
function isTurned(bytes: Buffer, header: Box): boolean {
  const [a, b, c, d] = matrixOf(bytes, header);
  return b !== 0 || c !== 0 || a < 0 || d < 0;
}

/** Mirrored and turned by 270°: the one of eight orientations that qtdemux 1.22 does not know. */
function isAntiTransposed(bytes: Buffer, header: Box): boolean {
  const [a, b, c, d] = matrixOf(bytes, header);
  return a === 0 && d === 0 && b < 0 && c < 0;
}

/** Of a track header, without its offsets: x' = ax + cy, y' = bx + dy. */
function matrixOf(bytes: Buffer, { from }: Box): [a: number, b: number, c: number, d: number] {
  const matrix = from + (bytes[from] === 1 ? 52 : 40);
  const at = (index: number) => bytes.readInt32BE(matrix + 4 * index);
  return [at(0), at(1), at(3), at(4)];
}

function editsOf(bytes: Buffer, { from }: Box, movieScale: number, mediaScale: number): Edit[] {
  const isLong = bytes[from] === 1;
  const count = bytes.readUInt32BE(from + 4);
  const edits: Edit[] = [];
  let fromMs = 0;
  for (let n = 0; n < count; n++) {
    const at = from + 8 + n * (isLong ? 20 : 12);
    const length = isLong ? Number(bytes.readBigUInt64BE(at)) : bytes.readUInt32BE(at);
    const media = isLong ? Number(bytes.readBigInt64BE(at + 8)) : bytes.readInt32BE(at + 4);
    // The last one may say 0 where it means all that is left.
    const lengthMs = length === 0 && n === count - 1 ? Infinity : (length / movieScale) * 1000;
    edits.push({ fromMs, mediaMs: media < 0 ? undefined : (media / mediaScale) * 1000, lengthMs });
    fromMs += lengthMs;
  }
  return edits;
}

const handlerOf = (bytes: Buffer, track: Box): string | undefined => {
  const handler = find(bytes, track, 'mdia', 'hdlr');
  return handler && bytes.toString('latin1', handler.from + 8, handler.from + 12);
};

function find(bytes: Buffer, box: Box, ...path: readonly string[]): Box | undefined {
  let found: Box | undefined = box;
  for (const type of path) found = found && childrenOf(bytes, found).find((child) => child.type === type);
  return found;
}

const childrenOf = (bytes: Buffer, { from, to }: Box): Box[] => boxes(bytes, from, to);

/** The boxes that lie one after another between two places. */
export function boxes(bytes: Buffer, from: number, to: number): Box[] {
  const found: Box[] = [];
  for (let at = from; at + 8 <= to;) {
    const short = bytes.readUInt32BE(at);
    const length = short === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : short === 0 ? to - at : short;
    if (length < 8 || at + length > to) break;
    found.push({
      type: bytes.toString('latin1', at + 4, at + 8),
      from: at + (short === 1 ? 16 : 8),
      to: at + length,
    });
    at += length;
  }
  return found;
}
