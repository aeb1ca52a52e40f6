// How fast trajectories are stored and asked about, beside a plain table with one row a point and an index on camera
// and time. `npm run bench:store -- [--quick | --points 50]`, points in millions: 50 (52 days of 8 cameras) unless told.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import type { LineShape, TrackEvent } from '../src/domain/event.ts';
import { cameraId, shapeId, trackId, type CameraId, type RunId, type TrackId } from '../src/domain/ids.ts';
import type { Interval } from '../src/domain/time.ts';
import { createEventEngine } from '../src/events/engine.ts';
import { pastEvents } from '../src/mcp/pastEvents.ts';
import { databasePath } from '../src/store/database.ts';
import { openReader, type Reader } from '../src/store/reader.ts';
import { openWriter, type Writer } from '../src/store/writer.ts';
import { at, collectGarbage, timed, millions, rate, say, spread } from './measure.ts';
import { askOverMcp } from './storeOverMcp.ts';
import { openRows, type Rows } from './storeRows.ts';
import {
  batches,
  cameras,
  crowd,
  dayMs,
  parkedCar,
  randomFrom,
  startMs,
  tracksPerDay,
} from './storeWorld.ts';

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, points: { type: 'string' } },
});
const million = 1_000_000;
const total = options.quick ? 3 * million : Number(options.points ?? 50) * million;
const early = million;
/** As many rows are written for comparison. */
const rowsTotal = Math.min(total, 10 * million);
const largeBatch = 50_000;
const lineCount = options.quick ? 40 : 100;
const aspect = 16 / 9;

const folder = mkdtempSync(join(tmpdir(), 'argus-bench-'));
async function main(): Promise<void> {
  say(
    `8 cameras, ${tracksPerDay} tracks each in 24 h, about 60 points a track; batches of ${largeBatch} points`,
  );
  const writer = openStore('main');
  const rows = openRows(join(folder, 'rows.db'));
  const ingest = { points: 0, ms: 0, rowsMs: 0 };
  const queries: { points: number; ms: number[] }[] = [];
  for (const batch of batches(beginRuns(writer), largeBatch)) {
    collectGarbage();
    ingest.ms += timed(() => writer.commit(batch));
    collectGarbage();
    if (ingest.points < rowsTotal) ingest.rowsMs += timed(() => rows.write(batch));
    const before = ingest.points;
    ingest.points += batch.points;
    const passed = (mark: number) => before < mark && ingest.points >= mark;
    if (passed(early)) queries.push({ points: ingest.points, ms: await askDay(batch.nowMs) });
    if (passed(rowsTotal)) {
      const atRows = { points: ingest.points, ms: ingest.ms, bytes: usedBytes() };
      printIngest(atRows, ingest.rowsMs);
      queries.push({ points: ingest.points, ms: await askDay(batch.nowMs) });
      await compareWithRows(batch.nowMs, rows, atRows);
    }
    if (ingest.points < total) continue;
    if (total > rowsTotal) {
      say(`  up to ${millions(ingest.points)}: ${rate(ingest.points, ingest.ms)} points/s`);
      queries.push({ points: ingest.points, ms: await askDay(batch.nowMs) });
    }
    rows.close();
    printDays(queries);
    await askOverMcp(join(folder, 'main'), lines(lineCount / 2), batch.nowMs);
    await askBesidesPrune(writer, batch.nowMs);
    break;
  }
  writer.close();
  smallBatches();
  standingStill();
}

function openStore(name: string, holdBackMs = 0): Writer {
  const writer = openWriter(join(folder, name), { nowMs: startMs, holdBackMs });
  writer.syncCameras(
    cameras.map((id) => ({ id, name: id, source: 'bench', shapes: [] })),
    startMs,
  );
  return writer;
}

function beginRuns(writer: Writer): RunId[] {
  return cameras.map((camera) =>
    writer.beginRun({
      camera,
      source: 'bench',
      detector: 'none',
      live: false,
      startedAtMs: startMs,
      mediaStartMs: startMs,
    }),
  );
}

/** Of the file once all is in it, without what could be handed back. */
function usedBytes(): number {
  const db = new Database(databasePath(join(folder, 'main')));
  db.pragma('wal_checkpoint(TRUNCATE)');
  const number = (name: string) => Number(db.pragma(name, { simple: true }));
  const bytes = (number('page_count') - number('freelist_count')) * number('page_size');
  db.close();
  return bytes;
}

function printIngest({ points, ms, bytes }: { points: number; ms: number; bytes: number }, rowsMs: number) {
  const { kept, segments } = counts();
  say(`\ningest of ${millions(points)}`);
  say(`  store             ${rate(points, ms)} points/s   target 1,000,000`);
  say(`  a row a point     ${rate(points, rowsMs)} points/s; store : rows ${(rowsMs / ms).toFixed(2)}`);
  say(
    `  bytes             ${(bytes / points).toFixed(1)} a point given, ${(bytes / kept).toFixed(1)} a point kept` +
      ` (${((100 * kept) / points).toFixed(0)} % kept, ${(kept / segments).toFixed(0)} a segment)   target 20`,
  );
}

