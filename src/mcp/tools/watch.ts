import * as z from 'zod';
import { ArgusError } from '../../domain/errors.ts';
import { firingId, rowNumber } from '../../domain/ids.ts';
import type { Interval } from '../../domain/time.ts';
import type { Watch, WatchDefinition } from '../../domain/watch.ts';
import type { Reader } from '../../store/reader.ts';
import { isClassName, mostClasses } from '../../watches/definition.ts';
import { rounded, ruleText } from '../../watches/words.ts';
import { defineTool, noCall, requireWrite, type World } from '../contract.ts';
import { agreed, runningStation } from '../changing.ts';
import { summariseCoverage } from '../coverage.ts';
import type { DryRun, PastFacts } from '../watchDryRun.ts';
import { namesInput } from '../inputs.ts';
import { findCamera } from '../lookup.ts';
import { askedWatch, currentWatches, findWatch, watchKinds } from '../watchOfQuestion.ts';
import { standingAt } from '../standing.ts';
import { quoted } from '../quoted.ts';
import { localTime, resolveTimeZone, resolveWindow } from '../window.ts';

const weekMs = 7 * 86_400_000;
const examplesTold = 2;
const tracksTold = 5;
const watchesTold = 20;
const blindTold = 5;

/* Bounds that hardly anybody meets are checked, but not told in the list of tools. */
const within = (least: number, most: number) =>
  z.number().refine((value) => value >= least && value <= most, `must be ${least} to ${most}`);
const isShort = (text: string) => text.length > 0 && text.length <= 100;
const tooLong = 'must have 1 to 100 characters';

const example = z.object({
  time: z.string(),
  seconds: z.number().describe('How long it was so'),
  count: z.int().optional(),
  track_ids: z.array(z.string()),
  event_id: z.string().optional(),
});

export const watch = defineTool({
  name: 'watch',
  title: 'Standing rules',
  description:
    'Rules that are looked at while nobody asks, e.g. more than 3 people in the dock for 30 s at night. dry_run first: how ' +
    'often one would have fired last week, with examples for get_snapshot. create keeps it; wait_for_event waits for it.',
  input: z.object({
    action: z.enum(['dry_run', 'create', 'list', 'delete']),
    name: z
      .string()
      .refine(isShort, tooLong)
      .optional()
      .describe('Of the rule; delete also takes its id, list a part of it'),
    camera: z.string().optional(),
    line: z.string().optional().describe('Id, for crossing'),
    zone: z.string().optional().describe('Id; default: the whole picture'),
    when: z.enum(watchKinds).optional(),
    more_than: within(0, 10_000).optional().describe('For occupancy'),
    for_seconds: within(0, 86_400).optional().describe('It has to last'),
    direction: z.enum(['forward', 'backward']).optional(),
    classes: z
      .array(z.string().refine((name) => isClassName(name) && !name.includes(','), 'is no name of a class'))
      .refine((all) => all.length <= mostClasses, `are at most ${mostClasses}`)
      .optional(),
    hours: z.string().optional().describe('"22:00-06:00"'),
    days: namesInput.optional().describe('On which hours begin: ["sat"]'),
    time_zone: z.string().optional(),
    cooldown_seconds: within(0, 30 * 86_400)
      .optional()
      .describe('Fires again after so long without it; default: 60'),
    from: z.string().optional().describe('Of the dry run'),
    to: z.string().optional(),
  }),
  output: z.object({
    rule: z.string().optional().describe('As it was understood'),
    watch_id: z.string().optional(),
    next_after: z.string().optional().describe('Give it as after to the first wait_for_event'),
    dry_run: z
      .object({
        from: z.string(),
        to: z.string(),
        fired: z.int(),
        per_week: z.number().optional().describe('Estimate; absent: too little was watched'),
        watched_share: z.number().describe('Of the window, 0–1'),
        watched_hours: z.number().describe('Within the hours of the rule'),
        examples: z.array(example),
      })
      .optional(),
    advice: z.array(z.string()).optional().describe('What would make it fire less'),
    watches: z
      .array(
        z.object({
          watch_id: z.string(),
          name: z.string(),
          rule: z.string(),
          fired: z.int(),
          last_fired: z.string().optional(),
        }),
      )
      .optional(),
    notes: z.array(z.string()).optional(),
  }),

  readsMuch: true,
  writes: true,
  deletes: true,
  async change(input, world, call = noCall) {
    const { action, name } = input;
    if (action !== 'create' && action !== 'delete') return;
    requireWrite(world, `action "${action}" changes what is watched`);
    if (name === undefined) {
      throw new ArgusError('name: which watch?', 'Give the name of the watch.');
    }
    const reader = world.reader();
    if (action === 'create') {
      const asked = askedWatch(reader, input, world.timeZone);
      await (await runningStation(world)).addWatch(asked);
      return;
    }
    const found = findWatch(reader, name);
    const station = await runningStation(world);
    await agreed(call, `Delete the watch ${quoted(found.name)} (${found.id})?`);
    await station.removeWatch(found.id);
  },
  async handle(input, world, call = noCall) {
    const reader = world.reader();
    const timeZone = resolveTimeZone(input.time_zone ?? world.timeZone);
    if (input.action === 'delete') {
      return { structured: {}, text: `Deleted: ${quoted(input.name ?? '')}.` };
    }
    if (input.action === 'list') return list(reader, input.name, timeZone);

    // Loaded where it is wanted: a client waits for all that is loaded before.
    const [{ dryRun, factsFor }, { adviceFor }] = await Promise.all([
      import('../watchDryRun.ts'),
      import('../watchAdvice.ts'),
    ]);
    const asked = askedWatch(reader, input, world.timeZone);
    const kept = input.action === 'create' ? findWatch(reader, asked.name) : undefined;
    const camera = findCamera(reader, asked.camera);
    const at = reader.shapes(camera.id).find(({ shape }) => shape.id === asked.at?.shape);
    const goesOnMs = reader.isWritten() ? world.now() : undefined;
    const window = dryRunWindow(reader, asked, input, world, timeZone, goesOnMs);
    const facts = await factsFor(
      reader,
      camera,
      asked,
      at && { shape: at.shape, stored: at },
      window,
      call,
      goesOnMs,
    );
    const ran = dryRun(asked, facts);
    const advice = adviceFor(asked, ran, facts);
    const notes = notesOf(reader, asked, ran, facts);
    const told = {
      rule: ruleText(asked),
      ...(kept && { watch_id: kept.id, next_after: cursorOf(reader, kept, world.now()) }),
      dry_run: answerOf(ran, facts, timeZone, asked),
      ...(advice.length > 0 && { advice }),
      ...(notes.length > 0 && { notes }),
    };
    return { structured: told, text: textOf(told, kept) };
  },
});

