import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';

/**
 * A copy of a database of somebody else's, in a folder of our own, with what its log still holds. It stays as it was at that moment, and
 * goes when this process ends. Undefined where the database cannot be read, or its folder can be written: then something else is wrong.
 */
export function copyOfOthers(path: string): string | undefined {
  if (!isAllowed(path, constants.R_OK) || isAllowed(dirname(path), constants.W_OK)) return undefined;
  const folder = join(tmpdir(), `argus-read-${process.pid}-${versionOf(path)}`);
  const copy = join(folder, 'argus.db');
  if (existsSync(copy)) return copy;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (existsSync(`${path}-wal`)) copyFileSync(`${path}-wal`, `${copy}-wal`);
  // Another thread may be doing the same: what has the name of the copy is whole.
  const half = `${copy}.${threadId}`;
  copyFileSync(path, half, constants.COPYFILE_FICLONE);
  renameSync(half, copy);
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return copy;
}

/** Another one whenever the database was written in between. */
function versionOf(path: string): string {
  const states = [path, `${path}-wal`].map((file) => {
    const found = statSync(file, { throwIfNoEntry: false });
    return [file, found?.size, found?.mtimeMs].join();
  });
  return createHash('sha256').update(states.join()).digest('hex').slice(0, 16);
}

function isAllowed(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    // That is how it says no.
    return false;
  }
}
