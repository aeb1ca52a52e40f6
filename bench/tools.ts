/**
 * How long the tools take to answer over stdio, on a store of 10 million points (8 cameras, each with a line and a zone),
 * beside a server that only echoes, in the same run. `npm run bench:tools [-- --points 10]`, points in millions.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createCanvas } from '@napi-rs/canvas';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { Shape } from '../src/domain/event.ts';
import { shapeId, type EventId } from '../src/domain/ids.ts';
import { createEventEngine } from '../src/events/engine.ts';
import { openReader } from '../src/store/reader.ts';
import { openWriter } from '../src/store/writer.ts';
import { at, millions, say, spread } from './measure.ts';
import { batches, cameras, dayMs, randomFrom, startMs } from './storeWorld.ts';

const { values: options } = parseArgs({ options: { points: { type: 'string', default: '10' } } });
const total = Number(options.points) * 1_000_000;
const asks = 60;
const spawns = 20;
const aspect = 16 / 9;
const folder = mkdtempSync(join(tmpdir(), 'argus-bench-'));
const program = join(import.meta.dirname, '../dist/cli.js');
const echo = join(import.meta.dirname, 'echoServer.mjs');

const shapes: readonly Shape[] = [
  {
    ...{ kind: 'line', id: shapeId('middle'), name: 'middle' },
    line: { a: { x: 0.5, y: 0 }, b: { x: 0.5, y: 1 } },
  },
  {
    ...{ kind: 'zone', id: shapeId('left'), name: 'left', dwellMs: 5000 },
    polygon: [
      { x: 0.1, y: 0.3 },
      { x: 0.45, y: 0.3 },
      { x: 0.45, y: 0.9 },
      { x: 0.1, y: 0.9 },
    ],
  },
];

/** Fills the store; tells its last moment. */
function fill(): number {
  const writer = openWriter(folder, { nowMs: startMs });
  writer.syncCameras(
    cameras.map((id) => ({ id, name: id, source: 'bench', shapes })),
    startMs,
  );
  const runs = cameras.map((camera) => {
    const times = { startedAtMs: startMs, mediaStartMs: startMs };
    const run = writer.beginRun({ camera, source: 'bench', detector: 'none', live: false, ...times });
    writer.noteAspect(run, aspect);
    return run;
  });
  const engines = new Map(cameras.map((camera) => [camera, createEventEngine(camera, shapes, { aspect })]));
  const jpeg = createCanvas(1280, 720).toBuffer('image/jpeg', 80);
  mkdirSync(join(folder, 'stills'), { recursive: true });
  writeFileSync(join(folder, 'stills', 'still.jpg'), jpeg);
  const random = randomFrom(5);
  let points = 0;
  for (const batch of batches(runs, 50_000)) {
    const frames = batch.frames.map((frame) => {
      const engine = engines.get(frame.record.camera);
      const events = [
        ...frame.record.tracks.flatMap((update) => engine?.update(update) ?? []),
        ...frame.record.ended.flatMap((id) => engine?.end(id) ?? []),
      ];
      return { ...frame, events };
    });
    const { events } = writer.commit({ ...batch, frames });
    const file = { path: 'still.jpg', width: 1280, height: 720, bytes: jpeg.length };
    const stills = events
      .filter(() => random() < 0.2)
      .map(({ id, event }) => ({
        ...{ camera: event.camera, timeMs: event.timeMs, ...file },
        ...{ events: [id], bestOf: [event.trackId] },
      }));
    writer.commit({ nowMs: batch.nowMs, frames: [], stills });
    points += batch.points;
    if (points < total) continue;
    writer.close();
    say(
      `${millions(points)}, ${Math.round((batch.nowMs - startMs) / dayMs)} days of ${cameras.length} cameras`,
    );
    return batch.nowMs;
  }
  throw new Error('batches are without end');
}

async function connect(args: readonly string[]): Promise<Client> {
  const client = new Client({ name: 'bench', version: '0' });
  const command = { command: process.execPath, args: [...args], stderr: 'inherit' as const };
  await client.connect(new StdioClientTransport(command));
  return client;
}

