import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { dataFolder, type DataFolder } from '../config/dataFolder.ts';

/* Where things are: all that a command needs to know which looks at neither configuration nor models. */

export interface CommonFlags {
  readonly config?: string;
  readonly data?: string;
}

export const dataFolderOf = (flags: CommonFlags): DataFolder =>
  dataFolder({ flag: flags.data, env: process.env });

/** Where a configuration was named, not found. */
export function namedConfig(flags: CommonFlags): string | undefined {
  const named = flags.config ?? process.env['ARGUS_CONFIG'];
  return named !== undefined && named !== '' ? resolve(named) : undefined;
}

/**
 * The configuration file: `--config`, else ARGUS_CONFIG, else argus.yaml in the working folder, else
 * argus/argus.yaml in the XDG configuration folder; undefined when there is none.
 */
export function configPath(flags: CommonFlags): string | undefined {
  const named = namedConfig(flags);
  if (named !== undefined) return named;
  const home = process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config');
  return [resolve('argus.yaml'), join(home, 'argus', 'argus.yaml')].find((path) => existsSync(path));
}
