import * as z from 'zod';
import { ArgusError } from '../../domain/errors.ts';
import type { EventType } from '../../domain/event.ts';
import type { Interval } from '../../domain/time.ts';
import type { Motion } from '../../events/motion.ts';
import type { Reader } from '../../store/reader.ts';
import type { EventCount, EventKey, StoredCamera } from '../../store/types.ts';
import { auditCount, auditSchema, auditText, type CountAudit } from '../auditCount.ts';
import { defineTool, noCall, partOf } from '../contract.ts';
import { classesInput, windowInput } from '../inputs.ts';
import { blindText, coverageSchema, coverageText, coverageOf, joinCoverage } from '../coverage.ts';
import {
  comparedWindow,
  comparedWindows,
  comparisonOf,
  comparisonSchema,
  comparisonText,
  type Comparison,
} from '../compareCounts.ts';
import { askedCameras, checkDwell, checkKinds, joinedSpan, questionOf } from '../eventQuestion.ts';
import { gather, type Gathered } from '../gather.ts';
import { rateNote } from '../rateNote.ts';
import { askedShape, lineInput, shapeText, zoneInput, type AskedShape } from '../shapes.ts';
import {
  motionAnswer,
  motionFields,
  mostMeasured,
  motionsAt,
  speedSchema,
  speedText,
  summariseSpeeds,
  type SpeedSummary,
} from '../speeds.ts';
import { countPeople, peopleCountSchema, peopleCountText, type PeopleCount } from '../peopleCount.ts';
import { countBy, countTracks, sample, storedEvents, type CountedEvent, type Tally } from '../tally.ts';
import { bucketFinder, bucketUnits, localTime, resolveTimeZone, resolveWindow } from '../window.ts';
import type { BucketUnit } from '../window.ts';

const eventType = z.enum(['crossing', 'enter', 'exit', 'dwell']);
const direction = z.enum(['forward', 'backward']);
const groupKey = z.enum([...bucketUnits, 'class', 'direction', 'camera', 'event']);
/** More would fill the asker's context. */
const mostGroups = 300;

const group = z.object({
  minute: z.string().optional().describe('Start of the local minute'),
  hour: z.string().optional().describe('Start of the local hour'),
  day: z.string().optional().describe('Local day'),
  camera: z.string().optional(),
  direction: direction.optional(),
  class: z.string().optional(),
  event: eventType.optional(),
  count: z.int(),
});

const evidence = z.object({
  event_id: z
    .string()
    .optional()
    .describe('Give it to get_snapshot to see the moment. Absent: give track_id, and time as at'),
  track_id: z.string(),
  camera: z.string().optional().describe('Where several were asked about'),
  time: z.string(),
  event: eventType,
  direction: direction.optional(),
  class: z.string(),
  confidence: z.number(),
  duration_seconds: z.number().optional().describe('Of exit and dwell: how long the visit had lasted'),
  ...motionFields,
});

