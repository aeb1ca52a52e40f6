import { existsSync, readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { cameraId } from '../../src/domain/ids.ts';
import { openReader } from '../../src/store/reader.ts';
import { sandbox } from '../fixtures/argus.ts';
import { connectClient2 } from '../fixtures/mcpClients.ts';
import { rtspServerMissing, startRtspServer, type RtspServerOptions } from '../fixtures/rtspServer.ts';
import { shared } from '../fixtures/shared.ts';

const missing = rtspServerMissing() || shared('models/yolox_nano.onnx').missing;
const frame = z.object({ frame: z.int(), mediaTimeMs: z.number(), wallTime: z.iso.datetime() });
const password = 'hush-hush-4711';

it.skipIf(missing !== false)(
  missing || 'a live camera that dies and comes back is watched on, with the gap told and its password kept',
  { timeout: 120_000 },
  async () => {
    const box = sandbox();
    const first = await serve();
    const { port } = new URL(first.url);
    const startedMs = Date.now();
    const watching = box.start([
      'watch',
      first.url.replace('rtsp://', `rtsp://watcher:${password}@`),
      '--jsonl',
      '--id=gate',
    ]);
    const frames: (z.infer<typeof frame> & { readMs: number })[] = [];
    let rest = '';
    watching.process.stdout?.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      frames.push(...lines.map((line) => ({ ...frame.parse(JSON.parse(line)), readMs: Date.now() })));
    });

    await watching.until(() => frames.length >= 20);
    await first.stop();
    const [said] = await watching.untilSaid(/gate: reconnecting: .*/);
    expect(said).toContain('rtsp://***@127.0.0.1');
    const lost = frames.length;
    // Longer than what still counts as watched.
    await watching.until(() => Date.now() > wall(frames.at(-1)) + 3000);
    expect(frames.length).toBe(lost);
    await serve({ port: Number(port) });
    await watching.until(() => frames.length >= lost + 20);

    const client = await connectClient2({ box, args: ['mcp'] });
    onTestFinished(() => client.close());
    const answer = await client.call('list_cameras');
    expect(answer.text).toContain('gate');
    expect(JSON.stringify(answer)).not.toContain(password);

    watching.process.kill('SIGINT');
    const { code, stderr, stdout } = await watching.finished;
    expect(code).toBe(0);
    expect(frames.map(({ frame: n }) => n)).toEqual(frames.map((_, n) => n));
    for (const { wallTime, readMs } of frames) {
      expect(Date.parse(wallTime)).toBeGreaterThan(startedMs);
      // The clock of a connection is set by its first frame, which may have come late.
      expect(Date.parse(wallTime)).toBeLessThan(readMs + 2000);
    }
    const steps = frames.slice(1).map((one, i) => wall(one) - wall(frames[i]));
    expect(steps.every((step) => step > 0)).toBe(true);
    expect(steps.filter((step) => step > 2000)).toHaveLength(1);

    const reader = openReader(box.data);
    const covered = reader.coverage(cameraId('gate'), { fromMs: 0, toMs: 8.64e15 });
    expect(covered).toHaveLength(2);
    expect(covered.reduce((sum, interval) => sum + interval.frames, 0)).toBe(frames.length);
    expect((covered[1]?.fromMs ?? 0) - (covered[0]?.toMs ?? 0)).toBeGreaterThan(2000);
    expect(reader.camera(cameraId('gate'))?.source).toMatch(/^rtsp:\/\/\*\*\*@127\.0\.0\.1:\d+\/stream$/);
    reader.close();

    expect(stderr + stdout).not.toContain(password);
    const files = (await readdir(box.data, { recursive: true })).map((name) => join(box.data, name));
    expect(files.some((path) => path.endsWith('argus.db'))).toBe(true);
    for (const path of files.filter((name) => existsSync(name) && statSync(name).isFile())) {
      expect([path, readFileSync(path).includes(password)]).toEqual([path, false]);
    }
  },
);

const wall = (of: { wallTime: string } | undefined): number => Date.parse(of?.wallTime ?? '');

async function serve(options: RtspServerOptions = {}) {
  const server = await startRtspServer(options);
  onTestFinished(() => server.stop());
  return server;
}
