import type { CameraId, TrackId } from '../domain/ids.ts';
import type { Moment } from '../domain/moment.ts';
import type { Strand } from './contract.ts';

/* All of it is local: whether a moment belongs to an incident depends only on what was within some hours of it, so that an
 * incident is the same from whichever window it is looked at. */

/** What the same track does next belongs together if it does it within this time; a presence reaches no further. */
export const sameTrackMs = 600_000;
/** What goes on for at least this long is cut at the next whole hour of UTC, and at each one after. */
const cutEveryMs = 3_600_000;
export const longestGapMs = 600_000;

/** So far before a window moments have to be known for its strands to begin where they do. */
export const contextBeforeMs = 3 * cutEveryMs + sameTrackMs + longestGapMs;
/** The same after it, for them to end where they do. */
export const contextAfterMs = 2 * cutEveryMs + sameTrackMs + longestGapMs;

/** A moment and until when it keeps what follows together with it. */
interface Reaching {
  readonly moment: Moment;
  /** Until the track's next moment; else until its own end. */
  readonly reachMs: number;
}

/**
 * Groups moments by camera and time: each strand is what followed without a pause longer than the gap.
 *
 * @param moments in order of time, of any cameras
 * @returns in the order of their beginning
 */
export function strandsOf(moments: readonly Moment[], gapMs: number): Strand[] {
  const byCamera = new Map<CameraId, Moment[]>();
  for (const moment of moments) {
    const known = byCamera.get(moment.camera);
    if (known) known.push(moment);
    else byCamera.set(moment.camera, [moment]);
  }
  return [...byCamera.values()].flatMap((of) => strandsOfCamera(of, gapMs)).sort(byBeginning);
}

const byBeginning = (a: Strand, b: Strand): number =>
  a.fromMs - b.fromMs || (a.camera < b.camera ? -1 : a.camera > b.camera ? 1 : 0);

function strandsOfCamera(moments: readonly Moment[], gapMs: number): Strand[] {
  const strands: Strand[] = [];
  let chain: Moment[] = [];
  let bySameTrack = new Set<Moment>();
  let endMs = -Infinity;
  let reachMs = -Infinity;
  for (const { moment, reachMs: reach } of reaching(moments)) {
    const isNear = moment.timeMs - endMs <= gapMs;
    if (chain.length > 0 && !isNear && moment.timeMs - reachMs > gapMs) {
      strands.push(...cut(chain, bySameTrack));
      [chain, bySameTrack] = [[], new Set()];
    } else if (chain.length > 0 && !isNear) bySameTrack.add(moment);
    chain.push(moment);
    endMs = Math.max(endMs, endOf(moment));
    reachMs = Math.max(reachMs, reach);
  }
  return [...strands, ...cut(chain, bySameTrack)];
}

function reaching(moments: readonly Moment[]): Reaching[] {
  const nextOf = new Map<TrackId, number>();
  return moments
    .toReversed()
    .map((moment) => {
      const nextMs = nextOf.get(moment.trackId) ?? Infinity;
      nextOf.set(moment.trackId, moment.timeMs);
      const goesOn = nextMs - moment.timeMs <= sameTrackMs;
      return { moment, reachMs: goesOn ? nextMs : endOf(moment) };
    })
    .reverse();
}

const endOf = ({ timeMs, toMs }: Moment): number => Math.min(toMs, timeMs + sameTrackMs);

/** The chain in parts of at most two hours. */
function cut(chain: readonly Moment[], bySameTrack: ReadonlySet<Moment>): Strand[] {
  const [first] = chain;
  if (!first) return [];
  const firstCutMs = Math.ceil((first.timeMs + cutEveryMs) / cutEveryMs) * cutEveryMs;
  const partOf = ({ timeMs }: Moment) =>
    timeMs < firstCutMs ? 0 : 1 + Math.floor((timeMs - firstCutMs) / cutEveryMs);
  const parts = new Map<number, Moment[]>();
  for (const moment of chain) {
    const known = parts.get(partOf(moment));
    if (known) known.push(moment);
    else parts.set(partOf(moment), [moment]);
  }
  return [...parts.values()].map((moments, n) => ({
    camera: first.camera,
    moments,
    fromMs: moments[0]?.timeMs ?? first.timeMs,
    toMs: moments.reduce((latest, moment) => Math.max(latest, endOf(moment)), -Infinity),
    bySameTrack: moments.slice(1).filter((moment) => bySameTrack.has(moment)).length,
    continues: n > 0,
    goesOn: n < parts.size - 1,
  }));
}
