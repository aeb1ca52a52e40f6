import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { databasePath, explained, openForWriting } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openReader } from '../../src/store/reader.ts';
import { openWriter, Writer } from '../../src/store/writer.ts';
import { camera, complaintOf, newRun, openStore, t0, temporaryFolder, track1, walk } from './fixture.ts';

const open = (folder: string) => openWriter(folder, { nowMs: t0 });

describe('a database that cannot be used is an error that names it and says what to do', () => {
  it('a disk that is full; the batch can be given again when there is room', () => {
    const folder = temporaryFolder();
    const db = openForWriting(folder);
    migrate(db, t0);
    const writer = new Writer(db, () => undefined);
    onTestFinished(() => writer.close());
    writer.syncCameras([camera()], t0);
    const run = writer.beginRun(newRun());
    writer.commit({ nowMs: t0, frames: walk(run, 0, 9) });
    db.pragma(`max_page_count = ${String(db.pragma('page_count', { simple: true }))}`);
    const batch = { nowMs: t0, frames: walk(run, 10, 5000) };
    expect(complaintOf(() => writer.commit(batch))).toMatch(/disk is full: .*argus\.db.*Free space/);
    const reader = openReader(folder);
    onTestFinished(() => reader.close());
    expect(reader.trackPoints(track1)).toHaveLength(10);
    db.pragma('max_page_count = 1000000');
    expect(writer.commit(batch)).toMatchObject({ accepted: 4991 });
    expect(reader.trackPoints(track1)).toHaveLength(5001);
  });

  it('a folder that may not be written', () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o555);
    // Root may write everywhere, so another user has to try; it takes over once the code is loaded, as the folder of
    // the checkout may not be open to it.
    const script = `import { openWriter } from ${JSON.stringify(join(import.meta.dirname, '../../src/store/writer.ts'))};
      if (process.getuid() === 0) process.setuid(65534);
      try { openWriter(${JSON.stringify(join(folder, 'data'))}, { nowMs: 0 }); } catch (error) { console.log(String(error)); }`;
    const child = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
      encoding: 'utf8',
    });
    expect(child.stdout).toMatch(/ArgusError: .*cannot be written.*permission denied.*another data folder/);
  });

  it('a file that is not a database', () => {
    const folder = temporaryFolder();
    writeFileSync(
      databasePath(folder),
      'Hello, this is a text and long enough to have a header of 100 bytes. '.repeat(50),
    );
    for (const attempt of [open, openReader]) {
      expect(complaintOf(() => attempt(folder))).toMatch(
        /argus\.db is not an SQLite database.*Move the file away/,
      );
    }
    expect(complaintOf(() => open(folder))).not.toMatch(/Another Argus/);
  });

  it('the database of another program', () => {
    const folder = temporaryFolder();
    const other = new Database(databasePath(folder));
    other.exec('CREATE TABLE notes (text TEXT)');
    other.close();
    for (const attempt of [open, openReader]) {
      expect(complaintOf(() => attempt(folder))).toMatch(/argus\.db is the database of another program/);
    }
  });

  it('a database that is damaged', () => {
    const { folder, writer } = openStore();
    const run = writer.beginRun(newRun());
    writer.commit({ nowMs: t0, frames: walk(run, 0, 2000) });
    writer.close();
    truncateSync(databasePath(folder), 12_288);
    const reader = () => {
      const damaged = openReader(folder);
      try {
        return damaged.trackPoints(track1);
      } finally {
        damaged.close();
      }
    };
    expect(complaintOf(reader)).toMatch(/argus\.db is damaged.*restore a backup/);
  });

  it('a second writer of the same folder, until the first is closed', () => {
    const folder = temporaryFolder();
    const first = open(folder);
    expect(complaintOf(() => open(folder))).toMatch(/Another Argus station is writing to .*stop it/);
    first.close();
    open(folder).close();
  });

  it('a database that another program holds', () => {
    const { folder } = openStore();
    const holder = new Database(databasePath(folder));
    onTestFinished(() => void holder.close());
    holder.exec('BEGIN IMMEDIATE');
    const impatient = new Database(databasePath(folder), { timeout: 1 });
    onTestFinished(() => void impatient.close());
    expect(
      complaintOf(() => explained(databasePath(folder), () => impatient.exec('BEGIN IMMEDIATE'))),
    ).toMatch(/argus\.db is locked by another program.*try again/);
  });

  it('a data folder that is a file', () => {
    const file = join(temporaryFolder(), 'data');
    writeFileSync(file, '');
    expect(complaintOf(() => open(file))).toMatch(/data.* cannot be opened.*is a folder/);
  });

  it('no database at all, for a reader, who makes none', () => {
    const folder = temporaryFolder();
    expect(complaintOf(() => openReader(folder))).toMatch(/no Argus database at .*argus\.db.*argus serve/);
    expect(existsSync(databasePath(folder))).toBe(false);
  });

  it('a database that was never filled, for a reader', () => {
    const folder = temporaryFolder();
    writeFileSync(databasePath(folder), '');
    expect(complaintOf(() => openReader(folder))).toMatch(/older than this program.*argus serve/);
  });
});

describe('a data folder', () => {
  it('is made with the folders above it', () => {
    const folder = join(temporaryFolder(), 'a', 'b');
    open(folder).close();
    expect(existsSync(databasePath(folder))).toBe(true);
  });

  it('may have a name with spaces and signs', () => {
    const folder = join(temporaryFolder(), 'Ünï %20 ?#');
    mkdirSync(folder);
    open(folder).close();
    openReader(folder).close();
  });
});

it('what is a defect stays one', () => {
  const defect = new TypeError('x is undefined');
  const throwing = () =>
    explained('x', () => {
      throw defect;
    });
  expect(throwing).toThrow(defect);
});
