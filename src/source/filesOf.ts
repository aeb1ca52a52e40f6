import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { ArgusError } from '../domain/errors.ts';

/** Files of a folder that are taken for videos. */
const videoExtension = /\.(mp4|m4v|mov|avi|mkv|webm|mpe?g|m?ts|m2ts|wmv|3gp|ogv|flv|mjpe?g|h26[45]|gif)$/i;

interface Files {
  /** Full paths in the order of their names, numbers by their value. */
  readonly paths: readonly string[];
  /** Names of the folder's other files. */
  readonly others: readonly string[];
}

/**
 * The video files that a folder or a pattern stands for: `recordings`, `recordings/2026-*.mp4`. Undefined for all other
 * sources. Throws ArgusError where there are none.
 */
export async function filesOf(text: string): Promise<Files | undefined> {
  const written = text.trim();
  if (written === '' || /^[a-z][a-z0-9+.-]+:/i.test(written)) return undefined;
  const path = /^~(\/|$)/.test(written) ? resolve(homedir(), written.slice(2)) : resolve(written);
  const found = await stat(path).catch(() => undefined);
  // A file may well have a * in its name.
  if (found && !found.isDirectory()) return undefined;
  if (!found && !/[*?]/.test(written)) return undefined;
  const [folder, pattern] = found ? [path, undefined] : [dirname(path), basename(path)];
  if (/[*?]/.test(folder))
    throw new ArgusError(
      `"${written}" has * or ? in a folder's name.`,
      "Write them in the file's name only, as in 'recordings/2026-*.mp4'.",
    );
  const names = await namesIn(folder);
  const isWanted = pattern === undefined ? videoExtension : expressionOf(pattern);
  const wanted = names.filter((name) => isWanted.test(name));
  if (wanted.length === 0)
    throw new ArgusError(
      pattern === undefined
        ? `The folder ${folder} has no video files.`
        : `No file of ${folder} is named like ${pattern}.`,
      names.length === 0
        ? 'There are no files in it: give another folder.'
        : `The first file in it is "${names[0]}".`,
    );
  const others = pattern === undefined ? names.filter((name) => !wanted.includes(name)) : [];
  return { paths: wanted.map((name) => join(folder, name)), others };
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .sort(new Intl.Collator('en', { numeric: true }).compare);
  } catch (error) {
    throw new ArgusError(
      `The folder ${folder} cannot be read.`,
      'Give a folder that exists and may be read.',
      {
        cause: error,
      },
    );
  }
}

/** `*` stands for any characters, `?` for one. */
const expressionOf = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    's',
  );