function counts(): { kept: number; segments: number } {
  const db = new Database(databasePath(join(folder, 'main')), { readonly: true });
  const row = db
    .prepare<[], { kept: number; segments: number }>(
      'SELECT sum((length(data) - 4) / 12) AS kept, count(*) AS segments FROM segments',
    )
    .get();
  db.close();
  return row ?? { kept: NaN, segments: NaN };
}

/** Lines of a fifth to half a picture, anywhere, in any direction. */
function lines(count: number): LineShape[] {
  const random = randomFrom(3);
  return Array.from({ length: count }, (_, n) => {
    const length = 0.2 + random() * 0.3;
    const heading = random() * 2 * Math.PI;
    const a = { x: 0.25 + random() * 0.5, y: 0.3 + random() * 0.5 };
    const inside = (v: number) => Math.min(1, Math.max(0, v));
    const b = {
      x: inside(a.x + Math.cos(heading) * length),
      y: inside(a.y + Math.sin(heading) * length),
    };
    return { kind: 'line', id: shapeId(`line${n}`), name: 'drawn now', line: { a, b } };
  });
}

/** Which tracks crossed the line in the interval, with direction and time: the question as the tools ask it. */
const crossings = (
  reader: Reader,
  camera: CameraId,
  window: Interval,
  shape: LineShape,
): Promise<TrackEvent[]> => pastEvents(reader, { camera, shape, window });

/** How long the question takes for each line, ms; the cameras take turns. */
async function askAll(
  reader: Reader,
  interval: Interval,
  count: number,
): Promise<{ ms: number[]; found: number }> {
  const ms: number[] = [];
  let found = 0;
  for (const [n, line] of lines(count).entries()) {
    const began = performance.now();
    found += (await crossings(reader, cameras[n % cameras.length] ?? cameraId(''), interval, line)).length;
    ms.push(performance.now() - began);
  }
  return { ms: ms.sort((a, b) => a - b), found: found / count };
}

async function askDay(nowMs: number): Promise<number[]> {
  const reader = openReader(join(folder, 'main'));
  const interval = { fromMs: nowMs - dayMs, toMs: nowMs };
  await askAll(reader, interval, 10);
  const { ms } = await askAll(reader, interval, lineCount);
  reader.close();
  return ms;
}

function printDays(queries: readonly { points: number; ms: readonly number[] }[]): void {
  say(
    `\na line drawn now, the last 24 h of one camera, ${lineCount} lines   target p95 20 ms, growth below 2`,
  );
  for (const { points, ms } of queries) say(`  ${millions(points).padEnd(18)}${spread(ms)}`);
  const [first, last] = [queries[0], queries.at(-1)];
  if (first && last)
    say(
      `  growth            p50 ${(at(last.ms, 0.5) / at(first.ms, 0.5)).toFixed(2)}, p95 ${(at(last.ms, 0.95) / at(first.ms, 0.95)).toFixed(2)}`,
    );
}

async function compareWithRows(
  nowMs: number,
  rows: Rows,
  { points, bytes }: { points: number; bytes: number },
) {
  const reader = openReader(join(folder, 'main'));
  const interval = { fromMs: nowMs - dayMs, toMs: nowMs };
  const ours: number[] = [];
  const theirs: number[] = [];
  const agreement = { both: 0, ours: 0, theirs: 0, apartMs: [0] };
  for (const [n, line] of lines(16).entries()) {
    const camera = cameras[n % cameras.length] ?? cameraId('');
    let began = performance.now();
    const stored = await crossings(reader, camera, interval, line);
    ours.push(performance.now() - began);
    began = performance.now();
    const given = crossingsOfRows(rows, camera, (n % cameras.length) + 1, interval, line);
    theirs.push(performance.now() - began);
    compareEvents(given, stored, agreement);
  }
  reader.close();
  const rowBytes = rows.bytes();
  const apart = agreement.apartMs.sort((a, b) => a - b);
  const ratio =
    at(
      theirs.sort((a, b) => a - b),
      0.5,
    ) /
    at(
      ours.sort((a, b) => a - b),
      0.5,
    );
  say(`\nrows : store, ${millions(points)}`);
  say(
    `  size              ${(rowBytes / bytes).toFixed(1)} (rows ${(rowBytes / points).toFixed(1)} bytes a point)`,
  );
  say(`  line over 24 h    ${ratio.toFixed(1)} (rows ${spread(theirs)})`);
  say(
    `  crossings         of all points ${agreement.both + agreement.theirs}; of the kept points ${agreement.both} the same, ` +
      `${agreement.theirs} missing, ${agreement.ours} more; moments apart: p50 ${at(apart, 0.5)}, p95 ${at(apart, 0.95)} ms`,
  );
}

