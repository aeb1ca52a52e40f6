/*
 * How fast the store writes and answers, beside a plain table with one row a point and an index:
 *   node --import tsx test/store/speed.ts [HOURS] [CAMERAS]
 * Each camera sees three people at a time at 10 frames a second, each for half a minute, each crossing part of the picture.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { cameraId, trackId, type CameraId, type RunId } from '../../src/domain/ids.ts';
import type { TrackUpdate } from '../../src/domain/track.ts';
import { databasePath } from '../../src/store/database.ts';
import { openReader } from '../../src/store/reader.ts';
import type { FrameCommit, NewEvent } from '../../src/store/types.ts';
import { openWriter } from '../../src/store/writer.ts';
import { camera, crossing, frameOf, newRun, t0 } from './frames.ts';

const [hours = 24, cameraCount = 1] = process.argv.slice(2).map(Number);
const framesTotal = hours * 36_000;
const framesPerBatch = 50;
const walkFrames = 300;
const atOnce = 3;
const cameras = Array.from({ length: cameraCount }, (_, n) => cameraId(`cam${n}`));
const pointsTotal = framesTotal * atOnce * cameraCount;

const folder = mkdtempSync(join(tmpdir(), 'argus-speed-'));
try {
  const packed = timed(() => writePacked());
  const plain = timed(() => writePlain());
  say(`points                          ${pointsTotal} (${hours} h, ${cameraCount} cameras)`);
  say(
    `write, store                    ${rate(packed)} points/s, ${bytesPerPoint(databasePath(folder))} bytes a point`,
  );
  say(
    `write, a row a point            ${rate(plain)} points/s, ${bytesPerPoint(join(folder, 'plain.db'))} bytes a point`,
  );
  say(`store : rows                    ${(plain / packed).toFixed(1)} times as fast`);
  ask();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function writePacked(): void {
  const writer = openWriter(folder, { nowMs: t0 });
  writer.syncCameras(
    cameras.map((id) => camera(id)),
    t0,
  );
  const runs = new Map(cameras.map((id) => [id, writer.beginRun(newRun({ camera: id }))]));
  for (let first = 0; first < framesTotal; first += framesPerBatch) {
    const frames = [...runs].flatMap(([id, run]) => batchOf(id, run, first));
    writer.commit({ nowMs: t0 + first * 100, frames });
  }
  for (const run of runs.values()) writer.endRun(run, 'stopped', t0);
  writer.close();
}

function writePlain(): void {
  const db = new Database(join(folder, 'plain.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.exec(`CREATE TABLE points (camera INTEGER, track INTEGER, time_ms INTEGER, x1 REAL, y1 REAL, x2 REAL, y2 REAL,
    confidence REAL) STRICT; CREATE INDEX points_by_time ON points (camera, time_ms)`);
  const insert = db.prepare('INSERT INTO points VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const commit = db.transaction((frames: readonly FrameCommit[]) => {
    for (const { run, record } of frames) {
      for (const { trackId: id, points } of record.tracks) {
        for (const { timeMs, box, confidence } of points) {
          insert.run(run, Number(/\d+$/.exec(id)), timeMs, box.x1, box.y1, box.x2, box.y2, confidence);
        }
      }
    }
  });
  for (let first = 0; first < framesTotal; first += framesPerBatch) {
    commit(cameras.flatMap((id, n) => batchOf(id, (n + 1) as RunId, first)));
  }
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}

function batchOf(id: CameraId, run: RunId, first: number): FrameCommit[] {
  const last = Math.min(first + framesPerBatch, framesTotal);
  return Array.from({ length: last - first }, (_, n) => {
    const frame = first + n;
    const tracks = Array.from({ length: atOnce }, (_, lane) => walkerAt(id, frame, lane));
    const isLast = (frame + 1) % walkFrames === 0;
    return frameOf(run, frame, {
      camera: id,
      tracks,
      ended: isLast ? tracks.map((track) => track.trackId) : [],
      events: isLast ? tracks.map((track) => passing(id, track)) : [],
    });
  });
}

/** A person who walks a fifth of the picture, from a place that depends on the number of the walk. */
function walkerAt(id: CameraId, frame: number, lane: number): TrackUpdate {
  const number = Math.floor(frame / walkFrames) * atOnce + lane;
  const startX = (number * 0.618_034) % 0.75;
  const y = (number * 0.414_214) % 0.7;
  const x = startX + ((frame % walkFrames) / walkFrames) * 0.2;
  return {
    trackId: trackId(`${id}-1-${number}`),
    label: 'person',
    points: [
      { timeMs: t0 + frame * 100, box: { x1: x, y1: y, x2: x + 0.05, y2: y + 0.25 }, confidence: 0.8 },
    ],
  };
}

function passing(id: CameraId, { trackId: track, points }: TrackUpdate): NewEvent {
  return crossing({ camera: id, trackId: track, timeMs: points[0]?.timeMs ?? NaN });
}

function ask(): void {
  const reader = openReader(folder);
  const plain = new Database(join(folder, 'plain.db'), { readonly: true });
  const id = cameras[0] ?? cameraId('');
  const toMs = t0 + framesTotal * 100;
  const all = { fromMs: t0, toMs };
  const hour = { fromMs: toMs - 3_600_000, toMs };
  const shortLine = { x1: 0.5, y1: 0.45, x2: 0.52, y2: 0.5 };
  const longLine = { x1: 0.5, y1: 0, x2: 0.5, y2: 1 };
  const overlap = plain.prepare(
    `SELECT DISTINCT track FROM points WHERE camera = 1 AND time_ms BETWEEN ? AND ? AND x2 >= ? AND x1 <= ? AND y2 >= ?
     AND y1 <= ?`,
  );
  const rows = (area: typeof shortLine) => overlap.all(t0, toMs, area.x1, area.x2, area.y1, area.y2).length;
  const questions: [string, () => number][] = [
    ['pathsNear short line, all time', () => reader.pathsNear(id, all, shortLine).length],
    ['  the same of rows', () => rows(shortLine)],
    ['pathsNear long line, last hour', () => reader.pathsNear(id, hour, longLine).length],
    ['pathsNear long line, all time', () => reader.pathsNear(id, all, longLine).length],
    ['  the same of rows', () => rows(longLine)],
    ['boxesAt', () => reader.boxesAt(id, (t0 + toMs) / 2 + 50, 500).length],
    ['trackPoints', () => reader.trackPoints(trackId(`${id}-1-5`)).length],
    [
      'countEvents by hour, all time',
      () => reader.countEvents({ camera: id }, ['bucket', 'direction'], hourOf).length,
    ],
    ['events, a page of 20', () => reader.events({ camera: id, ...hour }).events.length],
    ['coverage, all time', () => reader.coverage(id, all).length],
  ];
  for (const [name, question] of questions) {
    const found = question();
    const times = Array.from({ length: 9 }, () => timed(question)).sort((a, b) => a - b);
    say(`${name.padEnd(31)} ${(times[4] ?? NaN).toFixed(2)} ms (median of 9; ${found} found)`);
  }
  plain.close();
  reader.close();
}

function hourOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 13);
}

function timed(action: () => unknown): number {
  const startMs = performance.now();
  action();
  return performance.now() - startMs;
}

function rate(ms: number): string {
  return Math.round((pointsTotal / ms) * 1000)
    .toLocaleString('en')
    .padStart(9);
}

function bytesPerPoint(path: string): string {
  return (statSync(path).size / pointsTotal).toFixed(1);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
