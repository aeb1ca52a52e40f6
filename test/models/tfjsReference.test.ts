import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import type { DetectorManifest } from '../../src/config/manifest.ts';
import { importModel } from '../../src/models/import/index.ts';
import { filesOfPackage } from '../../src/models/npmPackage.ts';
import { shared } from '../fixtures/shared.ts';
import { framesOf } from '../inference/frames.ts';

const video = shared('video/vtest.avi');
const picture: DetectorManifest['input'] = {
  width: 512,
  height: 512,
  colour: 'rgb',
  padding: 'centre',
  mean: [0, 0, 0],
  std: [1, 1, 1],
};
const shape = [1, 512, 512, 3];

/** A graph of other operators than nanodet-g's: depthwise convolutions, and the search for the peaks of a heat map. */
const centernet = {
  package: '@vladmandic/human',
  version: '3.3.6',
  integrity:
    'sha512-Nr5mPfq1gQ+uKeXY5uM3Fj8UxvF5CEh2s6txM5wRThqaW0mF9huooOuZSrT8hhGho0hGaXLFdAwfD/2+teCv6A==',
  graph: 'models/centernet.json',
  weights: 'models/centernet.bin',
};
const tensorflow = {
  package: '@tensorflow/tfjs',
  version: '4.22.0',
  integrity:
    'sha512-0TrIrXs6/b7FLhLVNmfh8Sah6JgjBPH4mZ8JGb7NU6WW+cx00qK5BcAZxw7NCzxj6N8MRAIfHq+oNbPUNG5VAg==',
  script: 'dist/tf.min.js',
};
/** About ten times what was found, as processors round float32 differently. `wh` reaches 400 and passes through 0. */
const tolerances = { 'tower_0/detections': 1e-5, 'tower_0/keypoints': 1e-5, 'tower_0/wh': 1e-3 };

test.skipIf(video.missing)(
  video.missing || 'CenterNet gives for a frame what it gives in TensorFlow.js',
  { timeout: 300_000 },
  async (context) => {
    const [json, weights, script] = await fetched().catch((error: unknown) => {
      // The registry, which a machine may not reach; a tarball with other content is a failure.
      if (error instanceof Error && error.message.startsWith('npm ')) return context.skip(error.message);
      throw error;
    });
    const [planar = new Uint8Array()] = await framesOf(video.path, picture, [400]);
    const frame = channelsLast(planar);

    const found = await runInOnnxRuntime(json, weights, frame);
    const wanted = await runInTensorflow(script, json, weights, frame);

    expect(shapesOf(found)).toEqual(shapesOf(wanted));
    expect(Object.keys(wanted)).toEqual(Object.keys(tolerances));
    for (const [name, tolerance] of Object.entries(tolerances))
      expect(largestDifference(valuesOf(found, name), valuesOf(wanted, name)), name).toBeLessThan(tolerance);
    // Not only noise was compared.
    expect(countPeople(valuesOf(found, 'tower_0/detections'))).toBeGreaterThanOrEqual(3);
  },
);

type Outputs = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly data: readonly number[] }>
>;

async function fetched(): Promise<[json: Buffer, weights: Buffer, script: Buffer]> {
  const importer = 'tfjs-graph';
  const model = await filesOfPackage({
    kind: 'npm',
    importer,
    ...centernet,
    files: [centernet.graph, centernet.weights],
  });
  const library = await filesOfPackage({ kind: 'npm', importer, ...tensorflow, files: [tensorflow.script] });
  const contentOf = (files: Map<string, Buffer>, name: string) => files.get(name) ?? Buffer.alloc(0);
  return [
    contentOf(model, centernet.graph),
    contentOf(model, centernet.weights),
    contentOf(library, tensorflow.script),
  ];
}

/** Planes of red, green and blue as one list of pixels. */
function channelsLast(planar: Uint8Array): Float32Array {
  const pixels = planar.length / 3;
  return Float32Array.from(planar, (_, i) => planar[(i % 3) * pixels + Math.floor(i / 3)] ?? 0);
}

async function runInOnnxRuntime(json: Buffer, weights: Buffer, frame: Float32Array): Promise<Outputs> {
  const imported = importModel('tfjs-graph', 'graph.json', (name) =>
    name === 'graph.json' ? json : weights,
  );
  const session = await InferenceSession.create(imported);
  const results = await session.run({ 'tower_0/images': new Tensor('float32', frame, shape) });
  await session.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, { dims, data }]) => [
      name,
      { shape: [...dims], data: Array.from(data as Float32Array) },
    ]),
  );
}

/** What the test uses of TensorFlow.js. */
interface Tensorflow {
  enableProdMode(): void;
  setBackend(name: 'cpu'): Promise<boolean>;
  tensor(data: Float32Array, shape: readonly number[]): object;
  loadGraphModel(files: object): Promise<{
    execute(
      input: object,
      outputs: readonly string[],
    ): { readonly shape: readonly number[]; dataSync(): Float32Array }[];
  }>;
  readonly io: { fromMemory(artifacts: object): object };
}

async function runInTensorflow(
  script: Buffer,
  json: Buffer,
  weights: Buffer,
  frame: Float32Array,
): Promise<Outputs> {
  const tf = tensorflowOf(script);
  tf.enableProdMode();
  await tf.setBackend('cpu');
  const { weightsManifest, ...graph } = JSON.parse(json.toString()) as {
    weightsManifest: { weights: object[] }[];
    signature: { outputs: object };
  };
  const model = await tf.loadGraphModel(
    tf.io.fromMemory({
      ...graph,
      weightSpecs: weightsManifest.flatMap((group) => group.weights),
      weightData: Uint8Array.from(weights).buffer,
    }),
  );
  const names = Object.keys(graph.signature.outputs).toSorted();
  const results = model.execute(tf.tensor(frame, shape), names);
  return Object.fromEntries(
    results.map((result, i) => [
      names[i] ?? '',
      { shape: result.shape, data: Array.from(result.dataSync()) },
    ]),
  );
}

function tensorflowOf(script: Buffer): Tensorflow {
  const folder = mkdtempSync(join(tmpdir(), 'argus-tfjs-'));
  try {
    const file = join(folder, 'tf.cjs');
    writeFileSync(file, script);
    return createRequire(import.meta.url)(file) as Tensorflow;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const valuesOf = (outputs: Outputs, name: string): readonly number[] => outputs[name]?.data ?? [];

/** Rows of box, score and class; class 0 is a person. */
const countPeople = (detections: readonly number[]): number =>
  detections.filter((score, i) => i % 6 === 4 && score > 0.5 && detections[i + 1] === 0).length;

const shapesOf = (outputs: Outputs) =>
  Object.fromEntries(Object.entries(outputs).map(([name, { shape: dims }]) => [name, dims]));

/** Of a value's own size, or of 1 where it is smaller. */
const largestDifference = (found: readonly number[], wanted: readonly number[]): number =>
  wanted.reduce((largest, value, i) => {
    const difference = Math.abs((found[i] ?? NaN) - value) / Math.max(1, Math.abs(value));
    return Math.max(largest, difference);
  }, 0);
