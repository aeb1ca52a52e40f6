import { z } from 'zod';
import { ArgusError } from '../../domain/errors.ts';
import { decodingText, type CameraStatus, type StationStatus } from '../../domain/live.ts';
import type { Reader } from '../../store/reader.ts';
import type { StoredCamera, StoredRun } from '../../store/types.ts';
import { defineTool, type World } from '../contract.ts';
import { quoted } from '../quoted.ts';
import { localTime, resolveTimeZone } from '../window.ts';

// Not a tuple: clients with JSON Schema draft 7 take the schema of one for "no items allowed".
const point = z.array(z.number()).length(2).describe('x, y in 0–1');

/** A run that stored something so recently is still being read. */
const freshMs = 10_000;

const camera = z.object({
  id: z.string(),
  name: z.string(),
  source: z.string().describe('Without credentials'),
  state: z.enum(['connecting', 'running', 'reconnecting', 'finished', 'failed', 'stopped', 'removed']),
  message: z.string().optional().describe('Why, where the state needs a reason'),
  recorded: z
    .object({ from: z.string(), to: z.string() })
    .optional()
    .describe('First and last analysed moment'),
  fps: z.number().optional().describe('Frames analysed a second, over the last seconds'),
  progress: z.number().optional().describe('Of a file: how much of it is read, 0–1'),
  detector: z.string().optional(),
  decoding: z.string().optional().describe('Element that decodes the video, and the chain it is in'),
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
    'Lists the cameras with their state, what time is recorded, and the lines and zones that can be asked about. ' +
    'Call this first: other tools take the ids given here. Coordinates are 0–1, origin top left.',
  input: z.object({
    time_zone: z.string().optional().describe('IANA name for the times in the answer, e.g. Europe/Berlin'),
  }),
  output: z.object({
    cameras: z.array(camera),
    station: z.object({
      running: z.boolean().describe('False: nothing is being watched now, only the past can be asked about'),
      detector: z.string().optional().describe('Model, why this one, and what really runs it'),
      identify: z.string().optional().describe('What people are told apart by, and why; absent: by nothing'),
      skipped_providers: z
        .array(z.string())
        .optional()
        .describe('What could run it faster, each with why it does not'),
      vision_restarts: z.int().optional(),
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
    const isWatching = cameras.some(({ state }) => state === 'running');
    const station = { ...describeStation(status, isWatching), ...(problem !== undefined && { problem }) };
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
    state: status?.state ?? stateOf(stored, run, nowMs),
    ...(status?.message !== undefined && { message: status.message }),
    ...(span && { recorded: { from: localTime(span.fromMs, timeZone), to: localTime(span.toMs, timeZone) } }),
    ...(status && { fps: Number(status.fps.toFixed(1)) }),
    ...(status?.progress !== undefined && { progress: Number(status.progress.toFixed(3)) }),
    ...(run && { detector: run.detector }),
    ...(status?.decoding && { decoding: decodingText(status.decoding) }),
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

const statusOf = (status: StationStatus | undefined, { id }: StoredCamera): CameraStatus | undefined =>
  status?.cameras.find(({ camera: of }) => of === id);

/** The state of a camera that no station tells about, e.g. as "argus watch" reads it. */
function stateOf({ removedMs }: StoredCamera, run: StoredRun | undefined, nowMs: number): Described['state'] {
  if (run && !run.ended && nowMs - run.updatedMs < freshMs) return 'running';
  if (removedMs !== undefined) return 'removed';
  return run?.finished === true ? 'finished' : 'stopped';
}

/** The station's status; one that does not answer is a problem to tell, while the past can still be asked about. */
async function askStation(world: World): Promise<{ status?: StationStatus; problem?: string }> {
  try {
    const status = await (await world.live())?.status();
    return status ? { status } : {};
  } catch (error) {
    if (!(error instanceof ArgusError)) throw error;
    return { problem: error.message };
  }
}

function describeStation(status: StationStatus | undefined, isWatching: boolean) {
  if (!status) return { running: isWatching };
  const { detector, identify, visionRestarts, problem } = status;
  const provider = detector.provider === undefined ? 'starting' : `runs on ${detector.provider}`;
  return {
    running: true,
    detector: `${detector.reason}; ${provider}`,
    ...(identify && { identify: `${identify.descriptor}: ${identify.reason}` }),
    ...(detector.skipped.length > 0 && { skipped_providers: [...detector.skipped] }),
    vision_restarts: visionRestarts,
    ...(problem !== undefined && { problem }),
  };
}

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
