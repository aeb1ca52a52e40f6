// How long questions about incidents and tracks take over MCP (stdio), in a store with looks, events and pictures.
// `npm run bench:incidents -- [--points 10] [--data FOLDER]`, in millions; a store that is in the folder already is asked
// as it is. Beside them pings, as the floor.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createCanvas } from '@napi-rs/canvas';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { Appearance } from '../src/domain/appearance.ts';
import type { LineShape, ZoneShape } from '../src/domain/event.ts';
import { shapeId, type CameraId, type TrackId } from '../src/domain/ids.ts';
import { createEventEngine } from '../src/events/engine.ts';
import type { FrameCommit, NewStill } from '../src/store/types.ts';
import { databasePath } from '../src/store/database.ts';
import { openReader } from '../src/store/reader.ts';
import { openWriter } from '../src/store/writer.ts';
import { millions, say, spread } from './measure.ts';
import { batches, cameras, dayMs, randomFrom, startMs } from './storeWorld.ts';

const { values: options } = parseArgs({
  options: { points: { type: 'string', default: '10' }, data: { type: 'string' } },
});
const total = Number(options.points) * 1_000_000;
const questions = 100;
/** Looks are kept of the last days: more would only make the file larger. */
const looksMs = 2 * dayMs;
const looksPerTrack = 2;

const door: LineShape = {
  kind: 'line',
  id: shapeId('door'),
  name: 'Door',
  line: { a: { x: 0.5, y: 0.3 }, b: { x: 0.5, y: 1 } },
};
const bay: ZoneShape = {
  kind: 'zone',
  id: shapeId('bay'),
  name: 'Bay',
  polygon: [
    { x: 0.1, y: 0.5 },
    { x: 0.4, y: 0.5 },
    { x: 0.4, y: 0.9 },
    { x: 0.1, y: 0.9 },
  ],
};

const folder = options.data ?? mkdtempSync(join(tmpdir(), 'argus-bench-'));
const random = randomFrom(3);
if (!existsSync(databasePath(folder))) fill();
await ask(lastMoment());
if (options.data === undefined) rmSync(folder, { recursive: true, force: true });

function lastMoment(): number {
  const reader = openReader(folder);
  const lastMs = Math.max(...cameras.map((camera) => reader.span(camera)?.toMs ?? 0));
  reader.close();
  return lastMs;
}

function fill(): void {
  const bytes = drawStill();
  const writer = openWriter(folder, { nowMs: startMs });
  writer.syncCameras(
    cameras.map((id) => ({ id, name: id, source: 'bench', shapes: [door, bay] })),
    startMs,
  );
  const runs = cameras.map((camera) =>
    writer.beginRun({
      camera,
      source: 'bench',
      detector: 'none',
      live: false,
      startedAtMs: startMs,
      mediaStartMs: startMs,
    }),
  );
  const engines = new Map(cameras.map((id) => [id, createEventEngine(id, [door, bay], { aspect: 16 / 9 })]));
  const lastMs = startMs + (total / (cameras.length * 2000 * 60)) * dayMs;
  let points = 0;
  let events = 0;
  let stills = 0;
  for (const batch of batches(runs, 50_000)) {
    const pictures = stillsOf(batch.frames, bytes);
    const frames = batch.frames.map((frame) => {
      const engine = engines.get(frame.record.camera);
      const made = [
        ...frame.record.tracks.flatMap((update) => engine?.update(update) ?? []),
        ...frame.record.ended.flatMap((id) => engine?.end(id) ?? []),
      ];
      events += made.length;
      return { ...frame, events: made };
    });
    const appearances = batch.nowMs > lastMs - looksMs ? looksOf(batch.frames) : [];
    writer.commit({ nowMs: batch.nowMs, frames, stills: pictures, appearances });
    points += batch.points;
    stills += pictures.length;
    if (points < total) continue;
    for (const run of runs) writer.endRun(run, 'finished', batch.nowMs, []);
    writer.close();
    say(`${millions(points)}, ${events} events, ${stills} pictures of ${(bytes / 1000).toFixed(0)} kB`);
    return;
  }
}

/** A picture of full size in the stills folder; all stills are this one. @returns its bytes */
function drawStill(): number {
  const canvas = createCanvas(1280, 720);
  const context = canvas.getContext('2d');
  for (let n = 0; n < 4000; n++) {
    context.fillStyle = `rgb(${Math.floor(random() * 255)}, ${Math.floor(random() * 255)}, ${Math.floor(random() * 255)})`;
    context.fillRect(random() * 1280, random() * 720, random() * 60, random() * 60);
  }
  const jpeg = canvas.toBuffer('image/jpeg', 80);
  mkdirSync(join(folder, 'stills'), { recursive: true });
  writeFileSync(join(folder, 'stills', 'still.jpg'), jpeg);
  return jpeg.length;
}

