import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import type { Environment } from './variables.ts';

/** Absolute paths of what Argus keeps. Nothing of it is made here. */
export interface DataFolder {
  readonly root: string;
  /** SQLite database. */
  readonly database: string;
  /** Folder of the pictures. */
  readonly stills: string;
  /** Folder of the weights of detectors, fetched once. */
  readonly weights: string;
  /** Folder of the models that the user added: manifests and weights. */
  readonly models: string;
  /** Folder of the engines that TensorRT built. */
  readonly engines: string;
  /** File with the secret that clients of the station show. */
  readonly token: string;
  /** Log of what MCP clients called. */
  readonly audit: string;
}

/**
 * Where Argus keeps its data: the folder of `--data`, else of `ARGUS_DATA`, else `argus` in the state folder of the XDG
 * Base Directory Specification (`$XDG_STATE_HOME`, else `~/.local/state`).
 */
export function dataFolder({ flag, env }: { flag?: string | undefined; env: Environment }): DataFolder {
  const root = resolve(flag || env['ARGUS_DATA'] || join(stateHome(env), 'argus'));
  return {
    root,
    database: join(root, 'argus.db'),
    stills: join(root, 'stills'),
    weights: join(root, 'weights'),
    models: join(root, 'models'),
    engines: join(root, 'engines'),
    token: join(root, 'token'),
    audit: join(root, 'audit.jsonl'),
  };
}

function stateHome(env: Environment): string {
  const stated = env['XDG_STATE_HOME'] ?? '';
  // The specification says that relative paths are to be ignored.
  return isAbsolute(stated) ? stated : join(env['HOME'] || homedir(), '.local', 'state');
}
