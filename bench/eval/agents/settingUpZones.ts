/** Follows skills/setting-up-zones, step by step. */
import { countZoneEvents } from '../../../src/mcp/tools/countZoneEvents.ts';
import { defineZone } from '../../../src/mcp/tools/defineZone.ts';
import { getHeatmap } from '../../../src/mcp/tools/getHeatmap.ts';
import { getSnapshot } from '../../../src/mcp/tools/getSnapshot.ts';
import { listCameras } from '../../../src/mcp/tools/listCameras.ts';
import type { Ask } from '../ask.ts';

export interface SetUpQuestion {
  readonly camera: string;
  readonly name: string;
  /** A line where people pass, a zone where they stay. */
  readonly kind: 'line' | 'zone';
  readonly from: string;
  readonly to: string;
  /** What the user says when shown the picture. */
  readonly userAgrees: boolean;
}

export interface SetUp {
  readonly drawn: Drawn;
  readonly drafts: number;
  readonly wouldHaveCounted: number;
  readonly warnings: readonly string[];
  /** Of the examples looked at, those where the feet were at the line or in the zone. */
  readonly examplesThere: number;
  readonly examples: number;
  readonly id?: string;
  readonly counted?: number;
}

type Pair = [x: number, y: number];
type Drawn = { readonly line: { from: Pair; to: Pair } } | { readonly zone: { polygon: Pair[] } };
interface Area {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

const draftsAtMost = 3;

export async function setUp(ask: Ask, question: SetUpQuestion): Promise<SetUp> {
  const { name, kind, from, to, userAgrees } = question;
  const window = { from, to, time_zone: 'UTC' };
  // Step 1.
  const { cameras } = (await ask(listCameras, { time_zone: 'UTC' })).structured;
  const found = cameras.find((one) => one.name === question.camera);
  if (!found) throw new Error(`no camera is called ${question.camera}`);
  const camera = found.id;
  // Step 2: at the last moment recorded where the camera does not run.
  const at = found.state === 'running' ? undefined : found.recorded?.to;
  await ask(getSnapshot, { camera, time_zone: 'UTC', ...(at !== undefined && { at }) });
  const heat = { camera, ...window, kind: kind === 'line' ? ('presence' as const) : ('stops' as const) };
  const { places } = (await ask(getHeatmap, heat)).structured;
  const busy = unionOf(kind === 'line' ? places : touchingFirst(places));
  // Steps 3 and 4: drawn larger while something speaks against it.
  let grown = 0;
  let drawn = drawAround(busy, kind, grown);
  let draft = (await ask(defineZone, { camera, ...drawn, ...window })).structured;
  while (draft.warnings && grown + 1 < draftsAtMost) {
    drawn = drawAround(busy, kind, ++grown);
    draft = (await ask(defineZone, { camera, ...drawn, ...window })).structured;
  }
  const { examples = [], would_have_counted: counts = [], warnings = [] } = draft;
  let examplesThere = 0;
  for (const { track_id: id, time } of examples) {
    const { track_at_moment: then } = (await ask(getSnapshot, { track_id: id, at: time, time_zone: 'UTC' }))
      .structured;
    if (then && isAt(then.box, drawn)) examplesThere++;
  }
  const wouldHaveCounted = counts
    .filter(({ event }) => event === 'crossing' || event === 'enter')
    .reduce((sum, { count }) => sum + count, 0);
  const told = {
    drawn,
    drafts: grown + 1,
    wouldHaveCounted,
    warnings,
    examplesThere,
    examples: examples.length,
  };
  // Step 5.
  if (!userAgrees) return told;
  const { id } = (await ask(defineZone, { action: 'confirm', camera, name, ...drawn })).structured;
  // Step 6.
  const asked = kind === 'line' ? { line: id } : { zone: id };
  const { count } = (await ask(countZoneEvents, { camera, ...asked, ...window })).structured;
  return { ...told, ...(id !== undefined && { id }), counted: count };
}

type Places = readonly { readonly box: readonly number[] }[];

/** Those that touch the place with most time: what lies apart is another spot. */
function touchingFirst([first, ...others]: Places): Places {
  if (!first) return [];
  const touches = (a: readonly number[], b: readonly number[]) =>
    [0, 1].every((n) => (a[n] ?? 0) <= (b[n + 2] ?? 0) && (b[n] ?? 0) <= (a[n + 2] ?? 0));
  return [first, ...others.filter(({ box }) => touches(box, first.box))];
}

function unionOf(places: Places): Area {
  const edge = (n: number, pick: (...values: number[]) => number) =>
    pick(...places.map(({ box }) => box[n] ?? 0));
  if (places.length === 0) return { x1: 0.4, y1: 0.4, x2: 0.6, y2: 0.6 };
  return { x1: edge(0, Math.min), y1: edge(1, Math.min), x2: edge(2, Math.max), y2: edge(3, Math.max) };
}

/** A line across where people walk, or a zone of where they stand; each try is larger. */
function drawAround({ x1, y1, x2, y2 }: Area, kind: 'line' | 'zone', grown: number): Drawn {
  const within = (value: number) => Number(Math.min(1, Math.max(0, value)).toFixed(3));
  const reach = 0.1 + 0.3 * grown;
  if (kind === 'line') {
    const x = within((x1 + x2) / 2);
    return { line: { from: [x, within(y1 - reach)], to: [x, within(y2 + reach)] } };
  }
  const [left, top, right, bottom] = [
    within(x1 - reach / 2),
    within(y1 - reach),
    within(x2 + reach / 2),
    within(y2 + reach),
  ];
  return { zone: { polygon: [[left, top], [right, top], [right, bottom], [left, bottom]] } }; // prettier-ignore
}

/** Whether the feet are within a box width of the line, or of the zone. */
function isAt([left = 0, , right = 0, bottom = 0]: readonly number[], drawn: Drawn): boolean {
  const [x, wide] = [(left + right) / 2, right - left];
  const corners = 'line' in drawn ? [drawn.line.from, drawn.line.to] : drawn.zone.polygon;
  const [xs, ys] = [corners.map(([cx]) => cx), corners.map(([, cy]) => cy)];
  const isBetween = (value: number, all: readonly number[]) =>
    value >= Math.min(...all) - wide && value <= Math.max(...all) + wide;
  return isBetween(x, xs) && isBetween(bottom, ys);
}
