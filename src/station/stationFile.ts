import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { isLockedForWriting } from '../store/database.ts';

const schema = z.object({
  pid: z.int().positive(),
  url: z.string(),
  version: z.string(),
});

/** Where the running station of a data folder is found. */
export type StationFile = z.infer<typeof schema>;

const pathIn = (dataFolder: string): string => join(dataFolder, 'station.json');

export function writeStationFile(dataFolder: string, file: StationFile): void {
  // Renamed into place: who reads meanwhile finds all of it or nothing.
  const written = `${pathIn(dataFolder)}.new`;
  writeFileSync(written, `${JSON.stringify(file)}\n`);
  renameSync(written, pathIn(dataFolder));
}

/** Undefined when no station runs: one that died without removing its file is not taken for running. */
export function readStationFile(dataFolder: string): StationFile | undefined {
  try {
    const file = schema.parse(JSON.parse(readFileSync(pathIn(dataFolder), 'utf8')));
    // The lock dies with its holder; a process number may by now be someone else's.
    return isLockedForWriting(dataFolder) ? file : undefined;
  } catch {
    // Missing or half-written: there is nobody to talk to.
    return undefined;
  }
}

export function removeStationFile(dataFolder: string): void {
  rmSync(pathIn(dataFolder), { force: true });
}
