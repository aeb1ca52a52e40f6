import * as z from 'zod';
import { annotate } from '../../draw/annotate.ts';
import { ArgusError } from '../../domain/errors.ts';
import type { Shape, TrackEvent } from '../../domain/event.ts';
import { anchorOf } from '../../domain/geometry.ts';
import type { Interval } from '../../domain/time.ts';
import type { Reader } from '../../store/reader.ts';
import type { StoredCamera, StoredShape } from '../../store/types.ts';
import { defineTool, noCall, requireWrite, type Call, type World } from '../contract.ts';
import { cameraInput, windowInput } from '../inputs.ts';
import { agreed, runningStation } from '../changing.ts';
import { coverageOf, coverageText } from '../coverage.ts';
import { dryRun } from '../dryRun.ts';
import { findCamera } from '../lookup.ts';
import { idForName, shapeCalled } from '../shapeName.ts';
import { askedShape, lineInput, shapeText, zoneInput } from '../shapes.ts';
import { shownStill } from '../shownPictures.ts';
import { bucketFinder, localTime, resolveTimeZone, resolveWindow } from '../window.ts';

const dayMs = 86_400_000;
const examplesListed = 3;
const marksDrawn = 200;
const maxPictureBytes = 150_000;
const maxPictureWidth = 1280;

const eventFields = {
  event: z.enum(['crossing', 'enter', 'exit', 'dwell']),
  direction: z.enum(['forward', 'backward']).optional(),
};

const input = z.object({
  action: z.enum(['draft', 'confirm', 'delete']).default('draft'),
  camera: cameraInput,
  name: z.string().trim().min(1).max(60).optional().describe('E.g. "Dock 3"'),
  line: lineInput.optional(),
  zone: zoneInput.optional(),
  dwell_seconds: z.number().positive().optional().describe('Visits so long make a dwell event'),
  ...windowInput,
});
type Asked = z.output<typeof input>;

export const defineZone = defineTool({
  name: 'define_zone',
  title: 'Define a line or zone',
  description:
    'Sets up a line or zone to be counted from now on. draft (changes nothing) shows it in a picture with what it ' +
    'would have counted in the last 24 h recorded and warnings; mend it until both look right, show the user, ' +
    'then confirm the same with a name. To count once, draw it in count_zone_events.',
  input,
  output: z.object({
    camera: z.string(),
    status: z.enum(['draft', 'defined', 'deleted']),
    id: z.string().optional().describe('To be given as line or zone to other tools'),
    would_have_counted: z.array(z.object({ ...eventFields, count: z.int() })).optional(),
    busiest_hour: z.object({ hour: z.string(), count: z.int() }).optional(),
    examples: z
      .array(z.object({ track_id: z.string(), time: z.string(), ...eventFields }))
      .optional()
      .describe('Give track_id, and time as at, to get_snapshot'),
    window: z.object({ from: z.string(), to: z.string(), time_zone: z.string() }).optional(),
    coverage: z.number().optional().describe('Share of the window really analysed, 0–1'),
    warnings: z.array(z.string()).optional(),
  }),

  readsMuch: true,
  writes: true,
  deletes: true,
  async change(asked, world, call = noCall) {
    if (asked.action === 'draft') return;
    requireWrite(world, `action ${asked.action} changes what is counted`);
    const reader = world.reader();
    const camera = findCamera(reader, asked.camera);
    if (asked.action === 'delete') return remove(world, reader, camera, asked, call);
    const shape = namedShape(reader, camera, asked);
    const { id, kind, name } = shape;
    const before = reader.shapes(camera.id).find((one) => one.shape.id === id);
    if (before) refuseConfigured(before, 'Take another name');
    const station = await runningStation(world, `Or put it into argus.yaml: ${yamlOf(shape)}`);
    const replaces = before ? `, in place of the ${before.shape.kind} ${id} as it is now` : '';
    await agreed(
      call,
      `Count at the ${kind} ${JSON.stringify(name)} of camera ${camera.id} from now on${replaces}?`,
    );
    await station.saveShape(camera.id, shape);
  },
  async handle(asked, world) {
    const reader = world.reader();
    const camera = findCamera(reader, asked.camera);
    if (asked.action === 'draft') return draft(reader, world, camera, asked);
    const name = neededName(asked);
    if (asked.action === 'delete') {
      const text = `${JSON.stringify(name)} of ${camera.id} is counted no more. What it counted is kept; its place can still be drawn in questions.`;
      return { structured: { camera: camera.id, status: 'deleted' as const }, text };
    }
    const { id, kind } = namedShape(reader, camera, asked);
    const text =
      `The ${kind} ${JSON.stringify(name)} of ${camera.id} is counted from now on, under the id ${id}. ` +
      'Its past is told from the stored trajectories: ask count_zone_events for any window.';
    return { structured: { camera: camera.id, status: 'defined' as const, id }, text };
  },
});

