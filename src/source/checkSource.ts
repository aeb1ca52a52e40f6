import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { ArgusError } from '../domain/errors.ts';
import type { SourceDescription } from './description.ts';
import { safeText } from './description.ts';

/**
 * Looks whether a file or device can be opened. Network sources are not tried: they may be away for now, and are
 * reconnected. Throws ArgusError.
 */
export async function checkSource(source: SourceDescription): Promise<void> {
  if (source.kind === 'file') await checkFile(source.path, shown(source.path, source));
  if (source.kind === 'v4l2') await checkDevice(source.device, shown(source.device, source));
}

/** The full path, as a relative one does not say where it was looked for; unless variables were filled in. */
const shown = (path: string, source: SourceDescription): string =>
  safeText(source).includes('${') ? safeText(source) : path;

async function checkFile(path: string, where: string): Promise<void> {
  const found = await statOf(path, `The video file ${where}`, 'Give the path of an existing video file.');
  if (found.isDirectory())
    throw new ArgusError(`${where} is a folder.`, 'Give the path of one video file in it.');
  if (!found.isFile())
    throw new ArgusError(`${where} is not a regular file.`, 'Give the path of a video file.');
  await mayRead(path, `The video file ${where}`, `Give its reader the right to: chmod u+r '${where}'.`);
  if (found.size === 0)
    throw new ArgusError(
      `The video file ${where} is empty.`,
      'Record or copy it again, or give another file.',
    );
}

async function checkDevice(path: string, where: string): Promise<void> {
  const list = 'See which there are with: ls -l /dev/video*.';
  const found = await statOf(path, `The video device ${where}`, `Plug the camera in. ${list}`);
  if (!found.isCharacterDevice()) throw new ArgusError(`${where} is not a video device.`, list);
  await mayRead(path, `The video device ${where}`, 'Add the user that runs argus to the group "video".');
}

async function statOf(path: string, what: string, next: string) {
  try {
    return await stat(path);
  } catch (error) {
    switch (codeOf(error)) {
      case 'ENOENT':
      case 'ENOTDIR':
        throw new ArgusError(`${what} does not exist.`, next, { cause: error });
      case 'EACCES':
        throw new ArgusError(`${what} is in a folder that may not be entered.`, next, { cause: error });
      default:
        throw new ArgusError(`${what} cannot be looked at (${codeOf(error)}).`, next, { cause: error });
    }
  }
}

async function mayRead(path: string, what: string, next: string): Promise<void> {
  try {
    // Opened rather than asked about: access(2) answers for the real user, not for the effective one.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    await handle.close();
  } catch (error) {
    const code = codeOf(error);
    const why =
      code === 'EACCES' || code === 'EPERM'
        ? 'may not be read by the user that runs argus'
        : `cannot be opened (${code})`;
    throw new ArgusError(`${what} ${why}.`, next, { cause: error });
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
