import { ArgusError } from '../domain/errors.ts';
import { rowNumber, watchId, type WatchId } from '../domain/ids.ts';
import type { Reader } from '../store/reader.ts';
import type { StoredFiring } from '../store/watchQueries.ts';
import { parseWatch } from '../watches/definition.ts';
import { ruleText } from '../watches/words.ts';
import type { World } from './contract.ts';
import { quoted } from './quoted.ts';
import type { Resource } from './resourceContract.ts';
import { currentWatches } from './watchOfQuestion.ts';
import { localTime } from './window.ts';

export const watchUri = (id: WatchId): string => `argus://watch/${id}`;

const firingsTold = 20;
const tracksTold = 5;

/** A watch and the last times that it fired, newest first, as JSON. Throws ArgusError for an unknown id. */
export function readWatch(id: string, world: World): object {
  const reader = world.reader();
  const number = rowNumber(id, 'w');
  const stored = number === undefined ? undefined : reader.watches.watch(watchId(number));
  if (!stored) throw new ArgusError(`There is no watch ${quoted(id)}.`, 'List them with the tool watch.');
  const definition = parseWatch(stored.definition);
  const firings = reader.watches.firings({ watch: stored.id, limit: firingsTold, newestFirst: true });
  const names = new Map([[stored.id, definition.name]]);
  return {
    watch_id: stored.id,
    name: definition.name,
    rule: ruleText(definition),
    ...(stored.removedMs !== undefined && { deleted: localTime(stored.removedMs, world.timeZone) }),
    firings: firings.map((firing) => ({
      ...firingToJson(firing, names, world.timeZone),
      until: localTime(firing.untilMs, world.timeZone),
      goes_on: firing.open,
    })),
  };
}

/** As answers tell of it. */
export function firingToJson(firing: StoredFiring, names: ReadonlyMap<WatchId, string>, timeZone: string) {
  const [event] = firing.events;
  return {
    firing_id: firing.id,
    watch: names.get(firing.watch) ?? firing.watch,
    camera: firing.camera,
    time: localTime(firing.timeMs, timeZone),
    ...(firing.count !== undefined && { count: firing.count }),
    ...(event !== undefined && { event_id: event }),
    track_ids: firing.tracks.slice(0, tracksTold),
  };
}

export const namesOfWatches = (reader: Reader): ReadonlyMap<WatchId, string> =>
  new Map(currentWatches(reader).map(({ id, name }) => [id, name]));

/** A standing rule and what it found. */
export const watchResource: Resource = {
  name: 'watch',
  title: 'Standing rule',
  description: 'A watch and the last times that it fired, by watch_id; subscribe to be told when it fires',
  mimeType: 'application/json',
  template: 'argus://watch/{id}',
  ttlMs: 0,
  suggest: (world) => currentWatches(world.reader()).map(({ id }) => id),
  read: (id, world) => ({ json: readWatch(id, world) }),
};
