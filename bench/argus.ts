import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** A clip of the shared test data. */
export const video = (name: string): string =>
  join(process.env['ARGUS_SHARED'] ?? resolve(root, '../shared'), 'video', name);

export interface Watched {
  readonly stdout: string;
  readonly framesPerSecond: number;
}

/**
 * Lets the built program watch a file to its end, in a data folder of its own, which is given to `look` before it is
 * deleted. Throws with what the program said when it fails.
 */
export function watchFile<T>(
  path: string,
  args: readonly string[],
  look: (dataFolder: string, watched: Watched) => T,
): T {
  const data = mkdtempSync(join(tmpdir(), 'argus-bench-'));
  try {
    const run = spawnSync(
      process.execPath,
      [join(root, 'dist/cli.js'), 'watch', path, '--data', data, ...args],
      {
        encoding: 'utf8',
        maxBuffer: 1 << 30,
      },
    );
    if (run.status !== 0) throw new Error(`argus watch ${args.join(' ')} failed:\n${run.stderr}`);
    return look(data, {
      stdout: run.stdout,
      framesPerSecond: Number(/([\d.]+) frames\/s on /.exec(run.stderr)?.[1]),
    });
  } finally {
    rmSync(data, { recursive: true });
  }
}