async function time(client: Client, name: string, questions: readonly Record<string, unknown>[]) {
  const tookMs: number[] = [];
  for (const [n, question] of questions.entries()) {
    const began = performance.now();
    const { isError, content } = await client.callTool({ name, arguments: question });
    const ms = performance.now() - began;
    if (isError === true) throw new Error(`${name} failed: ${JSON.stringify(content)}`);
    // The first question opens the store and starts the thread.
    if (n > 0) tookMs.push(ms);
  }
  return tookMs.sort((a, b) => a - b);
}

/** From spawning to the answer of `initialize`. */
async function startUps(args: readonly string[]): Promise<number[]> {
  const tookMs: number[] = [];
  for (let n = 0; n < spawns; n++) {
    const began = performance.now();
    const client = await connect(args);
    tookMs.push(performance.now() - began);
    await client.close();
  }
  return tookMs.sort((a, b) => a - b);
}

function judge(what: string, sorted: readonly number[], mostMs: number, of: 'p50' | 'p95'): void {
  const ms = at(sorted, of === 'p50' ? 0.5 : 0.95);
  const isWithin = ms <= mostMs;
  say(
    `  ${what.padEnd(34)} ${spread(sorted)}   target ${of} ${mostMs} ms ${isWithin ? 'reached' : 'MISSED'}`,
  );
  if (!isWithin) process.exitCode = 1;
}

const iso = (timeMs: number): string => new Date(timeMs).toISOString();

async function main(): Promise<void> {
  const lastMs = fill();
  const random = randomFrom(11);
  const days = Math.floor((lastMs - startMs) / dayMs);
  const cameraOf = (n: number) => cameras[n % cameras.length];
  /** A day, not always the same, that ends where the store does or up to a day before. */
  const dayOf = () => {
    const toMs = Math.floor(lastMs - random() * Math.min(1, days - 1) * dayMs);
    return { from: iso(toMs - dayMs), to: iso(toMs), time_zone: 'UTC' };
  };
  const questions = (make: (n: number) => Record<string, unknown>) =>
    Array.from({ length: asks + 1 }, (_, n) => make(n));
  const client = await connect([program, 'mcp', '--data', folder]);
  const echoing = await connect([echo]);

  say('answers over stdio');
  const echoed = await time(
    echoing,
    'echo',
    questions((n) => ({ text: `question ${n}` })),
  );
  say(`  ${'echo'.padEnd(34)} ${spread(echoed)}`);
  const counted = questions((n) => ({ camera: cameraOf(n), line: 'middle', ...dayOf() }));
  judge('count_zone_events, 24 h', await time(client, 'count_zone_events', counted), 50, 'p95');
  const flagged = questions((n) => ({ camera: cameraOf(n), ...dayOf() }));
  judge('flag_anomaly, a day', await time(client, 'flag_anomaly', flagged), 250, 'p95');
  const all = await time(client, 'flag_anomaly', questions(dayOf));
  judge('the same, of all cameras at once', all, 250, 'p95');
  const events = eventIds();
  const summarised = questions((n) => ({ event_id: events[(n * 37) % events.length] }));
  judge('summarize_incident', await time(client, 'summarize_incident', summarised), 300, 'p95');
  await client.close();
  await echoing.close();

  say(`from spawn to the answer of initialize, ${spawns} times each`);
  say(`  ${'echo'.padEnd(34)} ${spread(await startUps([echo]))}`);
  judge('argus mcp', await startUps([program, 'mcp', '--data', folder]), 350, 'p50');
}

/** Of the last day, spread over it. */
function eventIds(): EventId[] {
  const reader = openReader(folder);
  const spans = cameras.flatMap((camera) => reader.span(camera) ?? []);
  const toMs = Math.max(...spans.map((span) => span.toMs));
  const ids = reader.sampleEvents({ fromMs: toMs - dayMs, toMs }, 500).map(({ id }) => id);
  reader.close();
  return ids;
}

try {
  await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
