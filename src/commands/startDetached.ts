import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommonFlags } from './place.ts';

export interface DetachedStation {
  /** The last line that it said, or why it could not even start. */
  lastWords(): string;
}

/** Starts a station that outlives this process; what it says goes to `station.log` in the data folder. */
export function startDetached(flags: CommonFlags, dataRoot: string): DetachedStation {
  mkdirSync(dataRoot, { recursive: true, mode: 0o700 });
  const logPath = join(dataRoot, 'station.log');
  const log = openSync(logPath, 'a');
  const cli = join(import.meta.dirname, '../cli.js');
  // Any free port: nobody asked for a certain one, and another data folder's station may have it.
  const args = [cli, 'serve', '--port', '0', '--data', dataRoot];
  if (flags.config !== undefined) args.push('--config', flags.config);
  const station = spawn(process.execPath, args, { detached: true, stdio: ['ignore', log, log] });
  // Told by its log, which stays as it was.
  station.on('error', () => undefined);
  station.unref();
  closeSync(log);
  return { lastWords: () => readFileSync(logPath, 'utf8').trim().split('\n').at(-1) ?? '' };
}
