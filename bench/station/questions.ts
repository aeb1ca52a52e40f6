// What is asked of the station of bench/station.ts, and how far the answers are from the truth.
import { z } from 'zod';
import { cameraId, type WatchId } from '../../src/domain/ids.ts';
import { openReader } from '../../src/store/reader.ts';
import { assign } from '../../src/track/assignment.ts';
import { medianOf, quantileOf } from '../../src/domain/quantiles.ts';
import type { RigCamera, TrueCrossing } from './cameras.ts';
import type { Ask, Recorded } from './rig.ts';

export interface Row {
  readonly camera: string;
  readonly question: string;
  readonly truth: string;
  readonly answer: string;
  readonly reached: boolean;
}

const countSchema = z.object({
  count: z.int(),
  coverage: z.object({ share: z.number() }),
  people: z.object({ count: z.int(), at_least: z.int() }).optional(),
  evidence: z.array(z.object({ time: z.string(), direction: z.enum(['forward', 'backward']).optional() })),
});
const occupancySchema = z.object({
  max: z.object({ count: z.int() }),
  coverage: z.object({ share: z.number() }),
});
const tracksSchema = z.object({
  tracks: z.array(z.object({ track_id: z.string(), from: z.string(), seconds: z.number() })),
});
const healthSchema = z.object({
  cameras: z.array(z.object({ id: z.string(), watched_since_added: z.number().optional() })),
});
const rulesSchema = z.object({
  dry_run: z.object({ fired: z.int(), examples: z.array(z.object({ time: z.string() })) }).optional(),
  watches: z.array(z.object({ watch_id: z.string() })).optional(),
});

/** What happens at the end of a pass is told a little later, ms. */
const afterMs = 1500;
/** Events and true crossings are of one passage when they are no farther apart, ms. */
const matchMs = 2000;
/** The station's rules of the rig: each fires on a thing that happens in every pass. */
const ruleName = (camera: RigCamera): string => `rig ${camera.id}`;

export async function makeRules(ask: Ask, cameras: readonly RigCamera[]): Promise<void> {
  for (const camera of cameras) await ask('watch', { action: 'create', ...ruleOf(camera) });
}

const ruleOf = (camera: RigCamera) => ({
  name: ruleName(camera),
  camera: camera.id,
  classes: camera.classes,
  cooldown_seconds: 0,
  ...(camera.zone
    ? { when: 'occupancy', zone: 'floor', more_than: 0, for_seconds: 3 }
    : { when: 'crossing', line: 'middle' }),
});

export async function questions(cameras: readonly RigCamera[], recorded: Recorded): Promise<Row[]> {
  const rows: Row[] = [];
  for (const camera of cameras) {
    const passes = (recorded.passes.get(camera.id) ?? [])
      .filter((startMs) => startMs + camera.lengthS * 1000 + afterMs <= recorded.toMs)
      .map((startMs) => ({ fromMs: startMs, toMs: startMs + camera.lengthS * 1000 + afterMs }));
    if (passes.length === 0) continue;
    if (camera.crossings) rows.push(...(await crossings(camera, camera.crossings, passes, recorded.ask)));
    if (camera.zone) rows.push(...(await visits(camera, camera.zone.visits, passes, recorded.ask)));
    rows.push(...(await longestStay(camera, passes, recorded.ask)));
    if (camera.people !== undefined) rows.push(await people(camera, camera.people, passes, recorded.ask));
    if (camera.classes.includes('person')) rows.push(appearances(camera, recorded));
    rows.push(await coverage(camera, recorded), await alerts(camera, recorded));
  }
  const ahead = Math.round(recorded.aheadMs);
  rows.push({
    ...{ camera: 'all', question: 'newest frame ahead of the clock', truth: 'never' },
    answer: ahead > 0 ? `${ahead} ms` : 'never',
    reached: ahead <= 0,
  });
  return rows;
}

interface Pass {
  readonly fromMs: number;
  readonly toMs: number;
}

const windowOf = ({ fromMs, toMs }: Pass) => ({
  from: new Date(fromMs).toISOString(),
  to: new Date(toMs).toISOString(),
});

const shareText = (counted: number, truth: number): string =>
  `${counted} (${counted >= truth ? '+' : ''}${((100 * (counted - truth)) / truth).toFixed(1)} %)`;

