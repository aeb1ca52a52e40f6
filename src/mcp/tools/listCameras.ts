import * as z from 'zod';
import type { CameraStatus } from '../../domain/live.ts';
import type { Reader } from '../../store/reader.ts';
import type { StoredCamera, StoredRun } from '../../store/types.ts';
import { askStation, cameraStates, statusOf, storedState } from '../cameraState.ts';
import { defineTool } from '../contract.ts';
import { windowInput } from '../inputs.ts';
import { quoted } from '../quoted.ts';
import { localTime, resolveTimeZone } from '../window.ts';

// Not a tuple: clients with JSON Schema draft 7 take the schema of one for "no items allowed".
const point = z.array(z.number()).length(2).describe('x, y in 0–1');

const camera = z.object({
  id: z.string(),
  name: z.string(),
  source: z.string().describe('Without credentials'),
  state: z.enum(cameraStates),
  message: z.string().optional().describe('Why, where the state needs a reason'),
  recorded: z
    .object({ from: z.string(), to: z.string() })
    .optional()
    .describe('First and last analysed moment'),
  progress: z.number().optional().describe('Of a file: how much of it is read, 0–1'),
  lines: z.array(z.object({ id: z.string(), name: z.string(), from: point, to: point })),
  zones: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      polygon: z.array(point),
      dwell_seconds: z.number().optional(),
    }),
  ),
});

export const listCameras = defineTool({
  name: 'list_cameras',
  title: 'List cameras',
  description:
    'Lists cameras, their state, what time is recorded, and their lines and zones. Call it first: other tools ' +
    'take these ids. get_health tells how well they are watched.',
  input: z.object({
    time_zone: windowInput.time_zone,
  }),
  output: z.object({
    cameras: z.array(camera),
    station: z.object({
      running: z.boolean().describe('False: nothing is being watched now, only the past can be asked about'),
      problem: z.string().optional(),
    }),
    time_zone: z.string(),
  }),

  async handle(input, world) {
    const timeZone = resolveTimeZone(input.time_zone ?? world.timeZone);
    const reader = world.reader();
    const { status, problem } = await askStation(world);
    const runs = new Map(reader.latestRuns().map((run) => [run.camera, run]));
    const cameras = reader
      .cameras()
      .map((stored) =>
        describe(reader, stored, runs.get(stored.id), statusOf(status, stored), timeZone, world.now()),
      );
    const trouble = problem ?? status?.problem;
    const station = {
      running: status !== undefined || cameras.some(({ state }) => state === 'running'),
      ...(trouble !== undefined && { problem: trouble }),
    };
    const structured = { cameras, station, time_zone: timeZone };
    return { structured, text: textOf(structured) };
  },
});

type Described = z.input<typeof camera>;

function describe(
  reader: Reader,
  stored: StoredCamera,
  run: StoredRun | undefined,
  status: CameraStatus | undefined,
  timeZone: string,
  nowMs: number,
): Described {
  const span = reader.span(stored.id);
  const shapes = reader.shapes(stored.id).map(({ shape }) => shape);
  return {
    id: stored.id,
    name: stored.name,
    source: stored.source,
    state: status?.state ?? storedState(stored, run, nowMs),
    ...(status?.message !== undefined && { message: status.message }),
    ...(span && { recorded: { from: localTime(span.fromMs, timeZone), to: localTime(span.toMs, timeZone) } }),
    ...(status?.progress !== undefined && { progress: Number(status.progress.toFixed(3)) }),
    lines: shapes.flatMap((shape) =>
      shape.kind === 'line'
        ? [{ id: shape.id, name: shape.name, from: pair(shape.line.a), to: pair(shape.line.b) }]
        : [],
    ),
    zones: shapes.flatMap((shape) =>
      shape.kind === 'zone'
        ? [
            {
              id: shape.id,
              name: shape.name,
              polygon: shape.polygon.map(pair),
              ...(shape.dwellMs !== undefined && { dwell_seconds: shape.dwellMs / 1000 }),
            },
          ]
        : [],
    ),
  };
}

const pair = ({ x, y }: { x: number; y: number }): [number, number] => [x, y];

function textOf({
  cameras,
  station,
}: {
  cameras: Described[];
  station: { running: boolean; problem?: string };
}): string {
  const lines = cameras.map(({ id, name, state, message, recorded, lines: l, zones }) => {
    const shapes = [...l.map((line) => `line ${line.id}`), ...zones.map((zone) => `zone ${zone.id}`)].join(
      ', ',
    );
    return (
      `${id}${name === id ? '' : ` (${quoted(name)})`}: ${state}${message === undefined ? '' : ` (${quoted(message, 200)})`}` +
      `${recorded ? `; recorded ${recorded.from} to ${recorded.to}` : '; nothing recorded yet'}; ${shapes || 'no lines or zones'}`
    );
  });
  if (lines.length === 0) lines.push('No cameras yet. Add one to argus.yaml or run: argus watch SOURCE');
  if (!station.running) lines.push('No station is running: nothing new is being watched.');
  if (station.problem !== undefined) lines.push(`Problem: ${quoted(station.problem, 400)}`);
  return lines.join('\n');
}
