import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ArgusError } from '../domain/errors.ts';
import { applicationId, type Connection } from './database.ts';

/** The program's own; src/store and dist/store are equally deep. */
export const migrationsFolder = fileURLToPath(new URL('../../db/migrations/', import.meta.url));

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
}

interface Applied {
  readonly number: number;
  readonly name: string;
  readonly sha256: string;
}

/**
 * Brings the database up to the newest migration of the folder: files `0001_*.sql`, `0002_*.sql`, …, forward only, each
 * in one transaction. Throws ArgusError when the database is newer than the folder, or when a migration was changed
 * after it had been applied.
 */
export function migrate(db: Connection, nowMs: number, folder: string = migrationsFolder): void {
  const migrations = readMigrations(folder);
  for (const migration of migrations) {
    // The lock comes first: another process may be doing the same.
    db.transaction(() => {
      if (checkedHistory(db, migrations).some(({ number }) => number === migration.number)) return;
      apply(db, migration, nowMs);
    }).immediate();
  }
  checkedHistory(db, migrations);
}

/** Throws ArgusError unless the database is exactly at the newest migration of the folder. */
export function checkMigrated(db: Connection, folder: string = migrationsFolder): void {
  const migrations = readMigrations(folder);
  if (checkedHistory(db, migrations).length < migrations.length) {
    throw new ArgusError(
      `The database ${db.name} is older than this program.`,
      'Start `argus serve` once with this version; it brings the database up to date.',
    );
  }
}

function readMigrations(folder: string): Migration[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort();
  return files.map((file, index) => {
    const number = Number(/^(\d{4})_/.exec(file)?.[1]);
    if (number !== index + 1) {
      throw new Error(`Migrations are numbered 0001_, 0002_, … without a gap (got ${join(folder, file)})`);
    }
    // A checkout with other line ends is the same migration.
    const sql = readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n');
    return { number, name: file, sql, sha256: createHash('sha256').update(sql).digest('hex') };
  });
}

function checkedHistory(db: Connection, migrations: readonly Migration[]): Applied[] {
  const hasHistory = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'migrations'").get() !== undefined;
  if (!hasHistory) return [];
  const history = db
    .prepare<[], Applied>('SELECT number, name, sha256 FROM migrations ORDER BY number')
    .all();
  for (const applied of history) {
    const migration = migrations[applied.number - 1];
    if (!migration) {
      throw new ArgusError(
        `The database ${db.name} is newer than this program: it has migration ${applied.name}.`,
        'Update Argus, or choose another data folder.',
      );
    }
    if (migration.sha256 !== applied.sha256) {
      throw new ArgusError(
        `Migration ${migration.name} was changed after the database ${db.name} had been made with it.`,
        'Install the released program again; if you changed the file, undo that and add a new migration.',
      );
    }
  }
  return history;
}

function apply(db: Connection, { number, name, sql, sha256 }: Migration, nowMs: number): void {
  db.exec(`CREATE TABLE IF NOT EXISTS migrations (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_ms INTEGER NOT NULL
  ) STRICT`);
  db.pragma(`application_id = ${applicationId}`);
  db.exec(sql);
  db.prepare('INSERT INTO migrations VALUES (?, ?, ?, ?)').run(number, name, sha256, Math.round(nowMs));
}
