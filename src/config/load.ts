import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Document } from 'yaml';
import { LineCounter, parseDocument, visit } from 'yaml';
import type { Confidence } from '../domain/confidence.ts';
import { ArgusError, messageOf } from '../domain/errors.ts';
import type { Shape } from '../domain/event.ts';
import type { Point, Polygon } from '../domain/geometry.ts';
import type { Scale } from '../domain/homography.ts';
import type { CameraId } from '../domain/ids.ts';
import { cameraId, shapeId } from '../domain/ids.ts';
import type { CameraLink } from '../domain/link.ts';
import type { Provider } from '../domain/provider.ts';
import type { ClassName } from './classNames.ts';
import type { DecodingChoice, Reading } from './decoding.ts';
import type { Path, Problem } from './problems.ts';
import { locate, pathText, problemsOf } from './problems.ts';
import type { ConfigFile } from './schema.ts';
import { fileSchema, scaleOf } from './schema.ts';
import type { Environment } from './variables.ts';
import { fillIn } from './variables.ts';

export interface CameraConfig {
  readonly id: CameraId;
  readonly name: string;
  /** For `parseSource`, with variables filled in: not to be shown. Relative paths start from `Config.folder`. */
  readonly source: string;
  /** The source with its variables by name, for the `written` of `parseSource`. May have credentials in it, too. */
  readonly sourceWritten: string;
  /** Frames per second to analyse at most. */
  readonly maxFps?: number;
  /** How to read the source, where the file says more than its address. */
  readonly reading?: Reading;
  /** Class names to look for, not yet compared with the detector's; undefined: all. */
  readonly classes?: readonly string[];
  /** Its class names are not yet compared with the detector's; undefined: as the detector has it. */
  readonly confidence?: Confidence;
  /** Whether to recognise who and what comes by; undefined: yes. */
  readonly identify?: boolean;
  /** UTC ms of the first frame of a file. */
  readonly startTimeMs?: number;
  /** Lines, then zones, in the order of the file. */
  readonly shapes: readonly Shape[];
  /** Where nothing begins; undefined: nowhere. Its class names are not yet compared with the detector's. */
  readonly ignore?: readonly { readonly polygon: Polygon; readonly labels?: readonly string[] }[];
  /** People are made unrecognisable in pictures that are shown. */
  readonly blurPeople?: boolean;
  /** Undefined: speeds are not known. */
  readonly scale?: Scale;
}

export interface Config {
  /** Id of a detector, or `auto`. */
  readonly detector: string;
  /** Execution providers to try, in order; undefined: those that are tried unless told. */
  readonly providers?: readonly Provider[];
  readonly decoding: DecodingChoice;
  readonly server: { readonly host: string; readonly port: number };
  /** How much of the past is kept: what is older, and the oldest of what is more, is deleted. */
  readonly retention: { readonly maxAgeMs: number; readonly maxBytes: number };
  /** `model`: id of a model, `colour-histogram`, `auto` or `off`. */
  readonly identify: { readonly model: string; readonly maxAgeMs: number };
  readonly cameras: readonly CameraConfig[];
  /** The ways between them; undefined: not known. */
  readonly links?: readonly CameraLink[];
  /** Who is told when a watch fires. Not to be shown. */
  readonly webhooks: readonly { readonly url: string; readonly secret: string }[];
  readonly mqtt?: {
    readonly url: string;
    readonly topic: string;
    readonly user?: string;
    readonly password?: string;
  };
  /** Every class that a camera names, for `checkClassNames` once the detector is known. */
  readonly classNames: readonly ClassName[];
  /** Absolute path of the folder of the file. */
  readonly folder: string;
}

/**
 * Understands the source of a camera: `parseSource` of src/source, which this room may not import. Throws ArgusError,
 * whose `next` has nothing of the text in it.
 */
export type DescribeSource = (
  text: string,
  options: { readonly folder: string; readonly written: string },
) => { readonly live: boolean };

/** Reads argus.yaml. Throws one ArgusError with a line for each problem. */
export async function loadConfig(
  path: string,
  env: Environment,
  describeSource: DescribeSource,
): Promise<Config> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT')
      throw new ArgusError(`${path} does not exist.`, 'Make one with: argus init', { cause: error });
    if (code === 'EISDIR')
      throw new ArgusError(`${path} is a folder.`, 'Give the path of a configuration file.', {
        cause: error,
      });
    throw new ArgusError(`${path} cannot be read: ${messageOf(error)}.`, 'Check who may read it.', {
      cause: error,
    });
  }
  return parseConfig(text, path, env, describeSource);
}