export const countZoneEvents = defineTool({
  name: 'count_zone_events',
  title: 'Count events at a line or zone',
  description:
    'Counts crossings of a line or enter, exit and dwell events of a zone in a window, with the share of the ' +
    'window really watched and the events behind the number. "How many people crossed the dock line between 9 and ' +
    '10?" The line or zone may be drawn now, also for the past: it is counted from stored trajectories. Of a line ' +
    'drawn from top to bottom, forward is moving left to right. Counts passages: who crosses twice counts twice; ' +
    '`people` tells how many different ones.',
  input: z.object({
    camera: z
      .union([z.string(), z.array(z.string()).min(1)])
      .optional()
      .describe('Several: all that have a line or zone of that id'),
    line: lineInput.optional(),
    zone: zoneInput.optional(),
    ...windowInput,
    classes: classesInput,
    direction: direction.optional(),
    event: eventType.optional(),
    min_dwell_seconds: z
      .number()
      .positive()
      .optional()
      .describe('Only visits this long, counted when they became so'),
    min_confidence: z.number().min(0).max(1).optional(),
    min_speed_kmh: z.number().positive().optional().describe('Needs a camera with a scale'),
    group_by: z.array(groupKey).optional().describe('At most one of minute, hour, day'),
    people: z.boolean().optional().describe('Also count different people, by looks'),
    audit: z.boolean().optional().describe('Also find pairs of tracks that may be one object counted twice'),
    compare: z.enum(comparedWindows).optional().describe('Also count that window'),
    evidence_limit: z.int().min(0).max(50).default(5).describe('Events to list'),
  }),
  output: z.object({
    camera: z.string().optional(),
    cameras: z.array(z.string()).optional().describe('Where several were asked about'),
    line: z.string().optional(),
    zone: z.string().optional(),
    window: z.object({ from: z.string(), to: z.string(), time_zone: z.string() }),
    count: z.int().describe('Crossings of a line; entries into a zone, or events of the kind asked for'),
    counts: z.array(group).describe('By kind of event, and direction for lines'),
    groups: z.array(group).optional().describe('As asked for by group_by'),
    tracks: z.int().describe('Different tracks among the counted events'),
    comparison: comparisonSchema.optional(),
    people: peopleCountSchema.optional(),
    audit: auditSchema.optional(),
    speed: speedSchema.optional(),
    coverage: coverageSchema,
    evidence: z.array(evidence),
    notes: z.array(z.string()).optional(),
  }),

  readsMuch: true,
  async handle(input, world, call = noCall) {
    const timeZone = resolveTimeZone(input.time_zone ?? world.timeZone);
    const reader = world.reader();
    const cameras = askedCameras(reader, input);
    const shapes = cameras.map((camera) => askedShape(reader, camera, input));
    const [at] = shapes;
    if (!at) throw new ArgusError('No camera is given.', 'Give camera as an id from list_cameras.');
    const { main, types } = checkKinds(at.shape.kind, input);
    checkDwell(shapes, input);
    const unit = bucketUnitOf(input.group_by);
    const window = resolveWindow(input, joinedSpan(reader, cameras), timeZone, world.now());

    const gathered: (Gathered & { camera: StoredCamera; at: AskedShape })[] = [];
    for (const [n, camera] of cameras.entries()) {
      const shape = shapes[n] ?? at;
      const question = questionOf(camera, shape, window, types, input);
      gathered.push({
        camera,
        at: shape,
        ...(await gather(reader, question, partOf(call, n, cameras.length))),
      });
    }
    const compared = input.compare && comparedWindow(window, input.compare, timeZone);
    const before: Gathered[] = [];
    for (const [n, camera] of compared ? cameras.entries() : []) {
      const question = questionOf(camera, shapes[n] ?? at, compared ?? window, types, input);
      before.push(await gather(reader, question, partOf(call, n, cameras.length)));
    }
    const several = cameras.length > 1;
    const isScaled = cameras.some(({ scale }) => scale);
    const told = reader.snapshot(() => {
      const tally = joinTallies(gathered);
      const find = bucketFinder(unit, timeZone);
      const bucket = (timeMs: number) => find(timeMs).name;
      const counts = countBy(reader, tally, ['type', 'direction'], bucket).map((row) => groupOf(row, unit));
      const mainTally = onlyType(tally, main);
      const keys = input.group_by?.map(eventKeyOf);
      const groups = keys && countBy(reader, tally, keys, bucket).map((row) => groupOf(row, unit));
      if (groups && groups.length > mostGroups) {
        throw new ArgusError(
          `That makes ${groups.length} groups, more than ${mostGroups}.`,
          'Ask for a shorter window or longer stretches of time, such as group_by hour or day.',
        );
      }
      const coveragesOf = (of: Interval) =>
        cameras.map(({ id }) => ({ camera: id, coverage: coverageOf(reader, id, of, timeZone) }));
      const coverages = coveragesOf(window);
      const coverage = joinCoverage(coverages);
      const blind = coverage.share === 0 ? [] : coverages.filter((part) => part.coverage.share === 0);
      const blindNotes = blind.map((part) => blindText(part.camera));
      const notes = [
        ...blindNotes,
        ...gathered.flatMap((one) => notesOf(reader, one, input.classes, several, timeZone)),
        ...coverages.flatMap((part) =>
          rateNote(reader, part.camera, window, input.classes, part.coverage.effective_fps),
        ),
      ];
      const [camera] = cameras;
      const count = counts.reduce((sum, row) => sum + (row.event === main ? row.count : 0), 0);
      const mainBefore = countBy(reader, onlyType(joinTallies(before), main), ['type'], bucket);
      const comparison =
        compared &&
        comparisonOf(
          { count, coverage },
          { count: mainBefore[0]?.count ?? 0, coverage: joinCoverage(coveragesOf(compared)) },
          compared,
          timeZone,
        );
      return {
        answer: {
          ...(several ? { cameras: cameras.map(({ id }) => id as string) } : camera && { camera: camera.id }),
          ...(at.stored && { [at.shape.kind]: at.shape.id }),
          window: {
            from: localTime(window.fromMs, timeZone),
            to: localTime(window.toMs, timeZone),
            time_zone: timeZone,
          },
          count,
          counts,
          ...(groups && { groups: groups.sort((a, b) => compareGroups(a, b, unit)) }),
          tracks: countTracks(reader, mainTally),
          ...(comparison && { comparison }),
          ...(input.audit === true && {
            audit: auditCount(
              reader,
              gathered.map((one) => eventsOf(reader, onlyType(one, main))),
              timeZone,
            ),
          }),
          coverage,
          ...(notes.length > 0 && { notes }),
        },
        blindNotes,
        shown: sample(reader, mainTally, input.evidence_limit),
        measured: isScaled ? sample(reader, mainTally, mostMeasured) : [],
      };
    });
    const motions = await motionsAt(reader, cameras, told.shown, call.signal);
    const speeds = await motionsAt(reader, cameras, told.measured, call.signal);
    const structured = {
      ...told.answer,
      ...(input.people === true && {
        people: countPeople(reader, onlyType(joinTallies(gathered), main), window, cameras),
      }),
      ...(isScaled && { speed: summariseSpeeds(speeds) }),
      evidence: told.shown.map((event, n) => evidenceOf(event, motions[n], several, timeZone)),
    };
    const where = `${shapeText(at)} of ${cameras.map(({ id }) => id).join(', ')}`;
    return { structured, text: textOf(where, main, structured, told.blindNotes) };
  },
});

