import type { Tool } from '../contract.ts';
import { countZoneEvents } from './countZoneEvents.ts';
import { getOccupancy } from './getOccupancy.ts';
import { getSnapshot } from './getSnapshot.ts';
import { findSimilar } from './findSimilar.ts';
import { listCameras } from './listCameras.ts';
import { tracePerson } from './tracePerson.ts';
import { waitForEvent } from './waitForEvent.ts';
import { watch } from './watch.ts';

/** In the order in which clients are told of them. */
export const tools: readonly Tool[] = [
  listCameras,
  countZoneEvents,
  getOccupancy,
  getSnapshot,
  tracePerson,
  findSimilar,
  watch,
  waitForEvent,
];
