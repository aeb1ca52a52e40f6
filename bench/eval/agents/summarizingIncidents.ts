/** Follows skills/summarizing-incidents, step by step. */
import { listIncidents } from '../../../src/mcp/tools/listIncidents.ts';
import { summarizeIncident } from '../../../src/mcp/tools/summarizeIncident.ts';
import { tracePerson } from '../../../src/mcp/tools/tracePerson.ts';
import type { Ask } from '../ask.ts';
import { lookAt, type Sight } from './eyes.ts';

export interface IncidentQuestion {
  readonly from: string;
  readonly to: string;
  readonly cameras: string[];
  /** What the question tells of it, as a word of `what`. */
  readonly about?: string;
}

export interface Story {
  readonly known: boolean;
  /** Several fit: the user is asked which is meant. */
  readonly whichOf?: readonly string[];
  readonly participants: number;
  readonly first?: string;
  readonly last?: string;
  readonly timeline: readonly string[];
  readonly certain: readonly string[];
  readonly uncertain: readonly string[];
  readonly gaps: readonly string[];
  /** The way of the first participant, as far as it is told. */
  readonly way: readonly string[];
  readonly looked: readonly Sight[];
  readonly pictures: number;
}

const nothing = {
  participants: 0,
  timeline: [],
  certain: [],
  uncertain: [],
  way: [],
  looked: [],
  pictures: 0,
};

export async function tellStory(ask: Ask, { about, cameras, ...window }: IncidentQuestion): Promise<Story> {
  const zone = { time_zone: 'UTC' };
  // Step 1.
  const { structured: list } = await ask(listIncidents, { cameras, ...window, ...zone });
  const { gaps } = list.coverage;
  if (list.coverage.share === 0) return { ...nothing, known: false, gaps };
  const fitting = list.incidents.filter(
    ({ what }) => about === undefined || what.some((kind) => kind.includes(about)),
  );
  const [one, ...others] = fitting;
  if (!one) return { ...nothing, known: list.coverage.share === 1, gaps };
  if (others.length > 0)
    return {
      ...nothing,
      known: true,
      whichOf: fitting.map(({ incident_id: id, from }) => `${id} ${from}`),
      gaps,
    };
  // Step 2.
  const { structured: told, pictures } = await ask(summarizeIncident, {
    incident_id: one.incident_id,
    ...zone,
  });
  // Step 3.
  const { participants, timeline, certain, uncertain, coverage } = told;
  const firsts = participants.map(({ first }) => first).sort();
  const lasts = participants.map(({ last }) => last).sort();
  // Step 5: where the one who matters was before and after.
  const [who] = participants;
  const traced = who && (await ask(tracePerson, { track_id: who.track_id, ...zone })).structured;
  const looked = who ? [await lookAt(ask, { track_id: who.track_id })] : [];
  // Steps 4 and 6: what is certain, what is not, and what nobody saw are told apart.
  return {
    known: true,
    participants: participants.length,
    ...(firsts[0] !== undefined && { first: firsts[0] }),
    ...(lasts.at(-1) !== undefined && { last: lasts.at(-1) ?? '' }),
    timeline: timeline.map(({ time, what }) => `${time} ${what}`),
    ...{ certain, uncertain, gaps: coverage.gaps, looked },
    way: traced?.cameras ?? [],
    pictures: pictures.length,
  };
}