function bucketUnitOf(keys: readonly z.output<typeof groupKey>[] = []): BucketUnit {
  const units = bucketUnits.filter((unit) => keys.includes(unit));
  if (units.length > 1) {
    throw new ArgusError(`group_by: ${units.join(' and ')} at once.`, 'Give one of minute, hour and day.');
  }
  return units[0] ?? 'hour';
}

function eventKeyOf(key: z.output<typeof groupKey>): EventKey {
  switch (key) {
    case 'class':
      return 'label';
    case 'event':
      return 'type';
    case 'direction':
    case 'camera':
      return key;
    case 'minute':
    case 'hour':
    case 'day':
      return 'bucket';
  }
}

const joinTallies = (tallies: readonly Tally[]): Tally => ({
  stored: tallies.flatMap(({ stored }) => stored),
  inHand: tallies.flatMap(({ inHand }) => inHand),
});

const onlyType = ({ stored, inHand }: Tally, type: EventType): Tally => ({
  stored: stored.map((filter) => ({ ...filter, types: [type] })),
  inHand: inHand.filter((event) => event.type === type),
});

const eventsOf = (reader: Reader, { stored, inHand }: Tally): CountedEvent[] => [
  ...stored.flatMap((filter) => [...storedEvents(reader, filter)]),
  ...inHand,
];

type Group = z.input<typeof group>;

const groupOf = (row: EventCount, unit: BucketUnit): Group => ({
  ...(row.bucket !== undefined && { [unit]: row.bucket }),
  ...(row.camera && { camera: row.camera }),
  ...(row.type && { event: row.type }),
  ...(row.direction && { direction: row.direction }),
  ...(row.label !== undefined && { class: row.label }),
  count: row.count,
});

