import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { trackId } from '../../src/domain/ids.ts';
import { damageOf, databasePath } from '../../src/store/database.ts';
import { openReader } from '../../src/store/reader.ts';
import { openWriter } from '../../src/store/writer.ts';
import { cli, sandbox } from '../fixtures/argus.ts';
import {
  camera,
  complaintOf,
  crossing,
  frameOf,
  update,
  dock,
  gate,
  newRun,
  openStore,
  t0,
  temporaryFolder,
  track1,
  walk,
} from './fixture.ts';

const pageBytes = 4096;

/** A closed database with some of everything. */
function filled(): string {
  const { folder, writer } = openStore();
  const run = writer.beginRun(newRun());
  writer.commit({ nowMs: t0, frames: walk(run, 0, 600) });
  writer.endRun(run, 'stopped', t0 + 60_100, [crossing()]);
  writer.close();
  return folder;
}

function overwrite(folder: string, page: number, bytes: Buffer): void {
  const file = openSync(databasePath(folder), 'r+');
  writeSync(file, bytes, 0, bytes.length, page * pageBytes);
  closeSync(file);
}

/** What a station and a reader do with a database; all that they throw is in words. */
function use(folder: string): string[] {
  const complaints: string[] = [];
  const attempt = (action: () => unknown) => {
    try {
      action();
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ArgusError') throw error;
      complaints.push(error.message);
    }
  };
  attempt(() => {
    const writer = openWriter(folder, { nowMs: t0 });
    try {
      writer.closeDangling();
      writer.syncCameras([camera(dock), camera(gate)], t0);
      const run = writer.beginRun(newRun({ startedAtMs: t0 + 70_000, mediaStartMs: t0 + 70_000 }));
      const frames = [700, 701, 702].map((n) =>
        frameOf(run, n, { tracks: [update(trackId('dock-2-1'), n)] }),
      );
      writer.commit({ nowMs: t0, frames });
      writer.endRun(run, 'stopped', t0 + 72_000, []);
    } finally {
      writer.close();
    }
  });
  attempt(() => {
    const reader = openReader(folder);
    try {
      for (const { id } of reader.cameras()) reader.coverage(id, { fromMs: t0, toMs: t0 + 60_000 });
      reader.trackPoints(track1);
      reader.countEvents({ camera: dock }, ['type']);
    } finally {
      reader.close();
    }
  });
  attempt(() => damageOf(folder));
  return complaints;
}

const inWords = /(is damaged|its beginning is damaged|another program).*(restore|Restore|Move)/;

describe('a damaged database is reported in words', () => {
  it('wherever the damage is', () => {
    const whole = filled();
    const bytes = readFileSync(databasePath(whole));
    // Not random, so that a failure can be looked at again.
    const noise = Buffer.from(
      Array.from({ length: pageBytes }, (_, n) => (n * 167 + (n >> 3) * 31 + 13) % 251),
    );
    let found = 0;
    for (let page = 0; page < bytes.length / pageBytes; page++) {
      for (const garbage of [noise, Buffer.alloc(pageBytes), Buffer.alloc(pageBytes, 0xff)]) {
        for (const log of ['-wal', '-shm']) rmSync(`${databasePath(whole)}${log}`, { force: true });
        writeFileSync(databasePath(whole), bytes);
        overwrite(whole, page, garbage);
        const complaints = use(whole);
        for (const complaint of complaints) expect(complaint).toMatch(inWords);
        const isSeen = complaints.length > 0 || damageOf(whole) !== undefined;
        if (isSeen) found++;
      }
    }
    // A page that is free, or holds nothing but indexes of what is not asked, may be damaged unnoticed.
    expect(found).toBeGreaterThan((bytes.length / pageBytes) * 3 * 0.8);
  });

  it.each([512, 4096, 5000, 20_000, 40_960])('where it is cut off after %d bytes', (length) => {
    const folder = filled();
    truncateSync(databasePath(folder), length);
    const complaints = use(folder);
    expect(complaints.length).toBeGreaterThan(0);
    for (const complaint of complaints) expect(complaint).toMatch(inWords);
  });

  it('and one that has lost its log is what it was when the log was last brought in', () => {
    const { folder, writer } = openStore();
    const run = writer.beginRun(newRun());
    writer.commit({ nowMs: t0, frames: walk(run, 0, 50) });
    const copy = temporaryFolder();
    writeFileSync(databasePath(copy), readFileSync(databasePath(folder)));
    writer.close();
    for (const complaint of use(copy)) expect(complaint).toMatch(/older than this program|damaged/);
  });

  it('and a text or nothing at all under its name is none', () => {
    const text = temporaryFolder();
    writeFileSync(databasePath(text), 'cameras:\n  - id: gate\n'.repeat(300));
    expect(complaintOf(() => openReader(text))).toMatch(
      /is not an SQLite database.*Move the file|move the file/,
    );
    const empty = temporaryFolder();
    writeFileSync(databasePath(empty), '');
    expect(complaintOf(() => openReader(empty))).toMatch(/argus serve/);
  });
});

