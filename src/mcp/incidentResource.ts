import { usualGapMs } from '../incidents/handle.ts';
import { joinedSpan } from './eventQuestion.ts';
import { incidentOf, incidentsIn } from './incidents.ts';
import { summarise } from './incidentSummary.ts';
import type { Resource } from './resourceContract.ts';
import { sceneOfIncident } from './scene.ts';

/** So far back from the last moment recorded incidents are suggested. */
const suggestedMs = 6 * 3_600_000;

/** One incident: what happened in it, as `summarize_incident` tells it, without pictures. */
export const incidentResource: Resource = {
  name: 'incident',
  title: 'Incident',
  description: 'Timeline, participants, what is certain and what is not, by incident_id',
  mimeType: 'application/json',
  template: 'argus://incident/{id}',
  ttlMs: 5_000,
  suggest(world) {
    const reader = world.reader();
    const span = joinedSpan(reader, reader.cameras());
    if (!span) return [];
    const lately = { fromMs: span.toMs - suggestedMs, toMs: span.toMs + 1 };
    const { incidents } = incidentsIn(reader, lately, { grouping: { gapMs: usualGapMs } });
    return incidents.map(({ id }) => id).toReversed();
  },
  read(id, world) {
    const reader = world.reader();
    const scene = sceneOfIncident(reader, incidentOf(reader, id));
    return { json: summarise(reader, scene, { detail: 'detailed', timeZone: world.timeZone }) };
  },
};