/** In order of time, then the largest first. Of an hour that comes twice the one with the greater offset is earlier. */
function compareGroups(a: Group, b: Group, unit: BucketUnit): number {
  const startOf = (one: Group): number => Date.parse(one[unit] ?? '') || 0;
  return startOf(a) - startOf(b) || b.count - a.count;
}

const evidenceOf = (
  event: CountedEvent,
  motion: Motion | undefined,
  several: boolean,
  timeZone: string,
): z.input<typeof evidence> => ({
  ...(event.id && { event_id: event.id }),
  track_id: event.trackId,
  ...(several && { camera: event.camera }),
  time: localTime(event.timeMs, timeZone),
  event: event.type,
  ...(event.direction && { direction: event.direction }),
  class: event.label,
  confidence: Number(event.confidence.toFixed(2)),
  ...(event.durationMs !== undefined && { duration_seconds: Number((event.durationMs / 1000).toFixed(1)) }),
  ...motionAnswer(motion),
});

function notesOf(
  reader: Reader,
  { camera, at, inHand, uncountedUntilMs, untold = 0 }: Gathered & { camera: StoredCamera; at: AskedShape },
  classes: readonly string[] | undefined,
  several: boolean,
  timeZone: string,
): string[] {
  const notes: string[] = [];
  if (uncountedUntilMs !== undefined) {
    const early = inHand.filter(({ id }) => id === undefined).length;
    notes.push(
      `Until ${localTime(uncountedUntilMs, timeZone)} part of the window was watched before ${shapeText(at)} of ` +
        `${camera.id} was drawn as it is now; for that part ${early} event(s) are told from the stored trajectories.`,
    );
  }
  if (untold > 0)
    notes.push(`${camera.id}: ${untold} event(s) are not counted, as their speed cannot be told.`);
  const seen = classes ? reader.labels(camera.id) : [];
  const unseen = classes?.filter((label) => !seen.includes(label)) ?? [];
  const where = several ? `by ${camera.id}` : 'here';
  if (unseen.length > 0)
    notes.push(`Never seen ${where}: ${unseen.join(', ')}. Seen: ${seen.join(', ') || 'nothing'}.`);
  return notes;
}

function textOf(
  where: string,
  main: EventType,
  answer: {
    count: number;
    counts: Group[];
    window: { from: string; to: string };
    coverage: z.output<typeof coverageSchema>;
    people?: PeopleCount;
    comparison?: Comparison;
    audit?: CountAudit;
    speed?: SpeedSummary;
    evidence: z.input<typeof evidence>[];
    notes?: string[];
  },
  blindNotes: readonly string[],
): string {
  const detail = answer.counts.map((row) => `${row.count} ${row.direction ?? row.event ?? ''}`).join(', ');
  const coverage = coverageText(answer.coverage);
  const isBlind = answer.coverage.share === 0;
  // Blind comes first: a zero must not be read before it.
  const lines = isBlind ? [coverage] : [...blindNotes];
  lines.push(
    `${answer.count} ${main} event(s) at ${where}${detail ? ` (${detail})` : ''}, ${answer.window.from} to ${answer.window.to}.`,
    ...(answer.notes ?? []).filter((note) => !blindNotes.includes(note)),
  );
  if (answer.comparison) lines.push(comparisonText(answer.comparison));
  if (answer.audit && answer.count > 0) lines.push(auditText(answer.audit));
  if (answer.people && answer.count > 0) lines.push(peopleCountText(answer.people));
  if (answer.speed && answer.count > 0) lines.push(speedText(answer.speed));
  if (!isBlind) lines.push(coverage);
  const moments = answer.evidence.map(
    ({ event_id: id, track_id: track, time }) => id ?? `${track} at ${time}`,
  );
  if (moments.length > 0) lines.push(`Evidence: ${moments.join(', ')}.`);
  return lines.join('\n');
}
