import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import type { AuditEntry } from '../../src/mcp/audit.ts';
import { openReader } from '../../src/store/reader.ts';
import { Sandbox } from '../fixtures/argus.ts';
import { connectClient1, connectClient2, type Asker } from '../fixtures/mcpClients.ts';
import { shared } from '../fixtures/shared.ts';

const video = shared('video/one-by-one-person-detection.mp4');
const missing = video.missing || shared('models/yolox_nano.onnx').missing;

describe.skipIf(missing !== false)(
  `what agents may change${missing ? ` (${missing})` : ''}`,
  { timeout: 120_000 },
  () => {
    let box: Sandbox;
    let url: string;
    /** Of two people. */
    let ids: string[];
    beforeAll(async () => {
      box = new Sandbox();
      expect(
        await box.run(['watch', video.path, '--id', 'lab', '--fps', '5', '--classes', 'person']),
      ).toMatchObject({ code: 0 });
      const reader = openReader(box.data);
      ids = reader.tracksIn({ fromMs: 0, toMs: Date.now() * 2 }).map(({ id }) => id);
      reader.close();
      box.write('argus.yaml', 'cameras: [{ id: ball, source: "test:ball", fps: 2 }]\n');
      const station = box.start(['serve', '--port=0']);
      [, url = ''] = await station.untilSaid(/MCP: (http:\S+)\/mcp/);
    }, 240_000);
    afterAll(() => box.close());

    const connect = async (connecting: Promise<Asker>): Promise<Asker> => {
      const client = await connecting;
      onTestFinished(() => client.close());
      return client;
    };
    const overHttp = () => ({ url, token: readFileSync(`${box.data}/token`, 'utf8') });
    const writing = async (client: Asker): Promise<string[]> =>
      (await client.tools())
        .filter(({ annotations }) => annotations['readOnlyHint'] === false)
        .map(({ name }) => name);
    const same = () => ({ track_id: ids[0], same_as: ids[1] });
    const hops = z.object({
      passages: z.array(z.object({ track_id: z.string(), because: z.string().optional() })),
    });

    it('is nothing unless the user allows it, whoever asks', async () => {
      for (const client of [
        await connect(connectClient2({ box, args: ['mcp'] })),
        await connect(connectClient1(overHttp())),
      ]) {
        expect(await writing(client)).toEqual([]);
        const refused = await client.call('trace_person', same());
        expect(refused).toMatchObject({ isError: true });
        expect(refused.text).toMatch(/this server only reads.*--allow-write/);
        expect((await client.call('trace_person', { track_id: ids[0] })).isError).toBe(false);
      }
    });

    it('is kept by the station once they do, and binds later answers', async () => {
      const client = await connect(connectClient2({ box, args: ['mcp', '--allow-write'] }));
      expect(await writing(client)).toContain('trace_person');
      expect((await client.call('trace_person', same())).isError).toBe(false);
      const later = await connect(connectClient2({ box, args: ['mcp'] }));
      const { passages } = hops.parse((await later.call('trace_person', { track_id: ids[0] })).structured);
      expect(passages.find(({ track_id: id }) => id === ids[1])?.because).toBe('correction');
    });

    it('and what they asked is in one log of all processes, refused or not', async () => {
      for (const client of [
        await connect(connectClient2({ box, args: ['mcp'] })),
        await connect(connectClient1(overHttp())),
      ]) {
        await client.call('list_cameras');
        await client.call('trace_person', same());
      }
      const lines = readFileSync(`${box.data}/audit.jsonl`, 'utf8').trimEnd().split('\n');
      const entries = lines.map((line) => JSON.parse(line) as AuditEntry);
      const told = entries.map(({ transport, tool, outcome }) => `${transport} ${tool ?? ''} ${outcome}`);
      expect(told).toEqual(
        expect.arrayContaining([
          'stdio list_cameras ok',
          'stdio trace_person refused',
          'http list_cameras ok',
          'http trace_person refused',
        ]),
      );
      expect(entries.every(({ client }) => client?.name === 'test')).toBe(true);
      expect(entries.find(({ outcome }) => outcome === 'refused')).toMatchObject({ arguments: same() });
      expect(entries.every(({ duration_ms: ms, answer_bytes: bytes }) => ms >= 0 && bytes > 0)).toBe(true);
    });
  },
);