async function crossings(
  camera: RigCamera,
  truth: readonly TrueCrossing[],
  passes: readonly Pass[],
  ask: Ask,
): Promise<Row[]> {
  const counted = { forward: 0, backward: 0 };
  let turned = 0;
  const offMs: number[] = [];
  for (const pass of passes) {
    const question = { camera: camera.id, line: 'middle', classes: camera.classes, evidence_limit: 50 };
    const answer = countSchema.parse(await ask('count_zone_events', { ...question, ...windowOf(pass) }));
    for (const direction of ['forward', 'backward'] as const) {
      const times = timesOf(answer.evidence, direction);
      counted[direction] += times.length;
      const trueTimes = truth
        .filter((t) => t.direction === direction)
        .map(({ atS }) => pass.fromMs + atS * 1000);
      const pairs = pairsWithin(times, trueTimes);
      offMs.push(...pairs.map(({ row, column }) => (times[row] ?? 0) - (trueTimes[column] ?? 0)));
      const others = truth
        .filter((t) => t.direction !== direction)
        .map(({ atS }) => pass.fromMs + atS * 1000);
      const otherTimes = timesOf(answer.evidence, direction === 'forward' ? 'backward' : 'forward');
      const taken = new Set(pairsWithin(others, otherTimes).map(({ row }) => row));
      const free = others.filter((_, n) => !taken.has(n));
      const paired = new Set(pairs.map(({ row }) => row));
      turned += pairsWithin(
        times.filter((_, n) => !paired.has(n)),
        free,
      ).length;
    }
  }
  const expected = truth.length * passes.length;
  const sum = counted.forward + counted.backward;
  const [median, p95] = [
    medianOf(offMs),
    quantileOf(
      offMs.map(Math.abs).sort((a, b) => a - b),
      0.95,
    ),
  ];
  return [
    {
      camera: camera.id,
      question: `crossings of the middle, ${passes.length} passes`,
      truth: String(expected),
      answer: shareText(sum, expected),
      reached: Math.abs(sum - expected) <= camera.tolerance * expected,
    },
    {
      camera: camera.id,
      question: 'of them the wrong way',
      truth: '0',
      answer: String(turned),
      reached: turned === 0,
    },
    {
      camera: camera.id,
      question: 'time of a crossing against when its frame was sent',
      truth: '0 ± 300 ms',
      answer: `${median.toFixed(0)} ms, 95 % within ${p95.toFixed(0)} ms`,
      reached: Math.abs(median) <= 300,
    },
  ];
}

const timesOf = (evidence: z.output<typeof countSchema>['evidence'], direction: string): number[] =>
  evidence.filter((event) => event.direction === direction).map(({ time }) => Date.parse(time));

function pairsWithin(a: readonly number[], b: readonly number[]) {
  const apart = a.flatMap((x) => b.map((y) => Math.abs(x - y)));
  return assign(
    Float64Array.from(apart, (ms) => (ms <= matchMs ? ms : Infinity)),
    a.length,
    b.length,
  );
}

async function visits(
  camera: RigCamera,
  visitsOfPass: number,
  passes: readonly Pass[],
  ask: Ask,
): Promise<Row[]> {
  let counted = 0;
  let most = 0;
  for (const pass of passes) {
    const question = { camera: camera.id, zone: 'floor', classes: camera.classes, ...windowOf(pass) };
    counted += countSchema.parse(await ask('count_zone_events', question)).count;
    most = Math.max(most, occupancySchema.parse(await ask('get_occupancy', question)).max.count);
  }
  const expected = visitsOfPass * passes.length;
  return [
    {
      camera: camera.id,
      question: `visits to the floor, ${passes.length} passes`,
      truth: String(expected),
      answer: shareText(counted, expected),
      reached: Math.abs(counted - expected) <= camera.tolerance * expected,
    },
    {
      camera: camera.id,
      question: 'most at once on the floor',
      truth: '1',
      answer: String(most),
      reached: most === 1,
    },
  ];
}

/** Who stays longest is seen at the time that is true of the clip, and for about as long. */
async function longestStay(camera: RigCamera, passes: readonly Pass[], ask: Ask): Promise<Row[]> {
  const { longest } = camera;
  if (!longest) return [];
  const told: { atS: number; seconds: number }[] = [];
  for (const pass of passes) {
    const question = { cameras: [camera.id], classes: camera.classes, order: 'longest', limit: 1 };
    const [first] = tracksSchema.parse(await ask('find_tracks', { ...question, ...windowOf(pass) })).tracks;
    if (first) told.push({ atS: (Date.parse(first.from) - pass.fromMs) / 1000, seconds: first.seconds });
  }
  const right = told.filter(
    ({ atS, seconds }) =>
      Math.abs(atS - longest.fromS) <= 2 && Math.abs(seconds - longest.seconds) <= 0.1 * longest.seconds,
  ).length;
  const [first] = told;
  return [
    {
      camera: camera.id,
      question: 'who stayed longest: since when in the clip, and how long',
      truth: `${longest.fromS} s, ${longest.seconds} s`,
      answer: `${first ? `${first.atS.toFixed(1)} s, ${first.seconds} s` : 'nobody'}; right in ${right} of ${passes.length}`,
      reached: right === passes.length,
    },
  ];
}

