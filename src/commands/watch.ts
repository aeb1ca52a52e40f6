import { join } from 'node:path';
import type { DataFolder } from '../config/dataFolder.ts';
import { polygonFrom } from '../config/shapes.ts';
import { checkClassNames, type ClassName } from '../config/classNames.ts';
import { decodingChoices, deinterlaceChoices, transportChoices, type Reading } from '../config/decoding.ts';
import { ArgusError } from '../domain/errors.ts';
import type { FrameRecord } from '../domain/frame.ts';
import { cameraId, idPattern, stillId, type CameraId } from '../domain/ids.ts';
import type { StationStatus } from '../domain/live.ts';
import { isoTime } from '../domain/time.ts';
import { cameraIdFor } from '../source/cameraIdFor.ts';
import { checkSource } from '../source/checkSource.ts';
import { filesOf } from '../source/filesOf.ts';
import { parseSource } from '../source/parseSource.ts';
import { Station } from '../station/station.ts';
import { storedSource } from '../station/storedSource.ts';
import type { StationCamera } from '../station/stationCamera.ts';
import { openReader } from '../store/reader.ts';
import { openWriter } from '../store/writer.ts';
import { decodingLine } from './decodingLine.ts';
import { confidenceFrom, numberFrom, providersOf, shapesOf } from './flags.ts';
import { dataFolderOf, type CommonFlags } from './place.ts';
import { detectorFor, embedderFor } from './setting.ts';
import { untilSignal } from './signals.ts';
import { Terminal } from './terminal.ts';
import { version } from './version.ts';
import { watchFiles } from './watchFiles.ts';

export interface WatchFlags extends CommonFlags {
  readonly id?: string;
  readonly model?: string;
  readonly identify?: string;
  readonly providers?: string;
  readonly jsonl?: boolean;
  readonly decoding?: string;
  readonly fps?: string;
  readonly confidence?: string;
  readonly classes?: string;
  readonly start?: string;
  readonly append?: boolean;
  readonly transport?: string;
  readonly stream?: string;
  readonly deinterlace?: string;
  readonly line: readonly string[];
  readonly zone: readonly string[];
  readonly ignore: readonly string[];
}

/** Of files that are left out. */
const namesListed = 10;
/** How often the progress is drawn anew. */
const progressMs = 250;

/**
 * Watches one source in the foreground: a file to its end, a live source until Ctrl-C; of a folder or a pattern all files,
 * one after another. Returns the exit code.
 */
export async function watch(sourceText: string, flags: WatchFlags): Promise<number> {
  const files = await filesOf(sourceText);
  if (!files) return watchOne(sourceText, flags);
  if (files.others.length > 0)
    new Terminal().say(`Left out, as they do not look like videos: ${listOf(files.others)}`);
  return watchFiles(files.paths, flags, watchOne);
}