/** The shape as it is to be stored. Throws ArgusError where it is not drawn or not named. */
function namedShape(reader: Reader, camera: StoredCamera, asked: Asked): Shape {
  const name = neededName(asked);
  const { shape, stored } = askedShape(reader, camera, asked);
  if (stored) {
    throw new ArgusError(
      `${shapeText({ shape, stored })} is defined already.`,
      'Give line as {from, to}, or zone as {polygon}.',
    );
  }
  return { ...withDwell(shape, asked), id: idForName(name, reader.shapes(camera.id)), name };
}

function neededName({ action, name }: Asked): string {
  // It is shown among lines of text.
  if (name !== undefined && /\p{Cc}/u.test(name))
    throw new ArgusError('name: it has line breaks or the like.', 'Give one line of text.');
  if (name !== undefined) return name;
  throw new ArgusError(
    `name: ${action} needs one.`,
    'Give name as the user would call it, such as "Dock 3".',
  );
}

function withDwell(shape: Shape, { dwell_seconds: seconds }: Asked): Shape {
  if (seconds === undefined) return shape;
  if (shape.kind === 'line')
    throw new ArgusError('A line has no visits.', 'Leave dwell_seconds out, or draw a zone.');
  return { ...shape, dwellMs: Math.round(seconds * 1000) };
}

async function remove(
  world: World,
  reader: Reader,
  camera: StoredCamera,
  asked: Asked,
  call: Call,
): Promise<void> {
  const name = neededName(asked);
  const shapes = reader.shapes(camera.id);
  const known = shapeCalled(name, shapes);
  if (!known) {
    const all = shapes.map(({ shape }) => shape.id).join(', ') || 'none';
    throw new ArgusError(`${camera.id} has no line or zone ${JSON.stringify(name)}.`, `It has: ${all}.`);
  }
  refuseConfigured(known, 'Take it out there and restart the station');
  const station = await runningStation(world);
  const { kind, id } = known.shape;
  await agreed(call, `Count no more at the ${kind} ${JSON.stringify(name)} (${id}) of camera ${camera.id}?`);
  await station.removeShape(camera.id, id);
}

function refuseConfigured({ shape, origin }: StoredShape, next: string): void {
  if (origin === 'agent') return;
  throw new ArgusError(`The ${shape.kind} ${shape.id} is one of argus.yaml or the command line.`, `${next}.`);
}

/** The shape as an entry of lines or zones of a camera; what is JSON is YAML as well. */
function yamlOf(shape: Shape): string {
  const common = { id: shape.id, name: shape.name };
  const pair = ({ x, y }: { x: number; y: number }) => [x, y];
  return shape.kind === 'line'
    ? `lines: [${JSON.stringify({ ...common, from: pair(shape.line.a), to: pair(shape.line.b) })}]`
    : `zones: [${JSON.stringify({ ...common, polygon: shape.polygon.map(pair), ...(shape.dwellMs !== undefined && { dwellSeconds: shape.dwellMs / 1000 }) })}]`;
}