/** Made longer ago, it was there before this call; what it found since then is old news, ms. */
const justMadeMs = 60_000;

/** Where to wait from: nothing that a new rule has found is missed, also if it fired before this is read. */
function cursorOf(reader: Reader, { id }: Watch, nowMs: number): string {
  const last = reader.watches.lastNumbers().firing;
  const made = reader.watches.watch(id);
  if (!made || nowMs - made.createdMs > justMadeMs) return firingId(last);
  const [first] = reader.watches.firings({ watch: made.id, limit: 1 });
  return firingId(first ? (rowNumber(first.id, 'f') ?? 1) - 1 : last);
}

/** @param part of the names of those that are asked for */
function list(reader: Reader, part: string | undefined, timeZone: string) {
  const counts = reader.watches.firingCounts();
  const wanted = part?.trim().toLowerCase() ?? '';
  const all = currentWatches(reader).filter(
    ({ id, name }) => id === wanted || name.toLowerCase().includes(wanted),
  );
  const watches = all.slice(0, watchesTold).map((one) => {
    const fired = counts.get(one.id);
    return {
      watch_id: one.id,
      name: one.name,
      rule: ruleText(one),
      fired: fired?.count ?? 0,
      ...(fired && { last_fired: localTime(fired.lastMs, timeZone) }),
    };
  });
  const blind = all.filter((one) => isBlind(reader, one));
  const notes = blind
    .slice(0, blindTold)
    .map(
      ({ id, at }) =>
        `${id} looks at nothing: there is no ${at?.kind ?? 'line'} ${at?.shape ?? ''} any more.`,
    );
  if (blind.length > blindTold) notes.push(`So do ${blind.length - blindTold} more.`);
  if (all.length > watches.length)
    notes.push(
      `The first ${watches.length} of ${all.length}; with a part of a name only those that have it are told.`,
    );
  const lines = watches.map(
    ({ watch_id: id, name, rule, fired, last_fired: last }) =>
      `${id} ${quoted(name)}: ${rule}. Fired ${fired} time(s)${last === undefined ? '' : `, last ${last}`}.`,
  );
  const none =
    wanted === '' ? 'There are no watches.' : `There is no watch with ${quoted(wanted)} in its name.`;
  return {
    structured: { watches, ...(notes.length > 0 && { notes }) },
    text: [...(lines.length > 0 ? lines : [none]), ...notes].join('\n'),
  };
}

const isBlind = (reader: Reader, { camera, at }: Watch): boolean =>
  at !== undefined && !reader.shapes(camera).some(({ shape }) => shape.id === at.shape);

