import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { classesOf, type DetectorManifest, type Manifest } from '../config/manifest.ts';
import { annotatePng } from '../draw/annotate.ts';
import { ArgusError } from '../domain/errors.ts';
import { keepModel } from '../models/addModel.ts';
import {
  describeFile,
  guessManifest,
  inputSizeOf,
  manifestText,
  type ModelHints,
} from '../models/inspect.ts';
import { acceptLicence, acceptedLicences, asksForSource, whyAccept } from '../models/licences.ts';
import { listManifests, loadDetector, loadManifest, manifestFolders } from '../models/manifests.ts';
import { findLocally, obtainModel } from '../models/obtain.ts';
import { parseSource } from '../source/parseSource.ts';
import { detectOnce, networkOutputs } from '../station/tryModel.ts';
import { dataFolderOf, type CommonFlags } from './place.ts';
import { modelPath, progressOf } from './setting.ts';
import { Terminal } from './terminal.ts';

/** Longest wait for a server to answer somebody who asks for one model, ms. */
const patientTimeoutMs = 15_000;

/** Prints every model: what it is, whether its weights are at hand, and else where they would come from. */
export function listModels(flags: CommonFlags): number {
  const data = dataFolderOf(flags);
  const options = { cacheFolder: data.weights, modelPath: modelPath(data) };
  const rows = listManifests(manifestFolders([data.models])).map((manifest) => {
    const found = findLocally(manifest, options);
    const size = found ? `${(statSync(found.path).size / 1e6).toFixed(1)} MB` : '–';
    const { id, task, input, licence } = manifest;
    const where = found ? found.why : `not here: ${howToGet(manifest)}`;
    const layout = manifest.task === 'detect' ? manifest.layout : `${manifest.embedding.dimensions} numbers`;
    return [id, task, layout, `${input.width}x${input.height}`, size, licence, where];
  });
  print([['id', 'task', 'output', 'input', 'size', 'licence', 'weights'], ...rows]);
  return 0;
}

function howToGet({ id, licence, sources }: Manifest): string {
  const isRemote = sources.some(({ kind }) => kind !== 'file');
  if (isRemote)
    return `argus models get ${id}${asksForSource(licence) ? ` --accept-licence ${licence}` : ''}`;
  const names = sources.flatMap((source) => (source.kind === 'file' ? [source.name] : []));
  return `put ${names.join(' or ')} into a folder of ARGUS_MODEL_PATH`;
}

/** Prints the classes that a model knows, one a line. */
export function listClasses(id: string, flags: CommonFlags): number {
  const manifest = loadDetector(id, manifestFolders([dataFolderOf(flags).models]));
  process.stdout.write(
    classesOf(manifest)
      .map((label) => `${label}\n`)
      .join(''),
  );
  return 0;
}

/** Columns as wide as their widest entry; the last is left as it is. */
function print(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of rows) {
    const line = row.map((text, column) =>
      column === row.length - 1 ? text : text.padEnd(widths[column] ?? 0),
    );
    process.stdout.write(`${line.join('  ')}\n`);
  }
}

export interface GetFlags extends CommonFlags {
  readonly acceptLicence?: string;
}

/** Fetches the weights of a model, if they are not at hand. */
export async function getModel(id: string, flags: GetFlags): Promise<number> {
  const data = dataFolderOf(flags);
  const terminal = new Terminal();
  const manifest = loadManifest(id, manifestFolders([data.models]));
  if (flags.acceptLicence !== undefined) {
    if (flags.acceptLicence !== manifest.licence)
      throw new ArgusError(
        `The licence of ${id} is ${manifest.licence}, not ${flags.acceptLicence}.`,
        `Read it, and if you accept it: argus models get ${id} --accept-licence ${manifest.licence}.`,
      );
    acceptLicence(data.weights, manifest.licence);
  }
  const { path, why } = await obtainModel(manifest, {
    cacheFolder: data.weights,
    modelPath: modelPath(data),
    acceptedLicences: acceptedLicences(data.weights),
    fetchTimeoutMs: patientTimeoutMs,
    onProgress: progressOf(terminal),
    log: (line) => terminal.say(line),
  });
  terminal.endProgress();
  process.stdout.write(`${id} ${why}\n${path}\n`);
  return 0;
}

export interface AddFlags extends CommonFlags {
  readonly id?: string;
  readonly picture?: string;
  readonly layout?: DetectorManifest['layout'];
  readonly size?: string;
  readonly colour?: 'rgb' | 'bgr';
  readonly classes?: string;
  readonly licence?: string;
}

