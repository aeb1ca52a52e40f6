import { ResourceNotFoundError, type McpServer } from '@modelcontextprotocol/server';
import { ArgusError } from '../domain/errors.ts';
import { cameraId, firingId, rowNumber, type CameraId, type StillId } from '../domain/ids.ts';
import type { Reader } from '../store/reader.ts';
import { snapshotUri } from './cameraResource.ts';
import type { World } from './contract.ts';
import { quoted } from './quoted.ts';
import { readWatch, watchUri } from './watchResource.ts';

/* Clients that want to be told when a watch fires, or a camera has another picture. Until 2025-11-25 a client subscribes to a resource
 * in its connection and is sent `notifications/resources/updated`; since 2026-07-28 it listens with `subscriptions/listen`, which the SDK
 * serves: it passes on those of our announcements that somebody listens for. */

/** How often it is looked whether anything was written, ms. */
const pollMs = 500;
/** Whoever is told of each picture would look at nothing else, ms. */
const picturesEveryMs = 5_000;
/** Told at once at most; whoever missed more reads the resource. */
const mostAtOnce = 200;

/**
 * Calls `tell` with the address of each resource that changes from now on, until the returned function is called. Keeps
 * no process alive.
 */
export function announceChanges(world: World, tell: (uri: string) => void): () => void {
  const looks = [everyMs(0, firedWatches()), everyMs(picturesEveryMs, newPictures())];
  const look = (): void => {
    try {
      const reader = world.reader();
      const version = reader.watches.dataVersion();
      for (const changed of looks) for (const uri of changed(reader, version)) tell(uri);
    } catch {
      // There is no database yet, or it cannot be read now: every tool says so.
    }
  };
  look();
  const timer = setInterval(look, pollMs).unref();
  return () => clearInterval(timer);
}

/** Which addresses have changed since it was asked before; nothing when it is asked first. */
type Look = (reader: Reader) => string[];

/** Looks when something was written since it looked before, and that was so long ago. */
function everyMs(leastMs: number, look: Look): (reader: Reader, version: number) => string[] {
  let before: number | undefined;
  let lookedMs = -Infinity;
  return (reader, version) => {
    const nowMs = performance.now();
    if (version === before || nowMs - lookedMs < leastMs) return [];
    [before, lookedMs] = [version, nowMs];
    return look(reader);
  };
}

function firedWatches(): Look {
  let after: number | undefined;
  return ({ watches }) => {
    if (after === undefined) {
      after = watches.lastNumbers().firing;
      return [];
    }
    const fired = watches.firings({ after: firingId(after), limit: mostAtOnce });
    after = rowNumber(fired.at(-1)?.id ?? '', 'f') ?? after;
    return [...new Set(fired.map(({ watch }) => watchUri(watch)))];
  };
}

function newPictures(): Look {
  let before: ReadonlyMap<CameraId, StillId | undefined> | undefined;
  return (reader) => {
    const now = new Map(reader.cameras().map(({ id }) => [id, reader.nearestStill(id, Infinity)?.id]));
    const changed = [...now].filter(([camera, still]) => before && still !== before.get(camera));
    before = now;
    return changed.map(([camera]) => snapshotUri(camera));
  };
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
    stop = announceChanges(world, (uri) => {
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

/** Lets the clients of a connection subscribe, as it was until 2025-11-25. */
export function acceptSubscriptions(server: McpServer, world: World): void {
  const subscribed = new Set<string>();
  let announces = false;
  server.server.setRequestHandler('resources/subscribe', ({ params: { uri } }) => {
    try {
      checkThere(uri, world);
    } catch (error) {
      if (error instanceof ArgusError) throw new ResourceNotFoundError(uri, error.message);
      throw error;
    }
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

/** Throws ArgusError where it is nothing that tells of changes. */
function checkThere(uri: string, world: World): void {
  const watch = /^argus:\/\/watch\/([^/]+)$/.exec(uri)?.[1];
  if (watch !== undefined) {
    readWatch(watch, world);
    return;
  }
  const camera = /^argus:\/\/camera\/([^/]+)\/snapshot$/.exec(uri)?.[1];
  if (camera === undefined)
    throw new ArgusError(
      `${quoted(uri)} does not tell of changes.`,
      'Subscribe to argus://watch/ID or argus://camera/ID/snapshot.',
    );
  if (!world.reader().camera(cameraId(camera)))
    throw new ArgusError(`There is no camera ${quoted(camera)}.`, 'Take an id from list_cameras.');
}
