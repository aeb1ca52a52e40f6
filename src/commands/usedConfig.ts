import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/* Which configuration a data folder was last served with, so that another one is not taken for it. */

const pathIn = (dataFolder: string): string => join(dataFolder, 'config-path');

export const noteUsedConfig = (dataFolder: string, configPath: string): void =>
  writeFileSync(pathIn(dataFolder), `${configPath}\n`, { mode: 0o600 });

/** Undefined where the folder was never served, as after "argus watch". */
export function readUsedConfig(dataFolder: string): string | undefined {
  try {
    return readFileSync(pathIn(dataFolder), 'utf8').trim();
  } catch {
    // Missing or not ours to read: nothing says that they belong together.
    return undefined;
  }
}