function crossingsOfRows(rows: Rows, camera: CameraId, number: number, interval: Interval, line: LineShape) {
  const engine = createEventEngine(camera, [line], { aspect });
  const found: TrackEvent[] = [];
  // Who is there at the start of the window came a little earlier.
  for (const [track, points] of rows.tracks(number, { ...interval, fromMs: interval.fromMs - 60_000 })) {
    const id: TrackId = trackId(`${camera}-1-${track}`);
    found.push(...engine.update({ trackId: id, label: 'person', points }), ...engine.end(id));
  }
  return found.filter(({ timeMs }) => timeMs >= interval.fromMs && timeMs < interval.toMs);
}

/** Same track, same direction, in the same order. */
function compareEvents(
  given: readonly TrackEvent[],
  stored: readonly TrackEvent[],
  sum: { both: number; ours: number; theirs: number; apartMs: number[] },
): void {
  const left = [...stored];
  for (const event of given) {
    const index = left.findIndex((one) => one.trackId === event.trackId && one.direction === event.direction);
    const same = left[index];
    if (!same) {
      sum.theirs++;
      continue;
    }
    sum.both++;
    sum.apartMs.push(Math.abs(same.timeMs - event.timeMs));
    left.splice(index, 1);
  }
  sum.ours += left.length;
}

/** Half of the time is deleted in slices, while questions are asked between them. */
async function askBesidesPrune(writer: Writer, nowMs: number): Promise<void> {
  for (const run of beginRuns(writer)) writer.endRun(run, 'finished', nowMs);
  const olderThanMs = startMs + (nowMs - startMs) / 2;
  const before = usedBytes();
  const fileBefore = statSync(databasePath(join(folder, 'main'))).size;
  const reader = openReader(join(folder, 'main'));
  const interval = { fromMs: nowMs - dayMs, toMs: nowMs };
  const slices: number[] = [];
  const asked: number[] = [];
  const someLines = lines(lineCount);
  const slice = () => {
    const began = performance.now();
    const { more } = writer.prune({ olderThanMs, budgetMs: 10 });
    slices.push(performance.now() - began);
    return more;
  };
  for (let n = 0; slice(); n++) {
    const line = someLines[n % someLines.length];
    if (n % 10 !== 0 || !line) continue;
    const began = performance.now();
    await crossings(reader, cameras[n % cameras.length] ?? cameraId(''), interval, line);
    asked.push(performance.now() - began);
  }
  reader.close();
  const after = usedBytes();
  const fileAfter = statSync(databasePath(join(folder, 'main'))).size;
  const spentMs = slices.reduce((sum, ms) => sum + ms, 0);
  say(
    `\nthe older half deleted in slices of 10 ms: ${(spentMs / 1000).toFixed(1)} s in ${slices.length} slices`,
  );
  say(`  a slice           ${spread(slices.sort((a, b) => a - b))}`);
  say(`  24 h beside it    ${spread(asked.sort((a, b) => a - b))}`);
  say(
    `  size              data ${(after / before).toFixed(2)}, file ${(fileAfter / fileBefore).toFixed(2)} of before`,
  );
}

/** A station's: what came in 250 ms. */
function smallBatches(): void {
  say(`\nbatches of 250 ms of 8 cameras at 5 frames a second with 5 people each`);
  for (const holdBackMs of [0, 2000]) {
    const writer = openStore(`small${holdBackMs}`, holdBackMs);
    const frames = crowd(beginRuns(writer), options.quick ? 300 : 1500);
    let points = 0;
    let commits = 0;
    const ms = timed(() => {
      for (let quarter = 0; quarter * 1.25 < frames.length; quarter++) {
        const due = frames.slice(Math.ceil(quarter * 1.25), Math.ceil((quarter + 1) * 1.25)).flat();
        points += due.reduce((sum, { record }) => sum + record.tracks.length, 0);
        writer.commit({ nowMs: startMs + quarter * 250, frames: due });
        commits++;
      }
    });
    writer.close();
    say(
      `  held back ${String(holdBackMs).padStart(4)} ms ${rate(points, ms)} points/s, ` +
        `${(ms / commits).toFixed(2)} ms a commit`,
    );
  }
}

function standingStill(): void {
  const hours = options.quick ? 1 : 4;
  const writer = openStore('parked');
  const [run] = beginRuns(writer);
  const [camera] = cameras;
  if (run === undefined || camera === undefined) return;
  const frames = parkedCar(run, camera, hours);
  writer.commit({ nowMs: startMs, frames });
  writer.close();
  const db = new Database(databasePath(join(folder, 'parked')), { readonly: true });
  const stored = db
    .prepare<[], { kept: number; bytes: number }>(
      'SELECT sum((length(data) - 4) / 12) AS kept, sum(length(data)) AS bytes FROM segments',
    )
    .get();
  db.close();
  if (!stored) return;
  say(`\na parked car at 10 frames a second, boxes restless by ±1/2500`);
  say(
    `  kept              ${((100 * stored.kept) / frames.length).toFixed(2)} % of the points, ` +
      `${(((stored.bytes / hours) * 24) / 1024).toFixed(0)} KiB a day`,
  );
}

try {
  await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
