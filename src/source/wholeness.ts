import { open, type FileHandle } from 'node:fs/promises';

/** A file that ends before it should. */
export interface Cut {
  /** What is there of the bytes that it should have, 0–1, where the file says how many. */
  readonly share?: number;
}

/**
 * Looks whether a video file is all there, by what its container says of its own length: MP4, AVI, Matroska; MPEG-TS and
 * bare JPEGs must end with a whole packet or picture. Undefined: nothing is missing, or it cannot be known.
 */
export async function findCut(path: string): Promise<Cut | undefined> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const head = await bytesAt(file, 0, 64);
    const magic = head.toString('latin1', 0, 4);
    if (magic === 'RIFF') return await cutOfRiff(file, size);
    if (/^(ftyp|moov|mdat|free|skip|wide)$/.test(head.toString('latin1', 4, 8)))
      return await cutOfBoxes(file, size);
    if (magic === '\x1aE\xdf\xa3') return await cutOfMatroska(file, size);
    if (head[0] === 0x47) return await cutOfPackets(file, size);
    if (magic.startsWith('\xff\xd8\xff')) return await cutOfJpegs(file, size);
    return undefined;
  } finally {
    await file.close();
  }
}

async function bytesAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, at);
  return bytes.subarray(0, bytesRead);
}

const cutAt = (size: number, wanted: number): Cut | undefined =>
  size < wanted ? { share: size / wanted } : undefined;

/** AVI: one RIFF chunk, or several where it is larger than 1 GB. */
async function cutOfRiff(file: FileHandle, size: number): Promise<Cut | undefined> {
  let at = 0;
  while (at + 8 <= size) {
    const head = await bytesAt(file, at, 8);
    if (head.toString('latin1', 0, 4) !== 'RIFF') break;
    const length = head.readUInt32LE(4);
    // A recorder that was not stopped leaves the length open.
    if (length === 0 || length === 0xffff_ffff) return {};
    at += 8 + length + (length % 2);
  }
  return cutAt(size, at - (at === size + 1 ? 1 : 0));
}

/** MP4: boxes one after another, among them the index. */
async function cutOfBoxes(file: FileHandle, size: number): Promise<Cut | undefined> {
  let hasIndex = false;
  let at = 0;
  while (at + 8 <= size) {
    const head = await bytesAt(file, at, 16);
    const type = head.toString('latin1', 4, 8);
    hasIndex ||= type === 'moov';
    const short = head.readUInt32BE(0);
    if (short === 0) return hasIndex ? undefined : {};
    const length = short === 1 && head.length === 16 ? Number(head.readBigUInt64BE(8)) : short;
    if (length < 8) return undefined;
    at += length;
  }
  return cutAt(size, at) ?? (hasIndex ? undefined : {});
}

/** Matroska and WebM: the segment after the header says how long it is, unless it was written as a stream. */
async function cutOfMatroska(file: FileHandle, size: number): Promise<Cut | undefined> {
  const header = elementAt(await bytesAt(file, 0, 16));
  if (header?.length === undefined) return undefined;
  const at = header.from + header.length;
  const segment = elementAt(await bytesAt(file, at, 16));
  return segment?.length === undefined ? undefined : cutAt(size, at + segment.from + segment.length);
}

/** Where the content of an EBML element begins, and its length; undefined length: open. */
function elementAt(bytes: Buffer): { from: number; length: number | undefined } | undefined {
  const idBytes = Math.clz32(bytes[0] ?? 0) - 23;
  const first = bytes[idBytes] ?? 0;
  const lengthBytes = Math.clz32(first) - 23;
  if (lengthBytes > 8 || idBytes + lengthBytes > bytes.length) return undefined;
  let length = first & (0xff >> lengthBytes);
  let isOpen = length === 0xff >> lengthBytes;
  for (let n = 1; n < lengthBytes; n++) {
    const byte = bytes[idBytes + n] ?? 0;
    isOpen &&= byte === 0xff;
    length = length * 256 + byte;
  }
  return { from: idBytes + lengthBytes, length: isOpen ? undefined : length };
}

async function cutOfPackets(file: FileHandle, size: number): Promise<Cut | undefined> {
  const head = await bytesAt(file, 0, 3 * 208);
  const packet = [188, 204, 208].find((length) => head[length] === 0x47 && head[2 * length] === 0x47);
  return packet !== undefined && size % packet !== 0 ? {} : undefined;
}

async function cutOfJpegs(file: FileHandle, size: number): Promise<Cut | undefined> {
  const tail = await bytesAt(file, Math.max(0, size - 64), 64);
  return tail.includes('ffd9', 0, 'hex') ? undefined : {};
}
