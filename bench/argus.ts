import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Manifest } from '../src/config/manifest.ts';
import { obtainModel } from '../src/models/obtain.ts';

const root = resolve(import.meta.dirname, '..');

/** A clip of the shared test data. */
export const video = (name: string): string =>
  join(process.env['ARGUS_SHARED'] ?? resolve(root, '../shared'), 'video', name);

/** The weights of a model, from the shared test data or fetched as the program does. */
export async function modelFile(manifest: Manifest): Promise<string> {
  const shared = process.env['ARGUS_SHARED'] ?? resolve(root, '../shared');
  const { path } = await obtainModel(manifest, {
    cacheFolder: join(tmpdir(), 'argus-bench-weights'),
    modelPath: [join(shared, 'models')],
    fetchTimeoutMs: 3_500,
  });
  return path;
}

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
