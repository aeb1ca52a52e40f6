import { ArgusError } from '../domain/errors.ts';
import { cameraId } from '../domain/ids.ts';
import { isoTime } from '../domain/time.ts';
import { openWriter } from '../store/writer.ts';
import { dataFolderOf, type CommonFlags } from './place.ts';
import { Terminal } from './terminal.ts';

interface FilesFlags extends CommonFlags {
  readonly id?: string;
  readonly start?: string;
  readonly append?: boolean;
}

/** Between the last frame of a file and the first of the next, where a file has but one frame, ms. */
const usualStepMs = 40;

/**
 * Watches files one after another as one camera: the first begins at --start, each other where the one before it ends.
 * Files up to the one that was added last are not added again. Returns the exit code.
 */
export async function watchFiles<Flags extends FilesFlags>(
  paths: readonly string[],
  flags: Flags,
  watchOne: (path: string, flags: Flags) => Promise<number>,
): Promise<number> {
  const { id, start } = flags;
  if (id === undefined || start === undefined || flags.append !== true)
    throw new ArgusError(
      `${paths.length} files are watched as one camera, which needs a name and a time.`,
      'Give --append, the --id of the camera, and the --start of the first file.',
    );
  const terminal = new Terminal();
  const { root } = dataFolderOf(flags);
  const added = paths.indexOf(lastRunOf(root, id)?.source ?? '');
  if (added > 0)
    terminal.say(`Of ${paths.length} files, ${added} ${added === 1 ? 'was' : 'were'} added before.`);
  let startsAt: string = start;
  for (const [n, path] of paths.entries()) {
    if (n < added) continue;
    terminal.say(`File ${n + 1} of ${paths.length}: ${path}`);
    const code = await watchOne(path, { ...flags, start: startsAt });
    const last = lastRunOf(root, id);
    const left = paths.length - n - 1;
    if (code !== 0 || last?.source !== path || !last.finished) {
      if (left > 0)
        terminal.say(
          `Not read, as times follow from this file: ${left === 1 ? 'the last file' : `${left} more files`}.`,
        );
      return code;
    }
    if (!last.progress || left === 0) continue;
    const { frame, mediaTimeMs, timeMs } = last.progress;
    startsAt = isoTime(Math.ceil(timeMs + (frame > 0 ? mediaTimeMs / frame : usualStepMs)));
    terminal.say(`The next file is taken to begin where this one ends: at ${startsAt}.`);
  }
  return 0;
}

function lastRunOf(dataRoot: string, id: string) {
  const writer = openWriter(dataRoot, { nowMs: Date.now() });
  try {
    return writer.lastRun(cameraId(id));
  } finally {
    writer.close();
  }
}