test('argus watch ends with 1 and doctor says so', async () => {
  const box = sandbox();
  mkdirSync(box.data);
  const folder = filled();
  writeFileSync(databasePath(box.data), readFileSync(databasePath(folder)));
  const pages = statSync(databasePath(box.data)).size / pageBytes;
  for (let page = 5; page < Math.min(pages, 12); page++)
    overwrite(box.data, page, Buffer.alloc(pageBytes, 0xa5));
  const clip = box.write('clip.y4m', 'YUV4MPEG2 W64 H64 F10:1 C420\n');
  const doctor = await box.run(['doctor']);
  expect(doctor.code).toBe(1);
  expect(doctor.stdout.trim().split('\n').at(-1)).toMatch(/1 problem to fix: .*argus\.db is damaged/);
  const watched = await box.run(['watch', clip, '--model', 'yolox-nano']);
  expect(watched.code).toBe(1);
  expect(watched.stderr).not.toMatch(/ at .*\.js:\d+/);
});

describe('a data folder of somebody else', () => {
  /** Runs code as a user who may read the folder and write nothing there. */
  function asNobody(script: string) {
    const child = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
      encoding: 'utf8',
    });
    return child.stdout + child.stderr;
  }
  const reading = (folder: string) => `
    import { openReader } from ${JSON.stringify(join(import.meta.dirname, '../../src/store/reader.ts'))};
    import { readdirSync } from 'node:fs';
    import { tmpdir } from 'node:os';
    if (process.getuid() === 0) process.setuid(65534);
    const reader = openReader(${JSON.stringify(folder)});
    console.log(reader.cameras().length, reader.trackPoints('dock-1-1').length);
    process.on('exit', () => console.log(readdirSync(tmpdir()).filter((name) => name.startsWith('argus-read-' + process.pid)).length));`;

  it('can be read where its station has ended', () => {
    const folder = filled();
    chmodSync(folder, 0o555);
    expect(asNobody(reading(folder))).toMatch(/^2 601\n[01]\n$/);
    rmSync(folder, { recursive: true });
  });

  it('can be read while its station runs', () => {
    const { folder, writer } = openStore();
    const run = writer.beginRun(newRun());
    writer.commit({ nowMs: t0, frames: walk(run, 0, 99) });
    chmodSync(folder, 0o555);
    onTestFinished(() => chmodSync(folder, 0o755));
    expect(asNobody(reading(folder))).toMatch(/^2 100\n/);
  });

  it('that may not be read is refused in words', () => {
    const folder = filled();
    chmodSync(databasePath(folder), 0o600);
    chmodSync(folder, 0o555);
    onTestFinished(() => chmodSync(folder, 0o755));
    expect(asNobody(reading(folder))).toMatch(
      /ArgusError: .*argus\.db cannot be (opened|written).*user that runs Argus/,
    );
  });

  it('answers an MCP client', () => {
    const folder = filled();
    chmodSync(folder, 0o555);
    onTestFinished(() => chmodSync(folder, 0o755));
    const messages = [
      { jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } } }, // prettier-ignore
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'list_cameras', arguments: {} } },
      { jsonrpc: '2.0', id: 3, method: 'tools/call', params: { name: 'count_zone_events', arguments: { camera: 'dock', line: 'door' } } }, // prettier-ignore
    ];
    const script = join(temporaryFolder(), 'asNobody.mjs');
    writeFileSync(
      script,
      `if (process.getuid() === 0) process.setuid(65534);
      process.env.HOME = '/nonexistent';
      process.chdir('/');
      process.argv = [...process.argv.slice(0, 2), 'mcp', '--data', ${JSON.stringify(folder)}];
      await import(${JSON.stringify(cli)});`,
    );
    const child = spawnSync(process.execPath, [script], {
      encoding: 'utf8',
      input: messages.map((one) => `${JSON.stringify(one)}\n`).join(''),
    });
    const answers = child.stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line) as { id: number; result?: { isError?: boolean } }); // prettier-ignore
    expect(answers.map(({ id }) => id).sort(), child.stderr).toEqual([1, 2, 3]);
    for (const { result } of answers) expect(result?.isError, child.stdout).not.toBe(true);
  });
});
