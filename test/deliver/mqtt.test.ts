import { connect } from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import { mqttChannel } from '../../src/deliver/mqtt.ts';
import { watchId } from '../../src/domain/ids.ts';
import { startBroker } from './broker.ts';
import { notice } from './notice.ts';

const { signal } = new AbortController();

function channelTo(url: string, password?: string) {
  const said: string[] = [];
  const ready = { times: 0 };
  const options = { url, topic: 'home/argus', log: (line: string) => void said.push(line) };
  const channel = mqttChannel({ ...options, ...(password !== undefined && { user: 'argus', password }) });
  channel.onReady = () => ready.times++;
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= channel.close());
  onTestFinished(close);
  return { channel, said, ready, close };
}

it('tells a broker what fired, and keeps there how each watch is', async () => {
  const broker = await startBroker({ password: 'hush-4711' });
  const { channel, close } = channelTo(broker.url, 'hush-4711');
  await broker.until(() => broker.messages.some(({ topic }) => topic === 'home/argus/status'));
  expect(channel.ready).toBe(true);
  await channel.send(notice(), signal);
  channel.show?.(watchId(3), notice());
  channel.show?.(watchId(4), 'quiet');
  const topics = () => broker.messages.map(({ topic, qos, retain }) => [topic, qos, retain]);
  await broker.until(() => broker.messages.length >= 4);
  expect(topics()).toEqual([
    ['home/argus/status', 1, true],
    ['home/argus/watch/w3/fired', 1, false],
    ['home/argus/watch/w3/state', 1, true],
    ['home/argus/watch/w4/state', 1, true],
  ]);
  const [, fired, state, quiet] = broker.messages.map(({ payload }) => payload);
  expect(JSON.parse(fired ?? '')).toMatchObject({
    type: 'watch.fired',
    data: { firing_id: 'f12', count: 4 },
  });
  expect(JSON.parse(state ?? '')).toMatchObject({ state: 'on', firing_id: 'f12' });
  expect(quiet).toBe('{"state":"off"}');

  // Who comes later is told, too; and of a watch that was deleted nothing is left.
  channel.show?.(watchId(4), undefined);
  await broker.until(() => broker.messages.length >= 5);
  const late = connect(broker.url, { username: 'x', password: 'hush-4711' });
  onTestFinished(() => late.endAsync(true));
  const kept = new Map<string, string>();
  const both = new Promise<void>((resolve) => {
    late.on('message', (topic, payload) => {
      kept.set(topic, payload.toString());
      if (kept.size === 2) resolve();
    });
  });
  await late.subscribeAsync('home/argus/#', { qos: 1 });
  await both;
  expect([...kept.keys()].sort()).toEqual(['home/argus/status', 'home/argus/watch/w3/state']);
  await close();
  await broker.until(() => broker.messages.at(-1)?.payload === 'offline');
});

it('says why it does not reach the broker, without its password, and when it does again', async () => {
  const first = await startBroker();
  await first.stop();
  const { channel, said } = channelTo(first.url, 'hush-4711');
  await expect(channel.send(notice(), signal)).rejects.toThrow('it is not reached');
  while (said.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const second = await startBroker({ port: first.port });
  await second.until(() => second.messages.some(({ payload }) => payload === 'online'));
  expect(said).toEqual([
    expect.stringMatching(/^The MQTT broker at 127\.0\.0\.1:\d+ is not reached: ECONNREFUSED\.$/),
    expect.stringMatching(/is reached again\.$/),
  ]);
}, 30_000);

it('is closed within seconds, also when the broker goes at the same moment', async () => {
  const broker = await startBroker();
  const { close } = channelTo(broker.url);
  await broker.until(() => broker.messages.some(({ payload }) => payload === 'online'));
  void broker.stop();
  await close();
}, 10_000);