async function people(camera: RigCamera, truth: number, passes: readonly Pass[], ask: Ask): Promise<Row> {
  const at = camera.zone ? { zone: 'floor' } : { line: 'middle' };
  const ranges = [];
  for (const pass of passes) {
    const question = { camera: camera.id, ...at, classes: camera.classes, people: true, ...windowOf(pass) };
    const { people: found } = countSchema.parse(await ask('count_zone_events', question));
    if (found) ranges.push(found);
  }
  const right = ranges.filter(({ at_least: least, count }) => least <= truth && truth <= count).length;
  const [first] = ranges;
  return {
    camera: camera.id,
    question: 'different people in a pass',
    truth: String(truth),
    answer: `${first ? `${first.at_least} to ${first.count}` : 'none'}; contains it in ${right} of ${ranges.length}`,
    reached: right >= 0.9 * ranges.length,
  };
}

const leastSeenMs = 2000;

function appearances(camera: RigCamera, { dataFolder, fromMs, toMs }: Recorded): Row {
  const reader = openReader(dataFolder);
  const tracks = reader
    .tracksIn({ fromMs, toMs }, { cameras: [cameraId(camera.id)], labels: ['person'], leastMs: leastSeenMs })
    .filter(({ ended }) => ended);
  const described = new Set(reader.appearances().map(({ trackId }) => trackId));
  reader.close();
  const seen = tracks.filter(({ id }) => described.has(id)).length;
  return {
    camera: camera.id,
    question: 'tracks of people of 2 s with an appearance',
    truth: String(tracks.length),
    answer: shareText(seen, tracks.length),
    reached: seen >= 0.95 * tracks.length,
  };
}

async function coverage(camera: RigCamera, { ask, fromMs, toMs, passes }: Recorded): Promise<Row> {
  const at = camera.zone ? { zone: 'floor' } : { line: 'middle' };
  const window = { camera: camera.id, ...windowOf({ fromMs, toMs }) };
  const share = countSchema.parse(await ask('count_zone_events', { ...window, ...at })).coverage.share;
  const again = occupancySchema.parse(await ask('get_occupancy', window)).coverage.share;
  const health = healthSchema.parse(await ask('get_health', {}));
  const told = health.cameras.find(({ id }) => id === camera.id)?.watched_since_added;
  const playedMs = (passes.get(camera.id) ?? []).reduce(
    (sum, startMs) => sum + Math.max(0, Math.min(toMs, startMs + camera.lengthS * 1000) - startMs),
    0,
  );
  const truth = playedMs / (toMs - fromMs);
  return {
    camera: camera.id,
    question: 'share of the time watched: count, occupancy, health',
    truth: truth.toFixed(3),
    answer: [share, again, told].map((one) => (one === undefined ? 'none' : one.toFixed(3))).join(', '),
    reached:
      share === again &&
      told !== undefined &&
      Math.abs(told - share) <= 0.03 &&
      Math.abs(share - truth) <= 0.03,
  };
}

/** How far apart an alert and what its dry run finds may be, ms. */
const alertWithinMs = 1000;

async function alerts(camera: RigCamera, { ask, dataFolder, setUpMs, toMs }: Recorded): Promise<Row> {
  const window = windowOf({ fromMs: setUpMs, toMs });
  const { dry_run: ran } = rulesSchema.parse(
    await ask('watch', { action: 'dry_run', ...ruleOf(camera), ...window }),
  );
  const { watches = [] } = rulesSchema.parse(await ask('watch', { action: 'list', name: ruleName(camera) }));
  const reader = openReader(dataFolder);
  const firedMs = watches.flatMap(({ watch_id: id }) =>
    reader.watches.firings({ watch: id as WatchId, limit: 10_000 }).map(({ timeMs }) => timeMs),
  );
  reader.close();
  const within = firedMs.filter((timeMs) => timeMs >= setUpMs && timeMs < toMs);
  const examples = ran?.examples.map(({ time }) => Date.parse(time)) ?? [];
  const offMs = examples.map((time) => Math.min(...within.map((fired) => Math.abs(fired - time))));
  return {
    camera: camera.id,
    question: 'alerts by the dry run of the same time, and fired',
    truth: String(ran?.fired ?? 0),
    answer: `${within.length}, the last ${offMs.length} within ${Math.max(0, ...offMs)} ms`,
    reached: within.length > 0 && within.length === ran?.fired && offMs.every((ms) => ms <= alertWithinMs),
  };
}
