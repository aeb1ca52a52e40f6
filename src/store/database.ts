import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { ArgusError, messageOf } from '../domain/errors.ts';
import { copyOfOthers } from './othersCopy.ts';

export type Connection = Database.Database;

export const databasePath = (dataFolder: string): string => join(dataFolder, 'argus.db');

/** "ARGU": says that a database is ours. */
export const applicationId = 0x41524755;

/** The log is brought into the database when it has so many pages: 16 MB, as an ingest writes the same pages often. */
export const checkpointPages = 4000;

/** How long a statement waits for another process before it fails. */
const busyTimeoutMs = 5000;

/** Opens, and makes where need be, the database to write to. */
export function openForWriting(dataFolder: string): Connection {
  const path = databasePath(dataFolder);
  return explained(path, () => {
    mkdirSync(dataFolder, { recursive: true });
    const db = new Database(path, { timeout: busyTimeoutMs });
    return closedOnError(db, () => {
      checkOurs(db, path);
      // Only a new database takes it: what is deleted later can be handed back to the disk bit by bit.
      db.pragma('auto_vacuum = INCREMENTAL');
      db.pragma('journal_mode = WAL');
      // In WAL mode a power failure may cost the last commits, never the database.
      db.pragma('synchronous = NORMAL');
      db.pragma('journal_size_limit = 67108864');
      db.pragma(`wal_autocheckpoint = ${checkpointPages}`);
      db.pragma('foreign_keys = ON');
      // What is deleted of a person is gone, not only forgotten.
      db.pragma('secure_delete = ON');
      return db;
    });
  });
}

/** Opens an existing database; nothing can be written through it. */
export function openForReading(dataFolder: string): Connection {
  const path = databasePath(dataFolder);
  if (!existsSync(path)) {
    throw new ArgusError(
      `There is no Argus database at ${path}.`,
      'Check the data folder, or start `argus serve` once to create it.',
    );
  }
  return explained(path, () => {
    try {
      return openAt(path, path);
    } catch (error) {
      // SQLite wants to write beside a database to read it, also where nobody else does.
      const copy = needsOwnFolder.test(sqliteCode(error) ?? '') ? copyOfOthers(path) : undefined;
      if (copy === undefined) throw error;
      return openAt(copy, path);
    }
  });
}

const needsOwnFolder = /^SQLITE_(READONLY|CANTOPEN)/;

function openAt(path: string, named: string): Connection {
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
  return closedOnError(db, () => {
    checkOurs(db, named);
    db.pragma('query_only = ON');
    return db;
  });
}

/** What SQLite finds wrong with a database; undefined where it finds nothing. Reads all of it. Throws ArgusError where it cannot be opened. */
export function damageOf(dataFolder: string): string | undefined {
  const db = openForReading(dataFolder);
  try {
    const found = explained(databasePath(dataFolder), () => db.pragma('quick_check(1)', { simple: true }));
    return found === 'ok' ? undefined : String(found);
  } finally {
    db.close();
  }
}

/** Whether an error says that the database is damaged, so that trying again is of no use. */
export const isDamage = (error: unknown): error is ArgusError =>
  error instanceof ArgusError &&
  (damageCodes.test(sqliteCode(error.cause) ?? '') || sqliteCode(error.cause) === 'SQLITE_NOTADB');

/**
 * Keeps every other writer out of the data folder until the returned function is called or the process dies: a lock
 * that SQLite holds on a file of its own, as the operating system frees it however the process ends.
 */
export function lockForWriting(dataFolder: string): () => void {
  const path = join(dataFolder, 'argus.lock');
  return explained(path, () => {
    // What cameras saw is nobody else's business.
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    const lock = new Database(path, { timeout: 0 });
    try {
      lock.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      lock.close();
      if (!sqliteCode(error)?.startsWith('SQLITE_BUSY')) throw error;
      throw new ArgusError(
        `Another Argus station is writing to ${dataFolder}.`,
        'Use that one, stop it, or give this one another data folder.',
        { cause: error },
      );
    }
    return () => lock.close();
  });
}

/** Whether a living process holds the data folder for writing. */
export function isLockedForWriting(dataFolder: string): boolean {
  if (!existsSync(join(dataFolder, 'argus.lock'))) return false;
  try {
    lockForWriting(dataFolder)();
    return false;
  } catch (error) {
    if (error instanceof ArgusError) return true;
    throw error;
  }
}

/** Runs what touches the file at `path`; trouble that a person can mend is thrown as an ArgusError that says how. */
export function explained<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const code = sqliteCode(error) ?? systemCode(error);
    const remedy = remedies.find(({ codes }) => codes.test(code ?? ''));
    if (!remedy) throw error;
    throw new ArgusError(`${remedy.what(path)} (${messageOf(error)}).`, remedy.next, { cause: error });
  }
}

const damageCodes = /^(SQLITE_CORRUPT.*|SQLITE_IOERR_SHORT_READ)$/;

/** What to do about a damaged database. */
export const restoring =
  'Stop Argus, keep a copy of the file, and restore a backup or what `sqlite3 argus.db .recover` finds.';

const remedies: readonly { codes: RegExp; what: (path: string) => string; next: string }[] = [
  {
    codes: /^(SQLITE_FULL|ENOSPC|EDQUOT)$/,
    what: (path) => `The disk is full: ${path} cannot grow`,
    next: 'Free space on that disk or choose another data folder; what was stored before is safe.',
  },
  {
    codes: /^(SQLITE_READONLY.*|EACCES|EPERM|EROFS)$/,
    what: (path) => `${path} cannot be written`,
    next: 'Give the user that runs Argus the right to write there, or choose another data folder.',
  },
  {
    codes: /^SQLITE_NOTADB$/,
    what: (path) => `${path} is not an SQLite database, or its beginning is damaged`,
    next: 'Move the file away and restore a backup of it, or choose another data folder.',
  },
  {
    // Of a file that was cut off SQLite says that it cannot be read so far.
    codes: damageCodes,
    what: (path) => `The database ${path} is damaged`,
    next: restoring,
  },
  {
    codes: /^(SQLITE_BUSY|SQLITE_LOCKED).*$/,
    what: (path) => `${path} is locked by another program`,
    next: 'Close the program that holds it, such as a database browser, and try again.',
  },
  {
    codes: /^(SQLITE_CANTOPEN.*|ENOTDIR|EEXIST|ENOENT)$/,
    what: (path) => `${path} cannot be opened`,
    next: 'Check that the data folder is a folder and that the user that runs Argus may use it.',
  },
  {
    codes: /^(SQLITE_IOERR.*|EIO)$/,
    what: (path) => `The disk under ${path} does not read or write`,
    next: 'Check the disk and its connection, then start Argus again.',
  },
];

const sqliteCode = (error: unknown): string | undefined =>
  error instanceof Database.SqliteError ? error.code : undefined;

const systemCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** An empty database is ours to fill. */
function checkOurs(db: Connection, path: string): void {
  const id = db.pragma('application_id', { simple: true });
  const { tables } = db
    .prepare<[], { tables: number }>('SELECT count(*) AS tables FROM sqlite_schema')
    .get() ?? {
    tables: 0,
  };
  if (id === applicationId || (id === 0 && tables === 0)) return;
  throw new ArgusError(
    `${path} is the database of another program.`,
    'Move the file away or choose another data folder.',
  );
}

function closedOnError<T>(db: Connection, action: () => T): T {
  try {
    return action();
  } catch (error) {
    db.close();
    throw error;
  }
}