/** `loadConfig` of text already read; `path` is where it came from. */
export function parseConfig(
  text: string,
  path: string,
  env: Environment,
  describeSource: DescribeSource,
): Config {
  const lines = new LineCounter();
  // Not the pretty errors: they quote the line, and with it perhaps a password.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const broken = [...document.errors, ...document.warnings, ...aliasesWithoutAnchor(document)].map(
    ({ pos, message }) => ({ line: lineAt(pos[0]), text: message }),
  );
  if (broken.length > 0) throw refusal(path, broken);

  const folder = resolve(dirname(path));
  const { written, problems: unset } = fillIn(document, env);
  const data = contentsOf(document, path);
  const parsed = fileSchema.safeParse(data);
  const problems = [
    ...(parsed.error ? problemsOf(parsed.error.issues, fileSchema, document, written) : []),
    ...repeatedIds(data),
    ...strangeLinks(data),
    ...sourceProblems(data, (source, at) => {
      const node = locate(document, at).node;
      const text = node && written.get(node);
      try {
        return { live: describeSource(source, { folder, written: text ?? source }).live };
      } catch (error) {
        if (!(error instanceof ArgusError)) throw error;
        if (text === undefined) return { problem: error.message };
        // Its message may hold what the variables hold.
        return { problem: `no source once its variables are filled in. ${error.next}` };
      }
    }),
    // What is said of a value with a variable that is not set is only about the variable's name.
  ].filter(({ path: at }) => !unset.some((other) => pathText(other.path) === pathText(at)));
  problems.push(...unset);
  if (problems.length > 0 || !parsed.success)
    throw refusal(
      path,
      problems.map((problem) => ({
        line: lineAt(locate(document, problem.path).offset),
        text: problem.path.length > 0 ? `${pathText(problem.path)}: ${problem.text}` : problem.text,
      })),
    );
  const placeOf = (at: Path) => {
    const { node, offset } = locate(document, at);
    return { written: node && written.get(node), where: `${path}:${lineAt(offset)}: ${pathText(at)}` };
  };
  return configOf(parsed.data, folder, placeOf);
}

/** The library finds them only when it makes plain data, and then without their places. */
function aliasesWithoutAnchor(document: Document): { pos: readonly [number]; message: string }[] {
  const found: { pos: readonly [number]; message: string }[] = [];
  visit(document, {
    Alias: (_, alias) => {
      if (!alias.resolve(document))
        found.push({
          pos: [alias.range?.[0] ?? 0],
          message: `found *${alias.source}, no &${alias.source} is before it`,
        });
    },
  });
  return found;
}

function contentsOf(document: Document, path: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // Aliases of aliases that would grow to far too much.
    if (!(error instanceof ReferenceError)) throw error;
    throw new ArgusError(`${path}: ${error.message}.`, 'Write the value out instead of *NAME.', {
      cause: error,
    });
  }
}

function refusal(path: string, problems: readonly { line: number; text: string }[]): ArgusError {
  const said = problems
    .toSorted((a, b) => a.line - b.line)
    .map(({ line, text }) => `${path}:${line}: ${text.replace(/\.$/, '').replaceAll(/\s*\n\s*/g, ' ')}`);
  return new ArgusError(`${said.join('\n')}.`, 'Correct the file and start again.');
}

/** Ids of cameras, and of the shapes of one camera, that were there before; also in a file with other problems. */
function repeatedIds(data: unknown): Problem[] {
  const cameras = itemsOf(data, 'cameras');
  const shapes = cameras.map(({ value, path }) =>
    ['lines', 'zones'].flatMap((key) =>
      itemsOf(value, key).map((item) => ({ value: item.value, path: [...path, ...item.path] })),
    ),
  );
  return [cameras, ...shapes].flatMap((items) => {
    const before = new Map<unknown, string>();
    return items.flatMap(({ value, path }): Problem[] => {
      const id = valueAt(value, 'id');
      if (typeof id !== 'string') return [];
      const first = before.get(id);
      if (first === undefined) before.set(id, pathText(path));
      const rule = path.length > 2 ? 'ids of lines and zones of a camera differ' : 'ids of cameras differ';
      return first === undefined
        ? []
        : [{ path: [...path, 'id'], text: `found the id of ${first}, ${rule}` }];
    });
  });
}

/** Ends of links that no camera is. */
function strangeLinks(data: unknown): Problem[] {
  const cameras = itemsOf(data, 'cameras').map(({ value }) => valueAt(value, 'id'));
  return itemsOf(data, 'links').flatMap(({ value, path }) =>
    ['from', 'to'].flatMap((end): Problem[] => {
      const id = valueAt(value, end);
      if (typeof id !== 'string' || cameras.includes(id)) return [];
      return [{ path: [...path, end], text: `found ${JSON.stringify(id)}, no camera has that id` }];
    }),
  );
}

function sourceProblems(
  data: unknown,
  describe: (source: string, path: (string | number)[]) => { live: boolean } | { problem: string },
): Problem[] {
  return itemsOf(data, 'cameras').flatMap(({ value, path }): Problem[] => {
    const source = valueAt(value, 'source');
    if (typeof source !== 'string' || source === '') return [];
    const described = describe(source, [...path, 'source']);
    if ('problem' in described) return [{ path: [...path, 'source'], text: described.problem }];
    if (!described.live || valueAt(value, 'startTime') === undefined) return [];
    const text = 'found with a live source, only a file has a startTime';
    return [{ path: [...path, 'startTime'], text }];
  });
}

