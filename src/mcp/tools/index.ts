import type { Tool } from '../contract.ts';
import { countZoneEvents } from './countZoneEvents.ts';
import { getHealth } from './getHealth.ts';
import { getHeatmap } from './getHeatmap.ts';
import { getOccupancy } from './getOccupancy.ts';
import { getSnapshot } from './getSnapshot.ts';
import { defineZone } from './defineZone.ts';
import { findSimilar } from './findSimilar.ts';
import { listCameras } from './listCameras.ts';
import { tracePerson } from './tracePerson.ts';

/** In the order in which clients are told of them. */
export const tools: readonly Tool[] = [
  listCameras,
  countZoneEvents,
  getOccupancy,
  getSnapshot,
  tracePerson,
  findSimilar,
  getHeatmap,
  defineZone,
  getHealth,
];
