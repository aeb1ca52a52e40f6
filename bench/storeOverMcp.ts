// The question of a month put to the program over MCP, while pings are sent beside it.
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { LineShape } from '../src/domain/event.ts';
import { say, spread } from './measure.ts';
import { cameras, dayMs, startMs } from './storeWorld.ts';

/** @param dataFolder has the store of `storeWorld.ts`, up to `nowMs` */
export async function askOverMcp(
  dataFolder: string,
  lines: readonly LineShape[],
  nowMs: number,
): Promise<void> {
  const days = Math.min(30, Math.floor((nowMs - startMs) / dayMs));
  const client = new Client({ name: 'bench', version: '0' });
  const program = join(import.meta.dirname, '../dist/cli.js');
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [program, 'mcp', '--data', dataFolder],
      stderr: 'inherit',
    }),
  );
  const window = { from: iso(nowMs - days * dayMs), to: iso(nowMs) };
  const ask = async (n: number, { line }: LineShape) => {
    const { isError, structuredContent, content } = await client.callTool({
      name: 'count_zone_events',
      arguments: {
        camera: cameras[n % cameras.length],
        line: { from: [line.a.x, line.a.y], to: [line.b.x, line.b.y] },
        ...window,
        time_zone: 'UTC',
        evidence_limit: 0,
      },
    });
    if (isError === true) throw new Error(`count_zone_events failed: ${JSON.stringify(content)}`);
    return (structuredContent as { count: number }).count;
  };
  const [first, ...others] = lines;
  if (first) await ask(0, first);
  const idle = sendPings(client);
  await setTimeout(1000);
  const idleMs = await idle.stop();
  const beside = sendPings(client);
  const asked: number[] = [];
  let found = 0;
  for (const [n, line] of others.entries()) {
    const began = performance.now();
    found += await ask(n, line);
    asked.push(performance.now() - began);
  }
  const besideMs = await beside.stop();
  await client.close();
  asked.sort((a, b) => a - b);
  say(
    `\nover MCP: a line drawn now, ${days} days of one camera (${(found / others.length).toFixed(0)} crossings on average)` +
      `   target p95 400 ms`,
  );
  say(`  count_zone_events ${spread(asked)}`);
  say(`  ping alone        ${spread(idleMs)}`);
  say(`  ping beside it    ${spread(besideMs)}   target at most 50 ms more`);
}

const iso = (timeMs: number): string => new Date(timeMs).toISOString();

/** Round trips of pings, one after the other with 2 ms in between, ms. */
function sendPings(client: Client): { stop: () => Promise<number[]> } {
  const tookMs: number[] = [];
  const over = new AbortController();
  const sending = (async () => {
    while (!over.signal.aborted) {
      const began = performance.now();
      await client.ping();
      tookMs.push(performance.now() - began);
      await setTimeout(2);
    }
  })();
  return {
    stop: async () => {
      over.abort();
      await sending;
      return tookMs.sort((a, b) => a - b);
    },
  };
}
