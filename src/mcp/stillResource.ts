import { ArgusError } from '../domain/errors.ts';
import { rowNumber, stillId, type StillId } from '../domain/ids.ts';
import { quoted } from './quoted.ts';
import type { Resource } from './resourceContract.ts';
import { shownStill } from './shownPictures.ts';
import { localTime } from './window.ts';

export const stillUri = (id: StillId): string => `argus://still/${id}`;

/** A stored picture in full size, as it may be shown. */
export const stillResource: Resource = {
  name: 'still',
  title: 'Stored picture',
  description: 'A picture in full size, by still_id',
  mimeType: 'image/jpeg',
  template: 'argus://still/{id}',
  ttlMs: 60_000,
  suggest: (world) => world.reader().newestIds('stills', 200),
  async read(id, world) {
    const number = rowNumber(id, 's');
    const still = number === undefined ? undefined : world.reader().still(stillId(number));
    if (!still)
      throw new ArgusError(`There is no still ${quoted(id)}.`, 'Take a still_id from get_snapshot.');
    const picture = await shownStill(world.reader(), world, still);
    return { picture, takenAt: localTime(still.timeMs, world.timeZone) };
  },
};
