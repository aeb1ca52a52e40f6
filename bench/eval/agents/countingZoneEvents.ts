/** Follows skills/counting-zone-events, step by step. */
import { countZoneEvents } from '../../../src/mcp/tools/countZoneEvents.ts';
import { getSnapshot } from '../../../src/mcp/tools/getSnapshot.ts';
import { listCameras } from '../../../src/mcp/tools/listCameras.ts';
import type { Ask } from '../ask.ts';
import { lookAt, type Sight } from './eyes.ts';

export interface CountQuestion {
  /** As the user calls it. */
  readonly camera: string;
  readonly place: string;
  /** Where the agent draws a line, after a look, if there is none of that name. */
  readonly draw?: { readonly from: [x: number, y: number]; readonly to: [x: number, y: number] };
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  readonly classes?: string[];
  readonly byHour?: boolean;
}

export interface Counted {
  readonly known: 'exactly' | 'at least' | 'not';
  readonly count?: number;
  readonly forward?: number;
  readonly busiestHour?: string;
  /** Not watched; the longest ones. */
  readonly gaps: readonly { readonly from: string; readonly to: string }[];
  readonly looked: readonly Sight[];
}

export async function countAtPlace(ask: Ask, question: CountQuestion): Promise<Counted> {
  const { from, to, timeZone, classes, draw, byHour = false } = question;
  // Step 1: ids are taken, never guessed.
  const { cameras } = (await ask(listCameras, { time_zone: timeZone })).structured;
  const camera = cameras.find(({ name }) => name === question.camera);
  const line = camera?.lines.find(({ name }) => name === question.place);
  const zone = camera?.zones.find(({ name }) => name === question.place);
  const isThere = line !== undefined || zone !== undefined;
  if (!camera || !(isThere || draw)) return { known: 'not', gaps: [], looked: [] };
  if (!isThere) await ask(getSnapshot, { camera: camera.id, at: to, time_zone: timeZone });
  // Step 2: one question, also where it is by the hour.
  const { structured: answer } = await ask(countZoneEvents, {
    camera: camera.id,
    ...(isThere ? { line: line?.id, zone: zone?.id } : { line: draw }),
    ...{ from, to, time_zone: timeZone },
    ...(classes && { classes }),
    ...(byHour && { group_by: ['hour'] }),
  });
  // Step 3: coverage before the count.
  const { share, gaps } = answer.coverage;
  if (share === 0) return { known: 'not', gaps, looked: [] };
  // Step 4: two or three of them, spread over the window; more where one is not what was asked for.
  const looked: Sight[] = [];
  for (const [n, { event_id: id, track_id: track, time }] of answer.evidence.entries()) {
    if (n >= 3 && !looked.includes('bush')) break;
    looked.push(await lookAt(ask, id === undefined ? { track_id: track, at: time } : { event_id: id }));
  }
  // Step 5.
  const [busiest] = (answer.groups ?? []).toSorted((a, b) => b.count - a.count);
  const forward = answer.counts.find(({ direction }) => direction === 'forward')?.count;
  return {
    known: share < 1 ? 'at least' : 'exactly',
    count: answer.count,
    ...(forward !== undefined && { forward }),
    ...(busiest?.hour !== undefined && { busiestHour: busiest.hour }),
    ...{ gaps, looked },
  };
}
