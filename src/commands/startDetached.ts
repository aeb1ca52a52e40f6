import { spawn } from 'node:child_process';
import { mkdirSync, openSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import type { CommonFlags } from './setting.ts';

/** Starts a station that outlives this process; what it says goes to `station.log` in the data folder. */
export function startDetached(flags: CommonFlags, dataRoot: string): void {
  mkdirSync(dataRoot, { recursive: true });
  const log = openSync(join(dataRoot, 'station.log'), 'a');
  const cli = join(import.meta.dirname, '../cli.js');
  // Any free port: nobody asked for a certain one, and another data folder's station may have it.
  const args = [cli, 'serve', '--port', '0', '--data', dataRoot];
  if (flags.config !== undefined) args.push('--config', flags.config);
  const station = spawn(process.execPath, args, { detached: true, stdio: ['ignore', log, log] });
  station.unref();
  closeSync(log);
}
