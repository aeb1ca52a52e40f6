/** Follows skills/auditing-counts, step by step. */
import { countZoneEvents } from '../../../src/mcp/tools/countZoneEvents.ts';
import { getSnapshot } from '../../../src/mcp/tools/getSnapshot.ts';
import type { Ask } from '../ask.ts';
import { lookAt } from './eyes.ts';

export interface AuditQuestion {
  readonly camera: string;
  readonly line: string;
  readonly from: string;
  readonly to: string;
  /** Without events, where what was missed is looked for. */
  readonly quiet?: string;
}

export interface Audited {
  readonly counted: number;
  readonly decided: number;
  readonly right: number;
  /** The 95 % interval of the precision; absent: nothing was decided. */
  readonly interval?: readonly [low: number, high: number];
  /** What the wrong ones were. */
  readonly wrong: readonly string[];
  /** Of the pairs that may be one object: how many there are, and at how many of those listed both pictures show something. */
  readonly doubtful: number;
  readonly doubtfulSeen: number;
  /** In the pictures of moments without events. */
  readonly missed?: number;
  readonly shareWatched: number;
}

export async function audit(ask: Ask, { camera, line, from, to, quiet }: AuditQuestion): Promise<Audited> {
  // Step 1.
  const window = { from, to, time_zone: 'UTC' };
  const asked = { camera, line, ...window, evidence_limit: 20, audit: true };
  const { structured: answer } = await ask(countZoneEvents, asked);
  // Step 2: each by its picture alone.
  const seen = [];
  for (const { event_id: id, track_id: track, time } of answer.evidence)
    seen.push(await lookAt(ask, id === undefined ? { track_id: track, at: time } : { event_id: id }));
  const decided = seen.filter((sight) => sight !== 'cannot tell');
  const wrong = decided.filter((sight) => sight !== 'person');
  const right = decided.length - wrong.length;
  // Step 5: what was counted twice, maybe.
  const pairs = answer.audit?.doubtful_pairs ?? [];
  let doubtfulSeen = 0;
  for (const { event_ids: ids, track_ids: tracks, times } of pairs) {
    const sights = [];
    for (const [n, track] of tracks.entries()) {
      const [id, at] = [ids?.[n], times[n]];
      sights.push(await lookAt(ask, id === undefined ? { track_id: track, at } : { event_id: id }));
    }
    if (!sights.includes('cannot tell')) doubtfulSeen++;
  }
  // Step 6: what was missed, and when nobody looked.
  const missed = quiet === undefined ? undefined : await objectsAt(ask, camera, quiet);
  return {
    counted: answer.count,
    decided: decided.length,
    right,
    // Step 3.
    ...(decided.length > 0 && { interval: wilson(right, decided.length) }),
    // Step 4.
    wrong: [...new Set(wrong)],
    doubtful: answer.audit?.total ?? 0,
    doubtfulSeen,
    ...(missed !== undefined && { missed }),
    shareWatched: answer.coverage.share,
  };
}

async function objectsAt(ask: Ask, camera: string, at: string): Promise<number> {
  const { structured } = await ask(getSnapshot, { camera, at, time_zone: 'UTC' });
  return structured.objects.length;
}

/** The formula of the skill, with z = 1.96. */
function wilson(right: number, of: number): [low: number, high: number] {
  const z = 1.96;
  const p = right / of;
  const middle = p + z ** 2 / (2 * of);
  const reach = z * Math.sqrt((p * (1 - p)) / of + z ** 2 / (4 * of ** 2));
  const round = (value: number) => Number((value / (1 + z ** 2 / of)).toFixed(3));
  return [round(middle - reach), round(middle + reach)];
}
