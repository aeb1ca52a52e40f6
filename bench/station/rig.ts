// A station that watches cameras on loopback for a while, as a user would have it, and an MCP client that asks it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { stringify } from 'yaml';
import { openReader } from '../../src/store/reader.ts';
import { startRtspServer } from '../../test/fixtures/rtspServer.ts';
import { video } from '../argus.ts';
import type { RigCamera } from './cameras.ts';

const cli = resolve(import.meta.dirname, '../../dist/cli.js');
/** What was sent last is stored within this time, ms. */
const settleMs = 6_000;

export type Ask = (tool: string, input: Record<string, unknown>) => Promise<unknown>;

export interface Recorded {
  readonly dataFolder: string;
  /** When the first frame of each pass through a camera's clip was sent, UTC ms. */
  readonly passes: ReadonlyMap<string, readonly number[]>;
  /** The farthest that the newest stored frame of a camera was ahead of the clock, ms; below 0: never. */
  readonly aheadMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** When `early` was done, UTC ms. */
  readonly setUpMs: number;
  readonly ask: Ask;
}

/**
 * @param early called once frames are stored, while there is time for what it sets up to happen
 * @param look is given what was recorded while the station still runs
 */
export async function withStation<T>(
  cameras: readonly RigCamera[],
  seconds: number,
  early: (ask: Ask) => Promise<void>,
  look: (recorded: Recorded) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'argus-bench-'));
  const passes = new Map(cameras.map(({ id }): [string, number[]] => [id, []]));
  const servers = await Promise.all(
    cameras.map(({ id, file, playedFps, pauseS, cropBottom = 0 }) =>
      startRtspServer({
        file: video(file),
        loop: true,
        pauseS,
        crop: [0, 0, cropBottom],
        ...(playedFps !== undefined && { fps: playedFps }),
        onLoop: (startMs) => passes.get(id)?.push(startMs),
      }),
    ),
  );
  const config = join(folder, 'argus.yaml');
  writeFileSync(
    config,
    configOf(
      cameras,
      servers.map(({ url }) => url),
    ),
  );
  const station = spawn(
    process.execPath,
    [cli, 'serve', '--config', config, '--data', folder, '--allow-write'],
    {
      stdio: ['ignore', 'ignore', process.env['ARGUS_DEBUG'] ? 'inherit' : 'ignore'],
    },
  );
  try {
    await until(() => [...passes.values()].every(({ length }) => length > 0));
    const fromMs = Math.min(...[...passes.values()].flat());
    const { client, ask } = await connect(folder);
    await until(() => hasFrames(folder, cameras));
    await early(ask);
    const setUpMs = Date.now();
    const aheadMs = await watchClock(folder, fromMs + seconds * 1000);
    const toMs = Date.now();
    await wait(settleMs);
    try {
      return await look({ dataFolder: folder, passes, aheadMs, fromMs, toMs, setUpMs, ask });
    } finally {
      await client.close();
    }
  } finally {
    station.kill('SIGINT');
    if (station.exitCode === null) await once(station, 'exit');
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true });
  }
}

function configOf(cameras: readonly RigCamera[], urls: readonly string[]): string {
  return stringify({
    detector: 'yolox-nano',
    server: { port: 0 },
    cameras: cameras.map(({ id, fps, crossings, zone }, n) => ({
      id,
      source: urls[n],
      ...(fps !== undefined && { fps }),
      ...(crossings && { lines: [{ id: 'middle', from: [0.5, 0], to: [0.5, 1] }] }),
      ...(zone && { zones: [{ id: 'floor', polygon: zone.polygon.map(({ x, y }) => [x, y]) }] }),
    })),
  });
}

async function connect(folder: string): Promise<{ client: Client; ask: Ask }> {
  const client = new Client({ name: 'bench', version: '0' });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [cli, 'mcp', '--data', folder, '--allow-write'],
      stderr: 'ignore',
    }),
  );
  const ask: Ask = async (name, input) => {
    const answer = await client.callTool({ name, arguments: { time_zone: 'UTC', ...input } });
    if (answer.isError === true) throw new Error(`${name} failed: ${JSON.stringify(answer.content)}`);
    return answer.structuredContent;
  };
  return { client, ask };
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 600) throw new Error('The cameras of the rig did not start within a minute.');
    await wait(100);
  }
}

function hasFrames(folder: string, cameras: readonly RigCamera[]): boolean {
  try {
    const reader = openReader(folder);
    const runs = reader.latestRuns().filter(({ progress }) => progress !== undefined);
    reader.close();
    return runs.length === cameras.length;
  } catch {
    // Not made yet.
    return false;
  }
}

/** Waits, and looks four times a second how far the newest frame is ahead of the clock. */
async function watchClock(folder: string, untilMs: number): Promise<number> {
  const reader = openReader(folder);
  let aheadMs = -Infinity;
  while (Date.now() < untilMs) {
    for (const { progress } of reader.latestRuns())
      if (progress) aheadMs = Math.max(aheadMs, progress.timeMs - Date.now());
    await wait(250);
  }
  reader.close();
  return aheadMs;
}
