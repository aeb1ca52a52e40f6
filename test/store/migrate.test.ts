import { appendFileSync, cpSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { databasePath } from '../../src/store/database.ts';
import { checkMigrated, migrate, migrationsFolder } from '../../src/store/migrate.ts';
import { openReader } from '../../src/store/reader.ts';
import { openWriter } from '../../src/store/writer.ts';
import { complaintOf, t0, temporaryFolder } from './fixture.ts';

function openDatabase(path = ':memory:'): Database.Database {
  const db = new Database(path);
  onTestFinished(() => void db.close());
  return db;
}

/** The program's migrations in a folder that may be changed. */
function copiedMigrations(): string {
  const folder = temporaryFolder();
  cpSync(migrationsFolder, folder, { recursive: true });
  return folder;
}

/** The program's own, in their order. */
const own = readdirSync(migrationsFolder)
  .filter((file) => file.endsWith('.sql'))
  .sort();
/** What a migration after these is called, or one that leaves numbers out. */
const later = (what: string, skipped = 0): string =>
  `${String(own.length + 1 + skipped).padStart(4, '0')}_${what}.sql`;

const tablesOf = (db: Database.Database): unknown[] =>
  db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();

describe('migrate', () => {
  it('makes every table strict', () => {
    const db = openDatabase();
    migrate(db, t0);
    const loose = db
      .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0")
      .pluck()
      .all();
    expect(loose.filter((name) => !String(name).startsWith('sqlite_'))).toEqual([]);
    expect(tablesOf(db)).toContain('coverage');
  });

  it('notes what it applied, and when, and applies nothing twice', () => {
    const db = openDatabase();
    migrate(db, t0);
    migrate(db, t0 + 1);
    expect(
      db.prepare('SELECT number, name, applied_ms, length(sha256) AS sum FROM migrations').all(),
    ).toEqual(own.map((name, n) => ({ number: n + 1, name, applied_ms: t0, sum: 64 })));
  });

  it('applies only what is new', () => {
    const db = openDatabase();
    const folder = copiedMigrations();
    migrate(db, t0, folder);
    writeFileSync(join(folder, later('more')), 'CREATE TABLE more (a INTEGER) STRICT;');
    migrate(db, t0 + 5, folder);
    expect(db.prepare('SELECT name FROM migrations ORDER BY number').pluck().all()).toEqual([
      ...own,
      later('more'),
    ]);
    expect(tablesOf(db)).toContain('more');
  });

  it('leaves nothing of a migration that fails half-way', () => {
    const db = openDatabase();
    const folder = copiedMigrations();
    writeFileSync(join(folder, later('bad')), 'CREATE TABLE half (a INTEGER) STRICT; CREATE TABLE half (b);');
    expect(() => migrate(db, t0, folder)).toThrow(/half/);
    expect(tablesOf(db)).not.toContain('half');
    expect(db.prepare('SELECT count(*) FROM migrations').pluck().get()).toBe(own.length);
  });

  it('refuses a migration that was changed after it had been applied', () => {
    const db = openDatabase();
    const folder = copiedMigrations();
    migrate(db, t0, folder);
    appendFileSync(join(folder, '0001_store.sql'), '-- one more word\n');
    expect(complaintOf(() => migrate(db, t0, folder))).toMatch(
      /0001_store.sql was changed.*add a new migration/,
    );
  });

  it('takes other line ends for the same migration', () => {
    const db = openDatabase();
    const folder = temporaryFolder();
    writeFileSync(join(folder, '0001_a.sql'), 'CREATE TABLE a (\n  b INTEGER\n) STRICT;\n');
    migrate(db, t0, folder);
    writeFileSync(join(folder, '0001_a.sql'), 'CREATE TABLE a (\r\n  b INTEGER\r\n) STRICT;\r\n');
    expect(() => migrate(db, t0, folder)).not.toThrow();
  });

  it('refuses a database newer than the program', () => {
    const db = openDatabase();
    const folder = copiedMigrations();
    writeFileSync(join(folder, later('more')), 'CREATE TABLE more (a INTEGER) STRICT;');
    migrate(db, t0, folder);
    expect(complaintOf(() => migrate(db, t0))).toMatch(
      new RegExp(`newer than this program.*${later('more')}.*Update Argus`),
    );
  });

  it('does not accept migrations with a gap in their numbers', () => {
    const folder = copiedMigrations();
    writeFileSync(join(folder, later('gap', 1)), 'SELECT 1;');
    expect(() => migrate(openDatabase(), t0, folder)).toThrow(later('gap', 1));
  });
});

describe('a reader of a database', () => {
  it('refuses one that is older than the program', () => {
    const db = openDatabase();
    const folder = copiedMigrations();
    migrate(db, t0, folder);
    writeFileSync(join(folder, later('more')), 'CREATE TABLE more (a INTEGER) STRICT;');
    expect(complaintOf(() => checkMigrated(db, folder))).toMatch(/older than this program.*argus serve/);
  });

  it('refuses one that is newer than the program, as a writer does', () => {
    const data = temporaryFolder();
    openWriter(data, { nowMs: t0 }).close();
    const db = openDatabase(databasePath(data));
    db.exec("INSERT INTO migrations VALUES (99, '0099_future.sql', 'x', 0)");
    expect(complaintOf(() => openReader(data))).toMatch(/newer than this program.*0099_future.sql/);
    expect(complaintOf(() => openWriter(data, { nowMs: t0 }))).toMatch(/newer than this program/);
  });
});
