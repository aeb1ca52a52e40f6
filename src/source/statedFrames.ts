import { open } from 'node:fs/promises';

/** The headers of an AVI file are at its beginning, and small. */
const headBytes = 64 * 1024;

/** How many frames an AVI file says that its first video stream has; undefined where it does not say, or is none. */
export async function framesOfAvi(path: string): Promise<number | undefined> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    const head = buffer.subarray(0, bytesRead);
    if (head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 12) !== 'AVI ')
      return undefined;
    // A stream header: its name, its size, then 'vids', of which the length in frames is 32 bytes further.
    for (
      let next = head.indexOf('strh', 12, 'latin1');
      next >= 0;
      next = head.indexOf('strh', next + 4, 'latin1')
    )
      if (head.toString('latin1', next + 8, next + 12) === 'vids' && next + 44 <= head.length)
        return head.readUInt32LE(next + 40) || undefined;
    return undefined;
  } finally {
    await file.close();
  }
}
