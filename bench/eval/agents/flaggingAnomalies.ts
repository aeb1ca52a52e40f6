/** Follows skills/flagging-anomalies, step by step. */
import { flagAnomaly } from '../../../src/mcp/tools/flagAnomaly.ts';
import { listCameras } from '../../../src/mcp/tools/listCameras.ts';
import type { Ask } from '../ask.ts';
import { lookAt, type Sight } from './eyes.ts';

export interface UnusualQuestion {
  readonly from: string;
  readonly to: string;
  readonly camera?: string;
  /** What the user says of the strongest finding, once told. */
  readonly verdict?: 'useful' | 'not';
}

interface Finding {
  readonly family: string;
  readonly camera: string;
  readonly from: string;
  readonly to: string;
  readonly observed: number;
  readonly expected: number;
  readonly looked: readonly Sight[];
}

export interface Unusual {
  readonly findings: readonly Finding[];
  /** Of these nothing unusual can be said, as all that could be judged was. */
  readonly nothingAt: readonly string[];
  /** Cameras of which it is not known, for want of history or because nobody looked. */
  readonly unknownAt: readonly string[];
  /** Times not watched, each with its camera. */
  readonly gaps: readonly string[];
}

const looksAtMost = 3;

export async function findUnusual(
  ask: Ask,
  { camera, verdict, ...window }: UnusualQuestion,
): Promise<Unusual> {
  // Step 1.
  const { cameras } = (await ask(listCameras, { time_zone: 'UTC' })).structured;
  const asked = cameras.filter(({ id }) => camera === undefined || id === camera);
  // Step 2.
  const question = { ...window, time_zone: 'UTC', ...(camera !== undefined && { camera }) };
  const { structured: answer } = await ask(flagAnomaly, question);
  // Step 3: what could not be judged, before what was found.
  const unrecorded = asked.filter(({ recorded }) => isApart(recorded, window));
  const unjudged = asked.filter(({ id }) =>
    answer.not_judged.some((text) => text.startsWith(id) && isOfCounts(text)),
  );
  const unknownAt = [...new Set([...unrecorded, ...unjudged].map(({ id }) => id))].sort();
  const { gaps } = answer.coverage;
  // Step 4: the same hour of a line and of the whole picture is one thing to tell.
  const findings: Finding[] = [];
  for (const one of answer.found) {
    const known = findings.some(
      ({ family, camera: at, from }) => family === one.family && at === one.camera && from === one.from,
    );
    if (known) continue;
    const { family, from, to, observed, expected, event_ids: events = [], track_ids: tracks = [] } = one;
    const moments = [...events.map((id) => ({ event_id: id })), ...tracks.map((id) => ({ track_id: id }))];
    const looked: Sight[] = [];
    for (const moment of moments.slice(0, looksAtMost)) looked.push(await lookAt(ask, moment));
    findings.push({ family, camera: one.camera, from, to, observed, expected, looked });
  }
  // Step 6: what the user says is passed on.
  const [strongest] = answer.found;
  if (verdict !== undefined && strongest)
    await ask(flagAnomaly, { ...question, feedback: { anomaly_id: strongest.id, verdict } });
  // Step 5.
  const nothingAt = asked
    .map(({ id }) => id)
    .filter((id) => !unknownAt.includes(id) && !findings.some(({ camera: at }) => at === id));
  return { findings, nothingAt, unknownAt, gaps };
}

const isApart = (
  recorded: { readonly from: string; readonly to: string } | undefined,
  window: { readonly from: string; readonly to: string },
): boolean =>
  !recorded ||
  Date.parse(recorded.from) >= Date.parse(window.to) ||
  Date.parse(recorded.to) <= Date.parse(window.from);

/** Without history of how many there usually are, "nothing unusual" says nothing. */
const isOfCounts = (text: string): boolean => /\((more|fewer)\)/.test(text);
