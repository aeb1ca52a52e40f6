import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client as Client2, StreamableHTTPClientTransport as Http2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as Stdio2 } from '@modelcontextprotocol/client/stdio';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as Stdio1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { startBroker } from '../deliver/broker.ts';
import { startReceiver } from '../deliver/receiver.ts';
import { cli, sandbox, type Sandbox } from '../fixtures/argus.ts';
import { connectClient2 } from '../fixtures/mcpClients.ts';
import { shared } from '../fixtures/shared.ts';

const { missing } = shared('models/yolox_nano.onnx');

const created = z.object({ watch_id: z.string() });
const waited = z.object({
  happened: z.array(z.object({ firing_id: z.string(), watch: z.string(), camera: z.string() })).min(1),
});

it.skipIf(missing !== false)(
  missing || 'a rule that an agent made is looked at by the station, and everybody who wants to know is told',
  { timeout: 120_000 },
  async () => {
    const key = randomBytes(32);
    const receiver = await startReceiver();
    const broker = await startBroker({ password: 'hush-4711' });
    const box = sandbox();
    box.write(
      'argus.yaml',
      [
        'cameras: [{ id: ball, source: "test:ball", fps: 5 }]',
        `webhooks: [{ url: "${receiver.url}", secret: "\${HOOK_SECRET}" }]`,
        `mqtt: { url: "${broker.url}", user: argus, password: "\${MQTT_PASSWORD}" }`,
        '',
      ].join('\n'),
    );
    const env = { HOOK_SECRET: `whsec_${key.toString('base64')}`, MQTT_PASSWORD: 'hush-4711' };
    const station = box.start(['serve', '--port=0', '--allow-write'], { env });
    const [, url = ''] = await station.untilSaid(/MCP: (http:\S+)\/mcp/);
    await station.untilSaid(/ball: running/);
    const token = readFileSync(box.path('data', 'token'), 'utf8');
    const agent = await connectClient2({ url, token });
    onTestFinished(() => agent.close());

    // A person is never in the test picture.
    const rule = {
      when: 'absence',
      camera: 'ball',
      classes: ['person'],
      for_seconds: 8,
      cooldown_seconds: 3600,
    };
    // Connected before the rule is made, as the start of a program may take longer than it waits.
    const clients = [await overHttp(url, token), await overStdio2(box), await overStdio1(box)];
    const { watch_id: id } = created.parse(
      (await agent.call('watch', { action: 'create', name: 'nobody', ...rule })).structured,
    );
    const uri = `argus://watch/${id}`;
    const told = await Promise.all(clients.map((subscribe) => subscribe(uri)));
    const other = await connectClient2({ box, args: ['mcp'] });
    onTestFinished(() => other.close());
    const { happened } = waited.parse(
      (await other.call('wait_for_event', { watch: 'nobody', after: 'f0', timeout_seconds: 55 })).structured,
    );
    expect(happened).toMatchObject([{ firing_id: 'f1', watch: 'nobody', camera: 'ball' }]);
    expect(await Promise.all(told.map(({ changed }) => changed))).toEqual([uri, uri, uri]);

    const [post] = await receiver.until(1);
    const { headers, body } = post ?? { headers: {}, body: '' };
    const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
    expect(headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
    );
    expect(JSON.parse(body)).toMatchObject({ data: { firing_id: 'f1', watch: 'nobody', camera_id: 'ball' } });

    const topics = () => broker.messages.map(({ topic }) => topic);
    const state = () =>
      broker.messages.findLast(({ topic }) => topic === `argus/watch/${id}/state`)?.payload ?? '';
    await broker.until(() => topics().includes(`argus/watch/${id}/fired`) && state().includes('"on"'));

    // Once while it goes on, and a new start of the station does not make it fire again.
    station.process.kill('SIGINT');
    await station.finished;
    const again = box.start(['serve', '--port=0'], { env });
    await again.untilSaid(/ball: running/);
    const online = () =>
      broker.messages.filter(({ topic, payload }) => topic === 'argus/status' && payload === 'online');
    await broker.until(() => online().length === 2);
    const nothing = await other.call('wait_for_event', { watch: 'nobody', after: 'f1', timeout_seconds: 15 });
    expect(nothing.structured).toMatchObject({ happened: [], timed_out: true });
    expect(receiver.received).toHaveLength(1);
    for (const { stderr, stdout } of [station, again])
      expect(`${stderr}${stdout}`).not.toMatch(/hush-4711|whsec_/);
  },
);

/** Subscribes; what it resolves to holds the first resource that is said to have changed. */
type Subscribe = (uri: string) => Promise<{ readonly changed: Promise<string> }>;

const program = (box: Sandbox) => ({
  command: process.execPath,
  args: [cli, 'mcp', '--data', box.data],
  cwd: box.folder,
  env: box.env,
  stderr: 'ignore' as const,
});

const modern = () => new Client2({ name: 'test', version: '0' }, { versionNegotiation: { mode: 'auto' } });

function listening(client: Client2): Subscribe {
  onTestFinished(() => client.close());
  expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
  return async (uri) => {
    const changed = new Promise<string>((resolve) => {
      client.setNotificationHandler('notifications/resources/updated', ({ params }) => resolve(params.uri));
    });
    await client.listen({ resourceSubscriptions: [uri] });
    return { changed };
  };
}

async function overHttp(url: string, token: string): Promise<Subscribe> {
  const client = modern();
  const requestInit = { headers: { Authorization: `Bearer ${token}` } };
  await client.connect(new Http2(new URL('/mcp', url), { requestInit }));
  return listening(client);
}

async function overStdio2(box: Sandbox): Promise<Subscribe> {
  const client = modern();
  await client.connect(new Stdio2(program(box)));
  return listening(client);
}

/** As it was until 2025-11-25. */
async function overStdio1(box: Sandbox): Promise<Subscribe> {
  const client = new Client1({ name: 'test', version: '0' });
  onTestFinished(() => client.close());
  await client.connect(new Stdio1(program(box)));
  return async (uri) => {
    const changed = new Promise<string>((resolve) => {
      client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => resolve(params.uri));
    });
    await client.subscribeResource({ uri });
    return { changed };
  };
}