async function draft(reader: Reader, world: World, camera: StoredCamera, asked: Asked) {
  const timeZone = resolveTimeZone(asked.time_zone ?? world.timeZone);
  const at = askedShape(reader, camera, asked);
  const shape = withDwell(at.shape, asked);
  const span = reader.span(camera.id);
  const lastDay = span && { fromMs: Math.max(span.fromMs, span.toMs - dayMs), toMs: span.toMs };
  const window = resolveWindow(asked, lastDay, timeZone, world.now());
  const coverage = coverageOf(reader, camera.id, window, timeZone);
  const { events, warnings } = await dryRun(reader, camera.id, shape, window, coverage.share > 0);
  const taken =
    asked.name !== undefined && !at.stored ? shapeCalled(asked.name, reader.shapes(camera.id)) : undefined;
  const all = [...warnings, ...(taken ? [takenText(taken)] : [])];
  const structured = {
    camera: camera.id,
    status: 'draft' as const,
    ...(at.stored && { id: shape.id }),
    would_have_counted: countsOf(events),
    ...busiestOf(events, timeZone),
    examples: spread(events.filter(isCounted)).map(({ trackId, timeMs, type, direction }) => ({
      track_id: trackId,
      time: localTime(timeMs, timeZone),
      event: type,
      ...(direction && { direction }),
    })),
    window: windowAnswer(window, timeZone),
    coverage: coverage.share,
    ...(all.length > 0 && { warnings: all }),
  };
  const { would_have_counted: counts, busiest_hour: busiest } = structured;
  const told =
    counts.map(({ event, direction, count }) => `${count} ${direction ?? event}`).join(', ') || 'nothing';
  const lines = [
    `${shapeText(at)} of ${camera.id} would have counted ${told}, ${structured.window.from} to ${structured.window.to}.`,
    ...(busiest ? [`Busiest hour: ${busiest.hour} (${busiest.count}).`] : []),
    ...all.map((warning) => `Warning: ${warning}`),
    'Nothing is stored. To keep it: action confirm with the same line or zone and a name.',
  ];
  const watched = coverageText(coverage);
  const picture = await preview(reader, world, camera, shape, events, window);
  return {
    structured,
    // Blind comes first: a zero must not be read before it.
    text: (coverage.share === 0
      ? [watched, ...lines]
      : [...lines.slice(0, 1), watched, ...lines.slice(1)]
    ).join('\n'),
    ...(picture && { pictures: [picture] }),
  };
}

const takenText = ({ shape, origin }: StoredShape): string =>
  origin === 'config'
    ? `The name is that of the ${shape.kind} ${shape.id} of argus.yaml: take another.`
    : `confirm would put it in place of the ${shape.kind} ${shape.id} as it is now.`;

const isCounted = ({ type }: TrackEvent): boolean => type === 'crossing' || type === 'enter';

function countsOf(events: readonly TrackEvent[]) {
  const counts = new Map<
    string,
    { event: TrackEvent['type']; direction?: 'forward' | 'backward'; count: number }
  >();
  for (const { type, direction } of events) {
    const key = direction ?? type;
    const group = counts.get(key) ?? { event: type, ...(direction && { direction }), count: 0 };
    counts.set(key, { ...group, count: group.count + 1 });
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

/** Of the crossings or enters; of several equal ones the first. */
function busiestOf(events: readonly TrackEvent[], timeZone: string) {
  const find = bucketFinder('hour', timeZone);
  const hours = new Map<string, number>();
  for (const event of events.filter(isCounted)) {
    const { name } = find(event.timeMs);
    hours.set(name, (hours.get(name) ?? 0) + 1);
  }
  const [first, ...others] = hours;
  if (!first) return {};
  const [hour, count] = others.reduce((most, other) => (other[1] > most[1] ? other : most), first);
  return { busiest_hour: { hour, count } };
}

/** A few of the events, from all over the window. */
const spread = <T>(events: readonly T[], most = examplesListed): T[] =>
  events.filter(
    (_, n) => Math.floor((n * most) / events.length) !== Math.floor(((n - 1) * most) / events.length),
  );

const windowAnswer = ({ fromMs, toMs }: Interval, timeZone: string) => ({
  from: localTime(fromMs, timeZone),
  to: localTime(toMs, timeZone),
  time_zone: timeZone,
});

/** The shape among those there are, with dots where it would have counted; undefined where there is no picture yet. */
async function preview(
  reader: Reader,
  world: World,
  camera: StoredCamera,
  shape: Shape,
  events: readonly TrackEvent[],
  window: Interval,
): Promise<Buffer | undefined> {
  const still = reader.nearestStill(camera.id, window.toMs);
  if (!still) return undefined;
  const others = reader.shapes(camera.id).flatMap((one) => (one.shape.id === shape.id ? [] : [one.shape]));
  const { jpeg } = await annotate(
    await shownStill(reader, world, still),
    {
      boxes: [],
      shapes: others,
      highlighted: shape,
      marks: spread(events, marksDrawn).map(({ box }) => anchorOf(box)),
      caption: camera.id,
    },
    { maxBytes: maxPictureBytes, maxWidth: maxPictureWidth },
  );
  return jpeg;
}