function listOf(names: readonly string[]): string {
  const more = names.length - namesListed;
  return names.slice(0, namesListed).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

async function watchOne(sourceText: string, flags: WatchFlags): Promise<number> {
  const terminal = new Terminal();
  const data = dataFolderOf(flags);
  const providers = flags.providers === undefined ? undefined : providersOf(flags.providers);
  const camera = withOwnId(cameraFor(sourceText, flags), flags, data.root);
  const isKnown = knownSources(data.root).has(camera.id);
  const decoding = oneOf('--decoding', flags.decoding ?? 'auto', decodingChoices);
  await checkSource(camera.source);
  const detector = await detectorFor(flags.model, data, terminal);
  checkClassNames(classNamesOf(camera), detector.manifest);
  const embedder = await embedderFor(flags.identify ?? 'auto', data, terminal);
  terminal.say(`Detector: ${detector.reason}`);
  if (embedder) terminal.say(`People are told apart by: ${embedder.reason}`);
  terminal.say(`Camera ${camera.id}, data folder ${data.root}`);
  if (!camera.source.live && camera.startMs === undefined) {
    terminal.say('Times count from now, as --start does not say when the file was recorded.');
  }
  const signal = untilSignal();
  const station = Station.start({
    dataFolder: data.root,
    stillsFolder: data.stills,
    cameras: [camera],
    others: 'keep',
    detector,
    ...(embedder && { embedder }),
    enginesFolder: data.engines,
    ...(providers && { providers }),
    decoding,
    version,
    log: (line) => terminal.say(line),
    onCameraState: ({ state, frames, message }) => {
      // A first connection that fails is told of at the end, once.
      if ((frames > 0 || state === 'connecting') && message !== undefined)
        terminal.say(`${camera.id}: ${state}: ${message}`);
      else if (frames > 0 && state === 'running') terminal.say(`${camera.id}: running again`);
    },
    onDecoding: (of, how) => terminal.say(decodingLine(of, how)),
    ...(flags.jsonl === true && { onFrame: printJson }),
    onNativeOutput: (line) => {
      if (process.env['ARGUS_DEBUG']) terminal.say(line);
    },
  });
  const startedMs = Date.now();
  const ticker = setInterval(() => void showProgress(station, terminal, startedMs), progressMs);
  await Promise.race([station.over, signal, firstConnectionFailed(station, camera)]);
  clearInterval(ticker);
  await showProgress(station, terminal, startedMs);
  terminal.endProgress();
  const status = await station.status();
  await station.stop().catch((error: unknown) => {
    if (!station.damage) throw error;
  });
  if (station.damage) throw station.damage;
  const code = report(status, camera, data, Date.now() - startedMs, terminal);
  const hasSeen = (status.cameras[0]?.frames ?? 0) > 0;
  if (code !== 0 && !hasSeen && !isKnown) forgetAttempt(camera.id, data.root);
  return code;
}

/** A source that could not be read at all is no camera of the data folder. */
function forgetAttempt(camera: CameraId, dataRoot: string): void {
  const writer = openWriter(dataRoot, { nowMs: Date.now() });
  try {
    writer.removeCamera(camera);
  } finally {
    writer.close();
  }
}

function oneOf<T extends string>(flag: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((one) => one === text);
  if (choice) return choice;
  throw new ArgusError(`${flag}: "${text}" is not known.`, `Use one of ${choices.join(', ')}.`);
}

const readingFrom = ({ transport, stream, deinterlace }: WatchFlags): Reading => ({
  ...(transport !== undefined && { transport: oneOf('--transport', transport, transportChoices) }),
  ...(stream !== undefined && { stream: Math.trunc(numberFrom('--stream', stream, 1, 64)) }),
  ...(deinterlace !== undefined && { deinterlace: oneOf('--deinterlace', deinterlace, deinterlaceChoices) }),
});

function cameraFor(sourceText: string, flags: WatchFlags): StationCamera {
  const source = parseSource(sourceText);
  if (flags.id !== undefined && !idPattern.test(flags.id)) {
    throw new ArgusError(`--id: "${flags.id}" is not an id.`, 'Use 1 to 63 letters, digits, - or _.');
  }
  const startMs = flags.start === undefined ? undefined : Date.parse(flags.start);
  if (startMs !== undefined && (Number.isNaN(startMs) || source.live)) {
    throw new ArgusError(
      `--start: "${String(flags.start)}" cannot be used.`,
      'Give the ISO 8601 time of the first frame of a file, e.g. 2026-01-31T08:00:00Z.',
    );
  }
  if (flags.append === true && (source.live || flags.id === undefined || startMs === undefined)) {
    throw new ArgusError(
      '--append adds a file to a camera, and needs to know which and when.',
      'Give a file, the --id of the camera, and the --start of the file.',
    );
  }
  const id = flags.id === undefined ? cameraIdFor(source) : cameraId(flags.id);
  const classes = flags.classes?.split(',').map((label) => label.trim());
  return {
    id,
    name: id,
    source,
    shapes: shapesOf(flags),
    ignore: flags.ignore.map((corners) => ({ polygon: polygonFrom('--ignore', corners) })),
    again: !source.live && flags.append !== true,
    ...(flags.append === true && { append: true }),
    reading: readingFrom(flags),
    ...(flags.fps !== undefined && { maxFps: numberFrom('--fps', flags.fps, 1, 240) }),
    ...(flags.confidence !== undefined && { confidence: confidenceFrom('--confidence', flags.confidence) }),
    ...(classes && { classes }),
    ...(startMs !== undefined && { startMs }),
  };
}

function classNamesOf({ id, classes = [], confidence }: StationCamera): ClassName[] {
  const named = (where: string) => (name: string) => ({ camera: id, name, written: name, where });
  return [
    ...classes.map(named('--classes')),
    ...[...(confidence?.classes.keys() ?? [])].map(named('--confidence')),
  ];
}

/** Source of each stored camera; none where the database has to be made or migrated first. */
function knownSources(dataRoot: string): ReadonlyMap<string, string> {
  try {
    const reader = openReader(dataRoot);
    const sources = new Map(reader.cameras().map(({ id, source }) => [id, source]));
    reader.close();
    return sources;
  } catch (error) {
    if (error instanceof ArgusError) return new Map();
    throw error;
  }
}

/** An id that was not asked for must not mix two sources in one camera: the second `gate.mp4` becomes `gate-2`. */
function withOwnId(camera: StationCamera, flags: WatchFlags, dataRoot: string): StationCamera {
  if (flags.id !== undefined) return camera;
  const sources = knownSources(dataRoot);
  for (let n = 1; ; n++) {
    const id = n === 1 ? camera.id : cameraId(`${camera.id}-${n}`);
    if ((sources.get(id) ?? storedSource(camera.source)) === storedSource(camera.source))
      return { ...camera, id, name: id };
  }
}

/** One line on stdout for each frame. */
function printJson({ camera, frame, mediaTimeMs, timeMs, detections }: FrameRecord): void {
  const line = {
    camera,
    frame,
    mediaTimeMs,
    wallTime: isoTime(timeMs),
    detections: detections.map(({ box, label, confidence, trackId }) => ({
      box: [box.x1, box.y1, box.x2, box.y2].map((edge) => Number(edge.toFixed(6))),
      label,
      confidence: Number(confidence.toFixed(4)),
      ...(trackId !== undefined && { trackId }),
    })),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const durationText = (seconds: number): string =>
  seconds < 90
    ? `${seconds} s`
    : seconds < 5400
      ? `${Math.round(seconds / 60)} min`
      : `${(seconds / 3600).toFixed(1)} h`;

async function showProgress(station: Station, terminal: Terminal, startedMs: number): Promise<void> {
  const camera = (await station.status()).cameras[0];
  if (!camera || (camera.state !== 'running' && camera.state !== 'finished')) return;
  const text = `${camera.frames} frames, ${camera.fps.toFixed(1)} frames/s`;
  if (camera.progress === undefined) return;
  const elapsedMs = Date.now() - startedMs;
  // The first moments are those of the start, and tell nothing of the rest.
  const isKnown = camera.progress > 0.02 && camera.progress < 1 && elapsedMs > 2_000;
  const leftS = Math.ceil((elapsedMs * (1 - camera.progress)) / camera.progress / 1000);
  terminal.progress(camera.progress, isKnown ? `${text}, about ${durationText(leftS)} left` : text);
}

/** A live source that cannot be reached at all is an error here; one that is lost later is connected anew. */
async function firstConnectionFailed(station: Station, { source }: StationCamera): Promise<void> {
  if (!source.live) return new Promise(() => undefined);
  for (;;) {
    const camera = (await station.status()).cameras[0];
    if (camera?.state === 'reconnecting' && camera.frames === 0) return;
    if (camera && camera.frames > 0) return new Promise(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, progressMs));
  }
}

function report(
  status: StationStatus,
  { id, shapes }: StationCamera,
  { root: dataRoot, stills: stillsFolder }: DataFolder,
  elapsedMs: number,
  terminal: Terminal,
): number {
  const camera = status.cameras[0];
  if (!camera) return 1;
  const seconds = elapsedMs / 1000;
  if (camera.frames > 0) {
    const rate = `${camera.frames} frames in ${seconds.toFixed(1)} s, ${(camera.frames / seconds).toFixed(1)} frames/s`;
    terminal.say(
      `${rate} on ${status.detector.provider ?? 'cpu'}${camera.dropped > 0 ? `, ${camera.dropped} dropped` : ''}`,
    );
    const reader = openReader(dataRoot);
    for (const shape of shapes) {
      const counts = reader.countEvents({ camera: id, shape: shape.id }, ['type', 'direction']);
      const text = counts
        .map(({ type, direction, count }) => `${count} ${direction ?? type ?? ''}`)
        .join(', ');
      terminal.say(`${shape.kind} ${shape.id}: ${text || 'nothing'}`);
    }
    const [still] = reader.newestIds('stills', 1);
    const picture = still === undefined ? undefined : reader.still(stillId(Number(still.slice(1))));
    if (picture?.camera === id) terminal.say(`A picture: ${join(stillsFolder, picture.path)}`);
    terminal.say(
      `Ask about it with an MCP client of "argus mcp --data ${dataRoot}", e.g. "Who was seen by ${id}, and when?"`,
    );
    reader.close();
  }
  if (camera.state === 'failed' || camera.state === 'reconnecting') {
    terminal.say(`argus: ${camera.message ?? `camera ${id} failed`}`);
    return 1;
  }
  return 0;
}
