import type { LiveStation } from '../domain/live.ts';
import { createBackground } from '../mcp/background.ts';
import type { World } from '../mcp/contract.ts';
import { readStillFile } from '../mcp/stillFiles.ts';
import { openReader, type Reader } from '../store/reader.ts';

/** What the tools answer from: the database of a data folder, and the station if one runs. */
export function createWorld(
  folder: { readonly root: string; readonly stills: string },
  live: () => Promise<LiveStation | undefined>,
  mayWrite: boolean,
): World {
  let reader: Reader | undefined;
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return {
    reader: () => (reader ??= openReader(folder.root)),
    live,
    readStill: (path) => readStillFile(folder.stills, path),
    now: Date.now,
    timeZone,
    mayWrite,
    background: createBackground({ dataFolder: folder.root, stillsFolder: folder.stills, timeZone }),
  };
}
