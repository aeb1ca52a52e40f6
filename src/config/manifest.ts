import * as z from 'zod';
import { layouts } from './layouts.ts';
import { cocoClasses } from '../domain/classes.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 sum is 64 lower-case hex digits');

/** What makes an ONNX file of one of another kind: the graph's file first, its weights' after it. */
const importer = z.enum(['tfjs-graph', 'openvino-ir']);
/**
 * A file to look for by name in the folders of `ARGUS_MODEL_PATH` and beside the program: ONNX or, with an importer,
 * the graph of another kind, its weights beside it.
 */
const fileSource = z.strictObject({
  kind: z.literal('file'),
  name: z.string().min(1),
  importer: importer.optional(),
});
const download = { url: z.url({ protocol: /^https$/ }), sha256 };
/** An ONNX file to download or, with an importer, the graph of another kind and the file of its weights. */
const urlSource = z.strictObject({
  kind: z.literal('url'),
  ...download,
  importer: importer.optional(),
  weights: z.strictObject(download).optional(),
});
/** Files of an npm package, fetched without installing it. */
const npmSource = z.strictObject({
  kind: z.literal('npm'),
  package: z.string().min(1),
  version: z.string().min(1),
  /** Subresource integrity of the tarball, as `npm view NAME dist.integrity` prints it. */
  integrity: z.string().startsWith('sha512-'),
  files: z.array(z.string().min(1)).min(1),
  importer,
});

/** What is known of every model but its weights. */
const model = {
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  title: z.string(),
  licence: z.string(),
  input: z.strictObject({
    width: z.int().positive().multipleOf(4),
    height: z.int().positive().multipleOf(4),
    colour: z.enum(['rgb', 'bgr']),
    /** Where the borders of a picture of another shape go: `end` is right and below. As the network was trained. */
    padding: z.enum(['centre', 'end']).default('centre'),
    /** The network sees (pixel − mean) / std, a value per channel in the order of `colour`; pixel is 0–255. */
    mean: z.tuple([z.number(), z.number(), z.number()]),
    std: z.tuple([z.number(), z.number(), z.number()]),
  }),
  /** In order of preference. */
  sources: z.array(z.discriminatedUnion('kind', [fileSource, urlSource, npmSource])).min(1),
};

/** A network that finds objects in a picture. */
export const detectorSchema = z.strictObject({
  ...model,
  task: z.literal('detect'),
  layout: z.enum(layouts),
  /** `coco` or the class names in the order of the network's output. */
  classes: z.union([z.literal('coco'), z.array(z.string().min(1)).min(1)]),
  thresholds: z.strictObject({
    /** Detections below it are never reported. */
    low: z.number().min(0).max(1),
    /** A detection this strong stands for itself: it starts a track. */
    high: z.number().min(0).max(1),
    nmsIou: z.number().min(0).max(1).default(0.65),
  }),
});

/** A network that makes a vector of the picture of a person: the nearer two are in angle, the likelier they are one. */
const embedderSchema = z.strictObject({
  ...model,
  task: z.literal('embed'),
  embedding: z.strictObject({
    /** Numbers of the vector. */
    dimensions: z.int().positive(),
  }),
});

/** `models/<id>/manifest.json`. */
export const manifestSchema = z.discriminatedUnion('task', [detectorSchema, embedderSchema]);

export type Manifest = z.infer<typeof manifestSchema>;
export type DetectorManifest = z.infer<typeof detectorSchema>;
export type EmbedderManifest = z.infer<typeof embedderSchema>;
export type ModelSource = Manifest['sources'][number];
export type Importer = z.infer<typeof importer>;

export const classesOf = (manifest: DetectorManifest): readonly string[] =>
  manifest.classes === 'coco' ? cocoClasses : manifest.classes;
