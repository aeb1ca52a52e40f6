import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArgusError } from '../domain/errors.ts';
import type { World } from './contract.ts';

/** Reads stored pictures from the folder that has them. */
export const createStillReader =
  (folder: string): World['readStill'] =>
  async (path) => {
    try {
      return await readFile(join(folder, path));
    } catch (error) {
      throw new ArgusError(`The picture ${path} is gone.`, 'Ask for another moment or event.', {
        cause: error,
      });
    }
  };
