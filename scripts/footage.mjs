import { spawnSync } from 'node:child_process';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { runLogged } from './setup/command.mjs';
import { step } from './setup/progress.mjs';
import { projectFolder } from './setup/project.mjs';
import { Stop } from './setup/stop.mjs';

const fileName = 'vtest.avi';
const debianPackage = 'opencv-doc';

/**
 * The path of vtest.avi (80 s of people on a path, PETS 2009): beside the project, from this user's cache, or else
 * taken out of Debian's opencv-doc package, which is downloaded for that but not installed.
 */
export async function findFootage() {
  const sharedPath = resolve(
    process.env.ARGUS_SHARED || join(projectFolder, '..', 'shared'),
    'video',
    fileName,
  );
  const cachedPath = join(
    process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
    'argus',
    'footage',
    fileName,
  );
  const present = [sharedPath, cachedPath].find((path) => existsSync(path));
  if (present !== undefined) return present;

  const helpYourself = `Or put any copy of ${fileName} (OpenCV has it in samples/data) at ${cachedPath}.`;
  await step(`sample footage: ${fileName} out of Debian's ${debianPackage} (96 MB, once)`, async (note) => {
    mkdirSync(dirname(cachedPath), { recursive: true });
    const folder = mkdtempSync(join(tmpdir(), 'argus-footage-'));
    try {
      const packagePath = await download(folder, helpYourself, note);
      note('unpacking');
      await extract(packagePath, cachedPath, helpYourself);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
  return cachedPath;
}

/**
 * @param {string} folder
 * @param {string} helpYourself
 * @param {(text: string) => void} note
 * @returns the path of the downloaded .deb
 */
async function download(folder, helpYourself, note) {
  const isRoot = process.getuid?.() === 0;
  const isListed = spawnSync('apt-cache', ['show', debianPackage], { stdio: 'ignore' }).status === 0;
  if (isRoot && !isListed) {
    note('reading package lists');
    await runLogged('apt-get', ['update'], { advice: helpYourself });
  }
  // As root, apt would give up its rights for the download and then be unable to write into our folder.
  const rights = isRoot ? ['-o', 'APT::Sandbox::User=root'] : [];
  note('downloading');
  await runLogged('apt-get', ['download', ...rights, debianPackage], {
    cwd: folder,
    advice: `${isRoot ? '' : 'Stale package lists are mended by `sudo apt-get update`. '}${helpYourself}`,
  });
  const name = readdirSync(folder).find((name) => name.endsWith('.deb'));
  if (name === undefined)
    throw new Stop(`\`apt-get download ${debianPackage}\` left no package. ${helpYourself}`);
  return join(folder, name);
}

/**
 * Takes the footage, plain or gzipped, out of a .deb; the file at `path` appears only when it is complete.
 * @param {string} packagePath
 * @param {string} path
 * @param {string} helpYourself
 */
async function extract(packagePath, path, helpYourself) {
  const folder = mkdtempSync(join(dirname(path), 'unpacking-')); // on the same disk, so that renaming is at once
  try {
    const unpack = `dpkg-deb --fsys-tarfile "$0" | tar --extract --directory "$1" --wildcards --no-anchored '${fileName}*'`;
    await runLogged('bash', ['-o', 'pipefail', '-c', unpack, packagePath, folder], {
      advice: `${debianPackage} could not be unpacked, or has no ${fileName} inside any more. ${helpYourself}`,
    });
    const member = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((name) =>
      [fileName, `${fileName}.gz`].includes(basename(name)),
    );
    if (member === undefined)
      throw new Stop(`${debianPackage} has no ${fileName} inside any more. ${helpYourself}`);

    const unpacked = join(folder, fileName);
    const contents = createReadStream(join(folder, member));
    const written = createWriteStream(unpacked);
    await (member.endsWith('.gz')
      ? pipeline(contents, createGunzip(), written)
      : pipeline(contents, written));
    renameSync(unpacked, path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