/** The last week that is recorded, unless asked otherwise. A recording of long ago is asked about as well. */
function dryRunWindow(
  reader: Reader,
  { camera, condition }: WatchDefinition,
  input: { from?: string | undefined; to?: string | undefined },
  world: World,
  timeZone: string,
  goesOnMs: number | undefined,
): Interval {
  const span = reader.span(camera);
  const lastMs = span?.toMs ?? world.now();
  // That a camera is down now shows in no frame.
  const isDownRule = condition.kind === 'camera_down';
  const isLive = isDownRule && reader.watches.liveTimes(camera, { fromMs: lastMs, toMs: world.now() }, goesOnMs).length > 0; // prettier-ignore
  const toMs = isLive ? world.now() : lastMs;
  const usual = { fromMs: Math.max(span?.fromMs ?? toMs, toMs - weekMs), toMs };
  return resolveWindow(input, usual, timeZone, world.now());
}

function notesOf(
  reader: Reader,
  { labels, condition, camera }: WatchDefinition,
  { incidents, lookedMs }: DryRun,
  { watched, expected }: PastFacts,
): string[] {
  const notes = standingNote(reader, condition, incidents.at(-1));
  if (watched.length === 0 && expected.length === 0)
    notes.push('NOT WATCHED: nothing was analysed in this window, so that it did not fire says nothing.');
  else if (lookedMs === 0) notes.push('NOT WATCHED within the hours of the rule.');
  const seen = reader.labels(camera);
  const unseen = labels?.filter((label) => !seen.includes(label)) ?? [];
  if (unseen.length > 0)
    notes.push(`Never seen here: ${unseen.join(', ')}. Seen: ${seen.join(', ') || 'nothing'}.`);
  if (condition.kind === 'camera_down' && expected.length === 0 && incidents.length === 0)
    notes.push('No live camera was watched here; a file is never down.');
  return notes;
}

/** Who counts the parked cars among those present hears of it. */
function standingNote(
  reader: Reader,
  { kind }: WatchDefinition['condition'],
  last: DryRun['incidents'][number] | undefined,
): string[] {
  if (kind !== 'occupancy' || !last) return [];
  const standing = standingAt(reader, last.tracks, last.timeMs).length;
  if (standing === 0) return [];
  return [
    `${standing} of the ${last.tracks.length} counted in the last example had stood still for a minute or more, such as ` +
      'parked cars. Give classes to leave them out.',
  ];
}

function answerOf(
  { incidents, lookedMs, perWeek }: DryRun,
  { window, watched }: PastFacts,
  timeZone: string,
  { condition }: WatchDefinition,
) {
  const last = incidents.slice(-examplesTold);
  return {
    from: localTime(window.fromMs, timeZone),
    to: localTime(window.toMs, timeZone),
    fired: incidents.length,
    ...(perWeek !== undefined && { per_week: rounded(perWeek) }),
    watched_share: summariseCoverage(
      window,
      watched.map((interval) => ({ ...interval, frames: 0, dropped: 0 })),
      timeZone,
    ).share,
    watched_hours: Number((lookedMs / 3_600_000).toFixed(2)),
    examples: last.map(({ timeMs, untilMs, sinceMs, tracks, event }) => ({
      time: localTime(timeMs, timeZone),
      seconds: Number(((untilMs - sinceMs) / 1000).toFixed(1)),
      ...(condition.kind === 'occupancy' && { count: tracks.length }),
      track_ids: tracks.slice(0, tracksTold),
      ...(event?.id !== undefined && { event_id: event.id }),
    })),
  };
}

function textOf(
  told: {
    rule: string;
    next_after?: string;
    dry_run: ReturnType<typeof answerOf>;
    advice?: readonly string[];
    notes?: readonly string[];
  },
  kept: Watch | undefined,
): string {
  const {
    fired,
    from,
    to,
    per_week: perWeek,
    watched_share: share,
    watched_hours: hours,
    examples,
  } = told.dry_run;
  const week = perWeek === undefined ? 'too little to tell of a week' : `about ${perWeek} a week`;
  return [
    ...(kept
      ? [
          `Watching (${kept.id}, ${quoted(kept.name)}): ${told.rule}. Wait for it with after "${told.next_after ?? ''}".`,
        ]
      : [`Rule: ${told.rule}.`]),
    `Would have fired ${fired} time(s) from ${from} to ${to}: ${week}. ` +
      `${Number((share * 100).toFixed(2))} % of the window was watched, ${hours} h of it in the hours of the rule.`,
    ...examples.map(({ time, seconds, count, track_ids: ids, event_id: event }) => {
      const who = [count === undefined ? '' : `${count} there`, event ?? '', ids.join(', ')].filter(Boolean);
      const lasting = seconds > 0 ? `, for ${seconds} s` : '';
      return `e.g. ${time}${lasting}${who.length > 0 ? ` (${who.join('; ')})` : ''}`;
    }),
    ...(told.advice?.map((line) => `Fires often: ${line}.`) ?? []),
    ...(told.notes ?? []),
  ].join('\n');
}
