import { expect, it, onTestFinished } from 'vitest';
import { DeliveryError, type Channel } from '../../src/deliver/contract.ts';
import { webhook } from '../../src/deliver/webhook.ts';
import { watchId } from '../../src/domain/ids.ts';
import type { WatchNotice } from '../../src/domain/watch.ts';
import { Dispatcher } from '../../src/station/dispatcher.ts';
import { openForWriting } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { Writer } from '../../src/store/writer.ts';
import { startReceiver } from '../deliver/receiver.ts';
import { camera, dock, openStore, t0, temporaryFolder } from '../store/fixture.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

function fired(writer: Writer, times: number, channel: string): void {
  const [known] = writer.watches.stored.current();
  const watch =
    known?.id ??
    writer.watches.add(
      { name: 'down', camera: dock, condition: { kind: 'camera_down', forMs: 30_000 }, cooldownMs: 0 },
      t0,
    );
  const firing = { watch, camera: dock, timeMs: t0, sinceMs: t0, untilMs: t0, open: false, tracks: [] };
  writer.watches.addAll(
    Array.from({ length: times }, () => ({ ...firing, channels: [channel] })),
    t0,
  );
}

function dispatch(writer: Writer, channel: Channel, now: () => number) {
  const said: string[] = [];
  const options = {
    rows: writer.watches,
    cameraName: () => 'Dock',
    now,
    log: (line: string) => void said.push(line),
  };
  const dispatcher = new Dispatcher({ ...options, channels: [channel] });
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= dispatcher.stop());
  onTestFinished(stop);
  return { dispatcher, said, stop };
}

const idsOf = (bodies: readonly { readonly body: string }[]) =>
  bodies.map(({ body }) => (JSON.parse(body) as { data: { firing_id: string } }).data.firing_id);

it('tries what failed again, later each time, and keeps the order', async () => {
  const { writer } = openStore();
  const receiver = await startReceiver();
  receiver.answers.push(503, 503);
  let nowMs = t0;
  const hook = webhook({ url: receiver.url, secret, now: () => nowMs });
  fired(writer, 2, hook.id);
  const { dispatcher, said } = dispatch(writer, hook, () => nowMs);
  await receiver.until(1);
  await settled(() => writer.watches.nextDue(hook.id) === t0 + 5_000);
  nowMs += 4_999;
  // Also what fires meanwhile waits.
  fired(writer, 1, hook.id);
  dispatcher.wake();
  nowMs += 1;
  dispatcher.wake();
  await receiver.until(2);
  await settled(() => writer.watches.nextDue(hook.id) === nowMs + 30_000);
  nowMs += 30_000;
  dispatcher.wake();
  await receiver.until(5);
  expect(idsOf(receiver.received)).toEqual(['f1', 'f1', 'f1', 'f2', 'f3']);
  await settled(() => writer.watches.nextDue(hook.id) === undefined);
  expect(said).toEqual([
    expect.stringMatching(/^f1 could not be told.*it answered 503\. It is tried again in 5 s\.$/),
  ]);
});

it('goes on after a restart where it was, and does not forget what it was about to tell', async () => {
  const { writer } = openStore();
  const asked: WatchNotice[] = [];
  const stuck = channelOf('webhook:a', async (notice, signal) => {
    asked.push(notice);
    await new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('stopped')));
    });
  });
  fired(writer, 1, stuck.id);
  const first = dispatch(writer, stuck, () => t0);
  await settled(() => asked.length === 1);
  await first.stop();

  const told: WatchNotice[] = [];
  const again = channelOf('webhook:a', (notice) => {
    told.push(notice);
    return Promise.resolve();
  });
  dispatch(writer, again, () => t0);
  await settled(() => told.length === 1);
  expect(told).toMatchObject([
    { firing: 'f1', name: 'down', rule: 'no pictures of dock for 30 s', cameraName: 'Dock' },
  ]);
});

it('tells nothing twice because it could not be noted that it was told', async () => {
  const folder = temporaryFolder();
  const db = openForWriting(folder);
  migrate(db, t0);
  const writer = new Writer(db, () => undefined);
  onTestFinished(() => writer.close());
  writer.syncCameras([camera()], t0);
  const told: string[] = [];
  const channel = channelOf('webhook:c', ({ firing }) => {
    if (told.push(firing) === 1) db.pragma('query_only = ON');
    return Promise.resolve();
  });
  fired(writer, 2, channel.id);
  const { dispatcher, said } = dispatch(writer, channel, () => t0);
  for (let wakes = 1; wakes <= 3; wakes++) {
    await settled(
      () => said.filter((line) => line.includes('readonly')).length >= wakes,
      () => dispatcher.wake(),
    );
  }
  db.pragma('query_only = OFF');
  await settled(
    () => told.length > 1,
    () => dispatcher.wake(),
  );
  expect(told).toEqual(['f1', 'f2']);
});

it('gives up after about a day, and at once where the receiver is gone for good', async () => {
  const { writer } = openStore();
  let nowMs = t0;
  let gone = false;
  let tries = 0;
  const broken = channelOf('webhook:b', () => {
    tries++;
    return Promise.reject(new DeliveryError('it answered 500', gone));
  });
  fired(writer, 1, broken.id);
  const { dispatcher, said } = dispatch(writer, broken, () => nowMs);
  while (writer.watches.nextDue(broken.id) !== undefined) {
    const before = tries;
    await settled(
      () => tries > before || writer.watches.nextDue(broken.id) === undefined,
      () => {
        nowMs = writer.watches.nextDue(broken.id) ?? nowMs;
        dispatcher.wake();
      },
    );
  }
  expect(tries).toBe(11);
  expect((nowMs - t0) / 3_600_000).toBeGreaterThan(20);
  gone = true;
  fired(writer, 1, broken.id);
  dispatcher.wake();
  await settled(() => writer.watches.nextDue(broken.id) === undefined);
  expect(tries).toBe(12);
  expect(said.filter((line) => line.includes('given up'))).toHaveLength(2);
});

it('takes back what is shown of a watch that was deleted while the channel was away', async () => {
  const { writer } = openStore();
  const shown: unknown[] = [];
  let ready = true;
  const channel: Channel = {
    ...channelOf('mqtt', () => Promise.resolve()),
    get ready() {
      return ready;
    },
    show: (watch, latest) => shown.push([watch, latest]),
  };
  fired(writer, 0, channel.id);
  const { dispatcher, stop } = dispatch(writer, channel, () => t0);
  ready = false;
  writer.watches.remove(watchId(1), t0);
  dispatcher.wake();
  ready = true;
  channel.onReady?.();
  expect(shown).toEqual([
    ['w1', 'quiet'],
    ['w1', undefined],
  ]);
  await stop();
});

const channelOf = (id: string, send: Channel['send']): Channel => ({
  id,
  label: 'test',
  ready: true,
  send,
  close: () => Promise.resolve(),
});

/** Waits until it holds, doing something each time that it does not. */
async function settled(holds: () => boolean, otherwise: () => void = () => undefined): Promise<void> {
  while (!holds()) {
    otherwise();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
