import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ArgusError } from '../domain/errors.ts';
import { cameraId } from '../domain/ids.ts';
import { readStationFile } from '../station/stationFile.ts';
import { openReader } from '../store/reader.ts';
import { openWriter } from '../store/writer.ts';
import { dataFolderOf, type CommonFlags } from './place.ts';

export interface RemoveFlags extends CommonFlags {
  readonly yes?: boolean;
}

/** Deletes a camera with all that is stored of it; without `--yes` it only says what that would be. Returns the exit code. */
export async function removeCamera(id: string, flags: RemoveFlags): Promise<number> {
  const data = dataFolderOf(flags);
  if (readStationFile(data.root))
    throw new ArgusError(
      'A station runs, and may be watching the camera.',
      'Take the camera out of argus.yaml, stop the station with "argus stop", and ask again.',
    );
  // Says what is wrong where there is no database; a writer would make one.
  const reader = openReader(data.root);
  const known = reader.cameras().map((camera) => camera.id);
  reader.close();
  const writer = openWriter(data.root, { nowMs: Date.now() });
  try {
    const camera = cameraId(id);
    const held = writer.holdings(camera);
    if (!held)
      throw new ArgusError(
        `There is no camera ${JSON.stringify(id)}.`,
        known.length > 0 ? `Known: ${known.join(', ')}.` : 'No camera is stored.',
      );
    const what = `${counted(held.tracks, 'track')}, ${counted(held.events, 'event')}, ${counted(held.stills, 'picture')} and ${counted(held.watches, 'alert rule')} from ${counted(held.runs, 'run')}`;
    if (flags.yes !== true) {
      process.stdout.write(
        `Camera ${id} has ${what}. To delete all of it for ever: argus cameras remove ${id} --yes\n`,
      );
      return 1;
    }
    for (const path of writer.removeCamera(camera)) await rm(join(data.stills, path), { force: true });
    process.stdout.write(`Camera ${id} is deleted, with ${what}.\n`);
    return 0;
  } finally {
    writer.close();
  }
}

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
