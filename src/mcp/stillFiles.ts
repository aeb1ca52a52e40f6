import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArgusError } from '../domain/errors.ts';

/** Reads a stored still; the path is relative to the stills folder. Throws ArgusError when the file is gone. */
export async function readStillFile(stillsFolder: string, path: string): Promise<Buffer> {
  try {
    return await readFile(join(stillsFolder, path));
  } catch (error) {
    throw new ArgusError(`The picture ${path} is gone.`, 'Ask for another moment or event.', {
      cause: error,
    });
  }
}