/** One of every ten seconds in which somebody is to be seen, the best one of those who are. */
function stillsOf(frames: readonly FrameCommit[], bytes: number): NewStill[] {
  const last = new Map<CameraId, number>();
  return frames.flatMap(({ record: { camera, timeMs, tracks } }) => {
    if (tracks.length < 2 || timeMs - (last.get(camera) ?? -Infinity) < 10_000) return [];
    last.set(camera, timeMs);
    const bestOf = tracks.map(({ trackId }) => trackId);
    return [{ camera, timeMs, path: 'still.jpg', width: 1280, height: 720, bytes, bestOf }];
  });
}

function looksOf(frames: readonly FrameCommit[]): Appearance[] {
  const looks = new Map<TrackId, number>();
  return frames.flatMap(({ record: { camera, timeMs, tracks } }) =>
    tracks.flatMap(({ trackId }): Appearance[] => {
      const n = (looks.get(trackId) ?? 0) + 1;
      looks.set(trackId, n);
      if (n % 16 !== 1 || n > 16 * looksPerTrack) return [];
      return [{ camera, trackId, timeMs, descriptor: 'person-reid-0287', vector: anyLook(), quality: 1 }];
    }),
  );
}

function anyLook(): Float32Array {
  const vector = Float32Array.from({ length: 256 }, () => random() - 0.5);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

async function ask(untilMs: number): Promise<void> {
  const client = new Client({ name: 'bench', version: '0' });
  const program = join(import.meta.dirname, '../dist/cli.js');
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [program, 'mcp', '--data', folder],
      stderr: 'inherit',
    }),
  );
  const call = async (name: string, args: Record<string, unknown>): Promise<Called> => {
    const began = performance.now();
    const { isError, structuredContent, content } = await client.callTool({ name, arguments: args });
    const ms = performance.now() - began;
    if (isError === true) throw new Error(`${name} failed: ${JSON.stringify(content)}`);
    const pictures = (content as { type: string }[]).filter(({ type }) => type === 'image').length;
    return {
      ms,
      structured: structuredContent as Structured,
      pictures,
      characters: JSON.stringify(structuredContent).length,
    };
  };
  const iso = (timeMs: number) => new Date(timeMs).toISOString();
  const fromMs = untilMs - dayMs;
  const day = { from: iso(fromMs), to: iso(untilMs), time_zone: 'UTC' };
  const { incidents = [] } = (await call('list_incidents', { ...day, limit: 50 })).structured;
  const anIncident = (n: number) => incidents[n % incidents.length]?.incident_id;
  const aCamera = (n: number) => cameras[n % cameras.length];
  const aMomentMs = () => fromMs + random() * (dayMs - 3_600_000);
  const inAll: [string, (n: number) => Promise<Called>][] = [
    ['summarize_incident, of an incident', (n) => call('summarize_incident', { incident_id: anIncident(n) })],
    [
      'summarize_incident, of an hour of a camera',
      (n) => {
        const at = aMomentMs();
        return call('summarize_incident', { cameras: [aCamera(n)], from: iso(at), to: iso(at + 3_600_000) });
      },
    ],
    ['list_incidents, a day of 8 cameras', () => call('list_incidents', day)],
    ['find_tracks, a day of 8 cameras', () => call('find_tracks', day)],
    ['find_tracks, all of 8 cameras', () => call('find_tracks', { order: 'longest' })],
    [
      'find_tracks, a line drawn now, a day of a camera',
      (n) =>
        call('find_tracks', {
          ...day,
          cameras: [aCamera(n)],
          line: { from: [random(), 0.2], to: [random(), 1] },
        }),
    ],
    ['get_track', (n) => call('get_track', { track_id: `${aCamera(n)}-1-${Math.floor(random() * 2000)}` })],
  ];
  say(`\n${questions} questions each, over stdio`);
  const pings = [];
  for (let n = 0; n < questions; n++) {
    const began = performance.now();
    await client.ping();
    pings.push(performance.now() - began);
  }
  say(`  ${'ping'.padEnd(50)} ${spread(pings.sort((a, b) => a - b))}`);
  for (const [name, question] of inAll) {
    await question(0);
    const answers = [];
    for (let n = 0; n < questions; n++) answers.push(await question(n));
    const ms = answers.map((answer) => answer.ms).sort((a, b) => a - b);
    const largest = Math.max(...answers.map(({ characters }) => characters));
    const pictures = answers.reduce((sum, answer) => sum + answer.pictures, 0) / answers.length;
    const shown = pictures > 0 ? `, ${pictures.toFixed(1)} pictures` : '';
    say(`  ${name.padEnd(50)} ${spread(ms)}; largest ${largest} characters${shown}`);
  }
  say('target: summarize_incident p95 at most 300 ms');
  await client.close();
}

interface Structured {
  readonly incidents?: readonly { readonly incident_id: string }[];
}
interface Called {
  readonly ms: number;
  readonly structured: Structured;
  readonly pictures: number;
  readonly characters: number;
}
