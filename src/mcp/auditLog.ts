import { appendFileSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Audit, AuditEntry } from './audit.ts';

export interface AuditLogOptions {
  /** Path of the file; older ones are beside it, `audit.1.jsonl` the youngest of them. */
  readonly file: string;
  /** From this size on, in bytes, the next line begins a new file. */
  readonly rotateAt?: number;
  /** Told once when a line cannot be written. */
  readonly onProblem: (error: unknown) => void;
}

const defaultRotateAt = 10_000_000;
/** Files kept, beside the one that is written. */
const kept = 3;
/** Arguments that are longer as JSON are cut: a line shall stay a line. */
const longestArguments = 2_000;
const longestText = 500;
/** A process that takes so long to rename four files has died over it, ms. */
const lockLivesMs = 10_000;

/**
 * Appends one line of JSON for each call. Any number of processes may write the same file: a line is one write at its end, and the
 * file is opened anew for each, so that none goes on in one that was put aside. A disk that is full or a folder that cannot be
 * written never fails a call.
 */
export function createAuditLog({ file, rotateAt = defaultRotateAt, onProblem }: AuditLogOptions): Audit {
  let hasComplained = false;
  return (entry) => {
    try {
      if (sizeOf(file) >= rotateAt) rotate(file, rotateAt);
      append(file, `${JSON.stringify(bounded(entry))}\n`);
    } catch (error) {
      if (!hasComplained) onProblem(error);
      hasComplained = true;
    }
  };
}

function append(file: string, line: string): void {
  try {
    appendFileSync(file, line, { mode: 0o600 });
  } catch (error) {
    if (!isMissing(error)) throw error;
    // Nobody has stored anything yet, but there is a call to be noted.
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    appendFileSync(file, line, { mode: 0o600 });
  }
}

/** Of two processes that come to it at once, one does it and the other writes on. */
function rotate(file: string, rotateAt: number): void {
  const lock = `${file}.lock`;
  if (!lockedBy(lock)) return;
  try {
    // The other one may have done it between our look and our lock.
    if (sizeOf(file) < rotateAt) return;
    for (let number = kept - 1; number >= 1; number--) move(older(file, number), older(file, number + 1));
    move(file, older(file, 1));
  } finally {
    rmSync(lock, { force: true });
  }
}

function lockedBy(lock: string): boolean {
  try {
    if (Date.now() - statSync(lock).mtimeMs > lockLivesMs) rmSync(lock, { force: true });
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  try {
    writeFileSync(lock, '', { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

const older = (file: string, number: number): string => file.replace(/(\.\w+)?$/, `.${number}$1`);

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

function bounded(entry: AuditEntry): AuditEntry {
  const { client, resource, error } = entry;
  return {
    ...entry,
    ...(client && {
      client: { ...client, name: cut(client.name), ...(client.version && { version: cut(client.version) }) },
    }),
    ...(resource !== undefined && { resource: cut(resource) }),
    ...(entry.arguments !== undefined && { arguments: cutArguments(entry.arguments) }),
    ...(error !== undefined && { error: cut(error) }),
  };
}

const cut = (text: string): string =>
  text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text;

/** Whole, or where they are long the beginning of their JSON as a string. */
function cutArguments(given: unknown): unknown {
  const json = JSON.stringify(given);
  return json.length > longestArguments ? `${json.slice(0, longestArguments - 1)}…` : given;
}

const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;
