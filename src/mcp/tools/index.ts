import type { Tool } from '../contract.ts';
import { countZoneEvents } from './countZoneEvents.ts';
import { flagAnomaly } from './flagAnomaly.ts';
import { getHealth } from './getHealth.ts';
import { getHeatmap } from './getHeatmap.ts';
import { getOccupancy } from './getOccupancy.ts';
import { getSnapshot } from './getSnapshot.ts';
import { defineZone } from './defineZone.ts';
import { findSimilar } from './findSimilar.ts';
import { findTracks } from './findTracks.ts';
import { getTrack } from './getTrack.ts';
import { listCameras } from './listCameras.ts';
import { listIncidents } from './listIncidents.ts';
import { summarizeIncident } from './summarizeIncident.ts';
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
  findTracks,
  getTrack,
  listIncidents,
  summarizeIncident,
  flagAnomaly,
  getHeatmap,
  defineZone,
  watch,
  waitForEvent,
  getHealth,
];
