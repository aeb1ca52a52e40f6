import type { McpServer } from '@modelcontextprotocol/server';
import { ArgusError } from '../domain/errors.ts';
import { firingId, rowNumber } from '../domain/ids.ts';
import type { World } from './contract.ts';
import { quoted } from './quoted.ts';
import { readWatch, watchUri } from './watchResource.ts';

/* Clients that want to be told when a watch fires. Until 2025-11-25 a client subscribes to a resource in its connection and is
 * sent `notifications/resources/updated`; since 2026-07-28 it listens with `subscriptions/listen`, which the SDK serves: it passes on
 * those of our announcements that somebody listens for. */

/** How often it is looked whether anything has fired, ms. */
const pollMs = 500;
/** Told at once at most; whoever missed more reads the resource. */
const mostAtOnce = 200;

/**
 * Calls `tell` with the address of each watch that fires from now on, until the returned function is called. Keeps no
 * process alive.
 */
export function announceFirings(world: World, tell: (uri: string) => void): () => void {
  let after: number | undefined;
  let version: number | undefined;
  const look = (): void => {
    try {
      const { watches } = world.reader();
      const now = watches.dataVersion();
      if (now === version) return;
      version = now;
      if (after === undefined) {
        after = watches.lastNumbers().firing;
        return;
      }
      const fired = watches.firings({ after: firingId(after), limit: mostAtOnce });
      after = rowNumber(fired.at(-1)?.id ?? '', 'f') ?? after;
      for (const watch of new Set(fired.map((firing) => firing.watch))) tell(watchUri(watch));
    } catch {
      // There is no database yet, or it cannot be read now: every tool says so.
    }
  };
  look();
  const timer = setInterval(look, pollMs).unref();
  return () => clearInterval(timer);
}

/** Announces to the one client that the server has for as long as it is connected. */
export function announceTo(
  server: McpServer,
  world: World,
  {
    wants = () => true,
    afterMs = 0,
  }: { readonly wants?: (uri: string) => boolean; readonly afterMs?: number } = {},
): void {
  let stop: (() => void) | undefined;
  const start = () => {
    stop = announceFirings(world, (uri) => {
      if (!wants(uri)) return;
      // A client that went away misses nothing.
      server.server.sendResourceUpdated({ uri }).catch(() => undefined);
    });
  };
  const waiting = afterMs > 0 ? setTimeout(start, afterMs).unref() : undefined;
  if (!waiting) start();
  const { onclose } = server.server;
  server.server.onclose = () => {
    clearTimeout(waiting);
    stop?.();
    onclose?.();
  };
}

/** Lets the clients of a connection subscribe to watches, as it was until 2025-11-25. */
export function acceptSubscriptions(server: McpServer, world: World): void {
  const subscribed = new Set<string>();
  let announces = false;
  server.server.setRequestHandler('resources/subscribe', ({ params: { uri } }) => {
    const id = /^argus:\/\/watch\/(.+)$/.exec(uri)?.[1];
    if (id === undefined) {
      throw new ArgusError(`${quoted(uri)} does not tell of changes.`, 'Subscribe to argus://watch/ID.');
    }
    readWatch(id, world);
    subscribed.add(uri);
    if (!announces) announceTo(server, world, { wants: (one) => subscribed.has(one) });
    announces = true;
    return {};
  });
  server.server.setRequestHandler('resources/unsubscribe', ({ params: { uri } }) => {
    subscribed.delete(uri);
    return {};
  });
}
