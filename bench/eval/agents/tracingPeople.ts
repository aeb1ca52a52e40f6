/** Follows skills/tracing-people, step by step. */
import { findSimilar } from '../../../src/mcp/tools/findSimilar.ts';
import { findTracks } from '../../../src/mcp/tools/findTracks.ts';
import { tracePerson } from '../../../src/mcp/tools/tracePerson.ts';
import type { Ask } from '../ask.ts';
import { lookAt, type Sight } from './eyes.ts';

export interface TraceQuestion {
  /** Where and when the one who is meant was seen. */
  readonly camera: string;
  readonly line: string;
  readonly from: string;
  readonly to: string;
  /** The user, shown the pictures, says that the likeliest of the undecided is the same one. */
  readonly userSays?: 'the same';
  /** Asked is also who else looked like that, at any time. */
  readonly anyTime?: boolean;
}

export interface Way {
  /** Absent: there was nobody, or nobody looked. */
  readonly steps: readonly {
    readonly camera: string;
    readonly from: string;
    readonly probability?: number;
    readonly seen: Sight;
  }[];
  readonly undecided: readonly {
    readonly camera: string;
    readonly from: string;
    readonly probability: number;
    readonly seen: Sight;
  }[];
  /** By looks alone more likely the same one than not. */
  readonly alike?: readonly string[];
  readonly notWatched: boolean;
  readonly notes: readonly string[];
}

export async function traceWay(ask: Ask, question: TraceQuestion): Promise<Way> {
  const { userSays, anyTime, camera, line, ...window } = question;
  const zone = { time_zone: 'UTC' };
  // Step 1: a track, and a look at it.
  const { structured: found } = await ask(findTracks, {
    cameras: [camera],
    line,
    ...window,
    ...zone,
    order: 'oldest',
  });
  const [who] = found.tracks;
  if (!who)
    return { steps: [], undecided: [], notWatched: found.coverage.share < 1, notes: found.notes ?? [] };
  const seen = await lookAt(ask, { track_id: who.track_id });
  if (seen !== 'person') return { steps: [], undecided: [], notWatched: false, notes: [`it is ${seen}`] };
  // Step 2.
  const asked = { track_id: who.track_id, ...zone };
  let { structured: traced } = await ask(tracePerson, asked);
  // Step 4, and what the user says of it, step 5.
  const [likeliest] = traced.undecided;
  if (userSays !== undefined && likeliest)
    traced = (await ask(tracePerson, { ...asked, same_as: likeliest.track_id })).structured;
  // Step 3: a look at each passage, and at those of whom it cannot be told.
  const steps = [];
  for (const { track_id: id, camera: at, from, probability } of traced.passages)
    steps.push({
      camera: at,
      from,
      ...(probability !== undefined && { probability }),
      seen: await lookAt(ask, { track_id: id }),
    });
  const undecided = [];
  for (const { track_id: id, camera: at, from, probability } of traced.undecided)
    undecided.push({ camera: at, from, probability, seen: await lookAt(ask, { track_id: id }) });
  // Step 6: by looks alone, where the way is not known.
  const similar =
    anyTime === true && steps.length === 1 ? (await ask(findSimilar, asked)).structured : undefined;
  const alike = similar?.tracks.filter(({ probability: p = 0 }) => p > 0.5).map(({ track_id: id }) => id);
  return { steps, undecided, ...(alike && { alike }), notWatched: false, notes: traced.notes ?? [] };
}