/** Looks at an ONNX file, tries it on a picture, and keeps it as a model that `detector` can name. */
export async function addModel(file: string, flags: AddFlags): Promise<number> {
  const data = dataFolderOf(flags);
  const terminal = new Terminal();
  const path = resolve(file);
  const id = freeId(flags.id, path, data.models);
  const hints = hintsOf(flags);

  if (!existsSync(path) || !statSync(path).isFile())
    throw new ArgusError(`There is no model file ${path}.`, 'Check the path.');
  const description = describeFile(path);
  const size = inputSizeOf(path, description, hints);
  const outputs = await networkOutputs({ path, size });
  const manifest = guessManifest(id, description, size, outputs, hints);
  terminal.say(`${basename(path)}: ${manifestText(manifest)}`);

  const source = parseSource(flags.picture ?? samplePicture(data.stills), { folder: process.cwd() });
  const { detections, jpeg } = await detectOnce({ path, manifest, source });
  const boxes = detections.map(({ box, label, confidence }) => ({
    box,
    text: `${label} ${confidence.toFixed(2)}`,
  }));
  const caption = `${id}: ${detections.length} object(s) from ${manifest.thresholds.high}`;
  const picture = await annotatePng(jpeg, { boxes, shapes: [], caption });
  const folder = await keepModel(data.models, manifest, path, picture);

  terminal.say(seenText(detections.map(({ label }) => label)));
  terminal.say(`Look at the picture to see whether it is right: ${join(folder, 'trial.png')}`);
  if (asksForSource(manifest.licence)) terminal.say(`Mind its ${whyAccept(manifest.licence)}.`);
  terminal.say(`Use it with "detector: ${id}" in argus.yaml, or: argus watch SOURCE --model ${id}`);
  process.stdout.write(`${join(folder, 'manifest.json')}\n`);
  return 0;
}

/** It is the name of a folder, too. */
const longestId = 64;

/** The id asked for or, when none is, one after the file that nothing has yet. */
function freeId(asked: string | undefined, path: string, modelsFolder: string): string {
  const taken = new Set(listManifests(manifestFolders([modelsFolder])).map(({ id }) => id));
  if (asked === undefined) {
    const stem = basename(path, extname(path))
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .slice(0, longestId - 4);
    const name = stem.replaceAll(/^-|-$/g, '') || 'model';
    for (let n = 1; ; n++)
      if (!taken.has(n === 1 ? name : `${name}-${n}`)) return n === 1 ? name : `${name}-${n}`;
  }
  if (!/^[a-z0-9][a-z0-9-]*$/.test(asked) || asked.length > longestId)
    throw new ArgusError(
      `"${asked}" is no id of a model.`,
      `Use up to ${longestId} lower-case letters, digits and - with --id.`,
    );
  if (taken.has(asked))
    throw new ArgusError(
      `There is a model ${asked} already.`,
      `Give this one another name with --id, or delete ${join(modelsFolder, asked)} if it is yours.`,
    );
  return asked;
}

function hintsOf({ layout, size, colour, classes, licence }: AddFlags): ModelHints {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(size ?? '') ?? [];
  if (size !== undefined && (width === undefined || height === undefined))
    throw new ArgusError(
      `"${size}" is no size.`,
      'Give the width and height of the input as --size 640x384.',
    );
  return {
    ...(layout && { layout }),
    ...(width !== undefined && { width: Number(width), height: Number(height) }),
    ...(colour && { colour }),
    ...(classes !== undefined && { classes: classes.split(',').map((name) => name.trim()) }),
    ...(licence !== undefined && { licence }),
  };
}

/** The newest picture of a camera, else footage of people that is on this machine. */
function samplePicture(stillsFolder: string): string {
  const stills = existsSync(stillsFolder)
    ? readdirSync(stillsFolder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.jpg'))
        .map((name) => join(stillsFolder, name))
    : [];
  const newest = stills
    .map((path) => ({ path, timeMs: statSync(path).mtimeMs }))
    .toSorted((a, b) => b.timeMs - a.timeMs)[0]?.path;
  const shared = process.env['ARGUS_SHARED'] ?? join(import.meta.dirname, '../../../shared');
  const samples = [join(shared, 'video/vtest.avi'), '/usr/share/doc/opencv-doc/examples/data/vtest.avi'];
  const found = newest ?? samples.find((path) => existsSync(path));
  if (found !== undefined) return resolve(found);
  throw new ArgusError(
    'There is no picture to try the model on.',
    'Give a picture or a video that shows what the model knows with --picture.',
  );
}

function seenText(labels: readonly string[]): string {
  if (labels.length === 0)
    return 'It saw nothing in the picture: give one with --picture that shows what it knows; else colour or size may be wrong.';
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return `It saw ${[...counts].map(([label, count]) => `${count} ${label}`).join(', ')}.`;
}
