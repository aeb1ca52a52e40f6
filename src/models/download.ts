import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readlink, rename, rm, stat, symlink, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '../domain/errors.ts';

export interface DownloadOptions {
  /** Lower-case hex. */
  readonly sha256: string;
  /** How long until the first byte, ms. */
  readonly firstByteMs: number;
  readonly onBytes: (received: number, total: number | undefined) => void;
}

/** How long a download that has begun may stand still, ms. */
const stallMs = 15_000;

/**
 * Fetches a file, its sum checked. Until then it lies beside its place, with `.part` after its name: a download that
 * was cut goes on from there.
 * @throws Error whose message is the reason: no answer, a bad status, a download that stands still, another sum, no
 * room. What came is kept for the next try, but for bytes that turned out wrong or that the disk has no room for.
 */
export async function download(url: string, path: string, options: DownloadOptions): Promise<void> {
  // Two processes must not write one file: who comes second begins a file of its own.
  const lock = `${path}.lock`;
  const isFirst = await takeLock(lock);
  const part = isFirst ? `${path}.part` : `${path}.${randomUUID()}.part`;
  try {
    await fetchWhole(url, part, options);
    await rename(part, path);
  } catch (error) {
    if (isDiskFull(error)) {
      await rm(part, { force: true });
      throw new Error(`there is no room left on the disk of ${path}; free some and try again`, {
        cause: error,
      });
    }
    if (!isFirst) await rm(part, { force: true });
    throw new Error(reasonOf(error), { cause: error });
  } finally {
    if (isFirst) await freeLock(lock);
  }
}

/** Locks of this process: its number alone would not tell them from those of one before it, as in a container. */
const held = new Set<string>();

/**
 * Whether the caller may go on with the download of a file; a process that died lost its right. The lock is a link whose
 * target is the holder's number, as that is never seen without it.
 */
async function takeLock(lock: string): Promise<boolean> {
  if (held.has(lock)) return false;
  held.add(lock);
  const isTaken = (await makeLock(lock)) || ((await removeDead(lock)) && (await makeLock(lock)));
  if (!isTaken) held.delete(lock);
  return isTaken;
}

async function makeLock(lock: string): Promise<boolean> {
  try {
    await symlink(String(process.pid), lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    held.delete(lock);
    throw error;
  }
}

async function removeDead(lock: string): Promise<boolean> {
  const holder = Number(await readlink(lock).catch(() => '0'));
  if (holder !== process.pid && isAlive(holder)) return false;
  await rm(lock, { force: true });
  return true;
}

async function freeLock(lock: string): Promise<void> {
  held.delete(lock);
  await rm(lock, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    // It is there, and another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function fetchWhole(url: string, part: string, options: DownloadOptions): Promise<void> {
  const before = await sizeOf(part);
  await fetchTo(part, url, before, options);
  // What the disk has, not what came: whoever else may have written to the file is found out.
  const sum = await hashOf(part);
  if (sum === options.sha256) return;
  const size = await sizeOf(part);
  await rm(part, { force: true });
  // What was kept may be of another file than the one that is there now.
  if (before > 0) await fetchWhole(url, part, options);
  else throw new Error(`${size} bytes came with SHA-256 ${sum}, but the manifest wants ${options.sha256}`);
}

/** Writes what is missing behind the first `before` bytes of a file. */
async function fetchTo(part: string, url: string, before: number, options: DownloadOptions): Promise<void> {
  const abort = new AbortController();
  const abortAfter = (ms: number, what: string) =>
    setTimeout(() => abort.abort(new Error(`${what} within ${ms / 1000} s`)), ms);
  let timer = abortAfter(options.firstByteMs, 'no answer');
  try {
    // As it is: the length of what was packed for the way is not that of the file.
    const headers = { 'accept-encoding': 'identity', ...(before > 0 && { range: `bytes=${before}-` }) };
    const response = await fetch(url, { signal: abort.signal, headers });
    // Nothing behind what is there already: it is whole, or of another file.
    if (response.status === 416) return;
    if (!response.ok || response.body === null) throw new Error(`the server answers ${response.status}`);
    const goesOn = response.status === 206;
    const start = goesOn ? before : 0;
    const length = Number(response.headers.get('content-length')) || undefined;
    const total = length === undefined ? undefined : start + length;
    let received = start;
    let file: FileHandle | undefined;
    try {
      for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
        clearTimeout(timer);
        timer = abortAfter(stallMs, 'the download went no further');
        // Only now, as a server that gives nothing leaves nothing.
        file ??= await open(part, goesOn ? 'a' : 'w');
        await file.writeFile(chunk);
        received += chunk.length;
        options.onBytes(received, total);
      }
      await file?.sync();
    } finally {
      await file?.close();
    }
  } finally {
    clearTimeout(timer);
  }
}

/** SHA-256 of a file, that of nothing when there is none. */
async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  if ((await sizeOf(path)) > 0) await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

const isDiskFull = (error: unknown): boolean =>
  error instanceof Error && ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');

/** `fetch` hides what happened behind "fetch failed". */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return error instanceof TypeError && cause !== undefined ? messageOf(cause) : messageOf(error);
}
