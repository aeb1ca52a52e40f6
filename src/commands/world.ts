import type { LiveStation } from '../domain/live.ts';
import { createBackground } from '../mcp/background.ts';
import type { World } from '../mcp/contract.ts';
import { createStillReader } from '../mcp/stillFiles.ts';
import { openReader, type Reader } from '../store/reader.ts';

/**
 * What the tools answer from: the database of a data folder, and the station if one runs.
 *
 * @param checkReadable throws ArgusError while there is nothing to read yet
 */
export function createWorld(
  folder: { readonly root: string; readonly stills: string },
  live: () => Promise<LiveStation | undefined>,
  mayWrite: boolean,
  checkReadable: () => void = () => undefined,
): World {
  let reader: Reader | undefined;
  // Finding it out takes longer than a client shall wait for this process to begin.
  let timeZone: string | undefined;
  const zone = () => (timeZone ??= Intl.DateTimeFormat().resolvedOptions().timeZone);
  return {
    reader: () => {
      checkReadable();
      return (reader ??= openReader(folder.root));
    },
    live,
    readStill: createStillReader(folder.stills),
    now: Date.now,
    get timeZone() {
      return zone();
    },
    mayWrite,
    background: createBackground(() => ({
      dataFolder: folder.root,
      stillsFolder: folder.stills,
      timeZone: zone(),
    })),
  };
}
