import { ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it } from 'vitest';
import type { WatchId } from '../../src/domain/ids.ts';
import { camera, dock, frameOf, gate, newRun, openStore, t0, track1, update } from '../store/fixture.ts';
import { worldOf } from './adhocRecording.ts';
import { client1, client2, serve, type Served } from './serving.ts';

/** Told of addresses in the order in which they came. */
interface Subscribed {
  readonly told: readonly string[];
  until(uri: string): Promise<void>;
}

function collecting() {
  const told: string[] = [];
  const waiting: { readonly uri: string; readonly resolve: () => void }[] = [];
  return {
    take: (uri: string) => {
      told.push(uri);
      for (const one of waiting) if (one.uri === uri) one.resolve();
    },
    subscribed: {
      told,
      until: (uri: string) =>
        told.includes(uri)
          ? Promise.resolve()
          : new Promise<void>((resolve) => waiting.push({ uri, resolve })),
    },
  };
}

const generations: [string, (served: Served, uris: string[]) => Promise<Subscribed>][] = [
  [
    'until 2025-11-25, in a session over HTTP',
    async (served, uris) => {
      const { raw } = await client1(served);
      const { take, subscribed } = collecting();
      raw.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => take(params.uri));
      for (const uri of uris) await raw.subscribeResource({ uri });
      return subscribed;
    },
  ],
  [
    'since 2026-07-28',
    async (served, uris) => {
      const { raw } = await client2(served);
      const { take, subscribed } = collecting();
      raw.setNotificationHandler('notifications/resources/updated', ({ params }) => take(params.uri));
      await raw.listen({ resourceSubscriptions: uris });
      return subscribed;
    },
  ],
];

async function opened() {
  const store = openStore();
  const { writer, reader } = store;
  writer.syncCameras([camera(dock), camera(gate, [])], t0);
  const keep = (name: string) =>
    writer.watches.add(
      { name, camera: dock, condition: { kind: 'absence', forMs: 1000 }, cooldownMs: 0 },
      t0,
    );
  const fire = (watch: WatchId) =>
    writer.watches.addAll(
      [{ watch, camera: dock, timeMs: t0, sinceMs: t0, untilMs: t0, open: false, tracks: [], channels: [] }],
      t0,
    );
  return { ...store, keep, fire, served: await serve(worldOf(reader, t0)) };
}

describe('a client is told', () => {
  it.each(generations)(
    '%s, when the watch that it subscribed to fires, and of no other',
    async (_, subscribe) => {
      const { served, keep, fire } = await opened();
      const [wanted, other] = [keep('wanted'), keep('other')];
      const uri = `argus://watch/${wanted}`;
      const subscribed = await subscribe(served, [uri]);
      fire(other);
      fire(wanted);
      await subscribed.until(uri);
      expect(subscribed.told).toEqual([uri]);
    },
  );

  it.each(generations)(
    '%s, when a camera that it subscribed to has a newer stored picture',
    { timeout: 15_000 },
    async (_, subscribe) => {
      const { served, writer } = await opened();
      const uri = 'argus://camera/dock/snapshot';
      const subscribed = await subscribe(served, [uri]);
      const run = writer.beginRun(newRun());
      const still = { camera: dock, timeMs: t0, path: 'still.jpg', width: 640, height: 480, bytes: 1 };
      writer.commit({
        nowMs: t0,
        frames: [frameOf(run, 0, { tracks: [update(track1, 0)] })],
        stills: [still],
      });
      await subscribed.until(uri);
      expect(subscribed.told).toEqual([uri]);
    },
  );
});

describe('until 2025-11-25', () => {
  it('a client that unsubscribed is told no more', async () => {
    const { served, keep, fire } = await opened();
    const [dull, wanted] = [keep('dull'), keep('wanted')].map((id) => ({ id, uri: `argus://watch/${id}` }));
    if (!dull || !wanted) throw new Error('unreachable');
    const { raw } = await client1(served);
    const { take, subscribed } = collecting();
    raw.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => take(params.uri));
    for (const { uri } of [dull, wanted]) await raw.subscribeResource({ uri });
    await raw.unsubscribeResource({ uri: dull.uri });
    fire(dull.id);
    fire(wanted.id);
    await subscribed.until(wanted.uri);
    expect(subscribed.told).toEqual([wanted.uri]);
  });

  it.each([
    ['argus://watch/w9', /no watch "w9"/],
    ['argus://camera/roof/snapshot', /no camera "roof".*list_cameras/],
    ['argus://still/s1', /"argus:\/\/still\/s1" does not tell of changes.*argus:\/\/watch\/ID/],
  ])('%s cannot be subscribed to, and the client is told why', async (uri, words) => {
    const { raw } = await client1((await opened()).served);
    await expect(raw.subscribeResource({ uri })).rejects.toThrow(words);
  });
});
