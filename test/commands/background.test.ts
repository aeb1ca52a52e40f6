import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { readStationFile } from '../../src/station/stationFile.ts';
import { sandbox, type Sandbox } from '../fixtures/argus.ts';
import { connectClient2, type Asker } from '../fixtures/mcpClients.ts';
import { shared } from '../fixtures/shared.ts';

const { missing } = shared('models/yolox_nano.onnx');
const config = 'cameras: [{ id: ball, source: "test:ball", fps: 2 }]\n';
const stationOf = z.object({
  cameras: z.array(z.object({ id: z.string(), state: z.string() })),
  station: z.object({ running: z.boolean() }),
});

async function connect(box: Sandbox, ...args: string[]): Promise<Asker> {
  const client = await connectClient2({ box, args: ['mcp', ...args] });
  onTestFinished(() => client.close());
  return client;
}

/** Asks until the ball is watched, which the database tells before the station has said where it answers. */
async function untilRunning(client: Asker, box: Sandbox) {
  for (;;) {
    const { structured, isError } = await client.call('list_cameras');
    if (!isError) {
      const state = stationOf.parse(structured);
      if (readStationFile(box.data) && state.cameras[0]?.state === 'running') return state;
    }
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

describe.skipIf(missing !== false)(`argus mcp${missing ? ` (${missing})` : ''}`, { timeout: 120_000 }, () => {
  it('starts a station that its clients share, and that goes on without them', async () => {
    const box = sandbox();
    box.write('argus.yaml', config);
    const first = await connect(box);
    await untilRunning(first, box);
    const { pid } = readStationFile(box.data) ?? { pid: 0 };
    const second = await connect(box);
    await untilRunning(second, box);
    expect(readStationFile(box.data)?.pid).toBe(pid);

    await first.close();
    await second.close();
    process.kill(pid, 0);
    const third = await connect(box);
    const before = await third.call('get_snapshot', { camera: 'ball' });
    expect(before).toMatchObject({ isError: false, structured: { live: true } });
    expect(readStationFile(box.data)?.pid).toBe(pid);
    // What the station says goes to its log.
    expect(readFileSync(box.path('data', 'station.log'), 'utf8')).toMatch(/MCP: http/);

    expect(await box.run(['stop'])).toMatchObject({ code: 0 });
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
    const after = await third.call('list_cameras');
    expect(after.structured).toMatchObject({
      cameras: [{ id: 'ball', state: 'stopped' }],
      station: { running: false },
    });
    expect(after.text).toMatch(/nothing new is being watched/);
    const past = await third.call('get_snapshot', { camera: 'ball' });
    expect(past.structured).toMatchObject({ live: false });
  });

  it('runs the station itself when told to, and takes it along', async () => {
    const box = sandbox();
    box.write('argus.yaml', config);
    const client = await connect(box, '--in-process');
    await untilRunning(client, box);
    const station = readStationFile(box.data);
    expect(station).toBeDefined();
    await client.close();
    expect(existsSync(box.path('data', 'station.json'))).toBe(false);
    // Nobody holds the data folder any more.
    expect(await box.run(['watch', 'test:ball?frames=3'])).toMatchObject({ code: 0 });
  });

  it('without configuration and data says how to begin', async () => {
    const box = sandbox();
    const client = await connect(box);
    const answer = await client.call('list_cameras');
    expect(answer.isError).toBe(true);
    expect(answer.text).toMatch(/no Argus database.*argus/);
    expect(existsSync(box.path('data', 'station.json'))).toBe(false);
  });
});