const valueAt = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;

function itemsOf(value: unknown, key: string): { value: unknown; path: (string | number)[] }[] {
  const list = valueAt(value, key);
  return Array.isArray(list) ? list.map((item: unknown, i) => ({ value: item, path: [key, i] })) : [];
}

/** Where a value stands, and, if it has variables, how it is written. */
interface Place {
  readonly written: string | undefined;
  readonly where: string;
}

const dayMs = 86_400_000;
const gigabyte = 1e9;

function configOf(file: ConfigFile, folder: string, placeOf: (at: Path) => Place): Config {
  return {
    detector: file.detector,
    ...(file.providers && { providers: file.providers }),
    decoding: file.decoding,
    server: file.server,
    retention: { maxAgeMs: file.retention.days * dayMs, maxBytes: file.retention.gigabytes * gigabyte },
    identify: { model: file.identify.model, maxAgeMs: file.identify.days * dayMs },
    folder,
    cameras: file.cameras.map((camera, i) => ({
      id: cameraId(camera.id),
      name: camera.name ?? camera.id,
      source: camera.source,
      sourceWritten: placeOf(['cameras', i, 'source']).written ?? camera.source,
      ...(camera.fps !== undefined && { maxFps: camera.fps }),
      ...readingOf(camera),
      ...(camera.classes && { classes: camera.classes }),
      ...(camera.confidence !== undefined && { confidence: confidenceOf(camera.confidence) }),
      ...(camera.identify !== undefined && { identify: camera.identify }),
      ...(camera.startTime !== undefined && { startTimeMs: Date.parse(camera.startTime) }),
      shapes: shapesOf(camera),
      ...(camera.ignore && {
        ignore: camera.ignore.map(({ polygon, classes }) => ({
          polygon: polygon.map(pointOf),
          ...(classes && { labels: classes }),
        })),
      }),
      ...(camera.blurPeople !== undefined && { blurPeople: camera.blurPeople }),
      ...(camera.scale && { scale: scaleOf(camera.scale) }),
    })),
    ...(file.links && {
      links: file.links.map(({ from, to, seconds: [minSeconds, maxSeconds] }) => ({
        from: cameraId(from),
        to: cameraId(to),
        minSeconds,
        maxSeconds,
      })),
    }),
    webhooks: file.webhooks ?? [],
    ...(file.mqtt && { mqtt: mqttOf(file.mqtt) }),
    classNames: file.cameras.flatMap((camera, i) => classNamesOf(camera, ['cameras', i], placeOf)),
  };
}

function mqttOf({ url, topic, user, password }: NonNullable<ConfigFile['mqtt']>): Config['mqtt'] & object {
  return { url, topic, ...(user !== undefined && { user }), ...(password !== undefined && { password }) };
}

type CameraInFile = ConfigFile['cameras'][number];

function confidenceOf(asked: NonNullable<CameraInFile['confidence']>): Confidence {
  if (typeof asked === 'number') return { default: asked, classes: new Map() };
  const { default: others, ...byClass } = asked;
  return { ...(others !== undefined && { default: others }), classes: new Map(Object.entries(byClass)) };
}

function classNamesOf(camera: CameraInFile, path: Path, placeOf: (at: Path) => Place): ClassName[] {
  const { classes = [], confidence = 0, ignore = [] } = camera;
  const byClass = typeof confidence === 'number' ? [] : Object.keys(confidence);
  const named = [
    ...classes.map((name, i) => ({ name, at: ['classes', i] })),
    ...ignore.flatMap(({ classes: ignored = [] }, n) =>
      ignored.map((name, i) => ({ name, at: ['ignore', n, 'classes', i] })),
    ),
    // Keys have no variables; what is written at their place is the number.
    ...byClass.filter((key) => key !== 'default').map((name) => ({ name, at: ['confidence', name] })),
  ];
  return named.map(({ name, at }) => {
    const { written = name, where } = placeOf([...path, ...at]);
    return { camera: cameraId(camera.id), name, written: at[0] === 'confidence' ? name : written, where };
  });
}

const pointOf = ([x, y]: readonly [number, number]): Point => ({ x, y });

function shapesOf({ lines = [], zones = [] }: CameraInFile): Shape[] {
  return [
    ...lines.map(({ id, name = id, from, to }) => ({
      kind: 'line' as const,
      id: shapeId(id),
      name,
      line: { a: pointOf(from), b: pointOf(to) },
    })),
    ...zones.map(({ id, name = id, polygon, dwellSeconds }) => ({
      kind: 'zone' as const,
      id: shapeId(id),
      name,
      polygon: polygon.map(pointOf),
      ...(dwellSeconds !== undefined && { dwellMs: dwellSeconds * 1000 }),
    })),
  ];
}

function readingOf({ deinterlace, transport, stream }: Reading): { readonly reading?: Reading } {
  const reading = {
    ...(deinterlace && { deinterlace }),
    ...(transport && { transport }),
    ...(stream !== undefined && { stream }),
  };
  return Object.keys(reading).length === 0 ? {} : { reading };
}
