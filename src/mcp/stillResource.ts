import { ArgusError } from '../domain/errors.ts';
import { rowNumber, stillId, type StillId } from '../domain/ids.ts';
import type { World } from './contract.ts';
import { shownStill } from './shownPictures.ts';

export const stillTemplate = 'argus://still/{id}';
export const stillUri = (id: StillId): string => `argus://still/${id}`;

/** The stored picture in full size, as it may be shown. Throws ArgusError for an unknown id. */
export async function readStillResource(id: string, world: World): Promise<Buffer> {
  const number = rowNumber(id, 's');
  const still = number === undefined ? undefined : world.reader().still(stillId(number));
  if (!still) throw new ArgusError(`There is no still "${id}".`, 'Take a still_id from get_snapshot.');
  return shownStill(world.reader(), world, still);
}
