/**
 * What it saves to give the network bytes, and to give it no borders. Same frames, same run, one thread:
 *
 * - pixels as bytes, scaled in the graph, against pixels converted to float32 in the thread;
 * - an input of the picture's own shape (640×384 for 16:9) against a square one, with the accuracy of both.
 *
 *     npm run bench:preprocess [-- MODEL …]
 */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { classesOf, type DetectorManifest } from '../src/config/manifest.ts';
import { letterboxOf } from '../src/decode/letterbox.ts';
import { decoderFor } from '../src/detect/index.ts';
import type { Box } from '../src/domain/box.ts';
import type { Detection } from '../src/domain/detection.ts';
import { paddedTo, paddingBefore } from '../src/domain/letterbox.ts';
import type { OutputTensor } from '../src/domain/tensor.ts';
import { loadDetector } from '../src/models/manifests.ts';
import { inputSizeFor } from '../src/inference/inputSize.ts';
import { Detector, type DetectorFrame } from '../src/vision/detector.ts';
import { modelFile, video } from './argus.ts';
import { at, say } from './measure.ts';
import { countMatches, isUnlabelled, scoreOf, type DetectionCounts } from './metrics/detection.ts';
import { readSequences } from './mot15.ts';
import { planarFrames, type Crop } from './planarFrames.ts';

interface Clip {
  readonly name: string;
  readonly file: string;
  readonly sequence: string;
  /** Every so many frames are looked at. */
  readonly every: number;
  readonly width: number;
  readonly height: number;
  readonly crop?: Crop;
}

const clips: readonly Clip[] = [
  { name: 'vtest.avi, 4:3', file: 'vtest.avi', sequence: 'PETS09-S2L1', every: 4, width: 768, height: 576 },
  {
    name: 'vtest.avi cut to 16:9',
    file: 'vtest.avi',
    sequence: 'PETS09-S2L1',
    every: 4,
    width: 768,
    height: 432,
    crop: { top: 72, bottom: 72 },
  },
  {
    name: 'TUD-Campus, 4:3',
    file: 'TUD-Campus.mp4',
    sequence: 'TUD-Campus',
    every: 1,
    width: 640,
    height: 480,
  },
];
const sequences = readSequences();
async function compareConversion(manifest: DetectorManifest, path: string): Promise<void> {
  const { input } = manifest;
  const frames = await planarFrames(video('vtest.avi'), input, { colour: input.colour, every: 8 });
  const letterbox = letterboxOf({ width: 768, height: 576, pixelAspect: 1 }, input.width, input.height);
  const inThread = await openInThread(manifest, path);
  const inGraph = await Detector.open({ manifest, path });
  const ms = { thread: [] as number[], graph: [] as number[] };
  let worst = 0;
  for (const planar of frames) {
    let began = performance.now();
    const outputs = await inThread(planar);
    const before = decoded(manifest, outputs, letterbox);
    ms.thread.push(performance.now() - began);
    began = performance.now();
    const after = await inGraph.detect({ planar, letterbox });
    ms.graph.push(performance.now() - began);
    worst = Math.max(worst, largestDifference(before, after));
  }
  await inGraph.close();
  const [thread, graph] = [median(ms.thread), median(ms.graph)];
  say(
    `  conversion in the thread ${thread.toFixed(2)} ms, in the graph ${graph.toFixed(2)} ms: ratio ${(thread / graph).toFixed(3)}; ` +
      `largest difference of a detection ${worst.toExponential(1)} (${frames.length} frames)`,
  );
}

/** As a program without this graph would: pixels to float32 in the thread, the file as it is. */
async function openInThread({ input }: DetectorManifest, path: string) {
  const network = await InferenceSession.create(path, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const plane = input.width * input.height;
  const pixels = new Float32Array(3 * plane);
  const feeds = {
    [network.inputNames[0] ?? '']: new Tensor('float32', pixels, [1, 3, input.height, input.width]),
  };
  return async (planar: Uint8Array): Promise<Record<string, OutputTensor>> => {
    for (let channel = 0; channel < 3; channel++) {
      const scale = 1 / (input.std[channel] ?? NaN);
      const shift = -(input.mean[channel] ?? NaN) * scale;
      for (let i = channel * plane; i < (channel + 1) * plane; i++) {
        pixels[i] = (planar[i] ?? NaN) * scale + shift;
      }
    }
    return (await network.run(feeds)) as unknown as Record<string, OutputTensor>; // all outputs are float32
  };
}

const decoded = (
  manifest: DetectorManifest,
  outputs: Record<string, OutputTensor>,
  letterbox: Parameters<ReturnType<typeof decoderFor>>[1],
): Detection[] =>
  decoderFor(manifest.layout)(outputs, letterbox, {
    classes: classesOf(manifest),
    minConfidence: manifest.thresholds.low,
    nmsIou: manifest.thresholds.nmsIou,
  });

/** Of confidences and edges (0–1), detections paired in order; 1 when their numbers differ. */
function largestDifference(a: readonly Detection[], b: readonly Detection[]): number {
  if (a.length !== b.length) return 1;
  return a.reduce((worst, one, i) => {
    const other = b[i];
    if (!other || other.label !== one.label) return 1;
    const edges = (['x1', 'y1', 'x2', 'y2'] as const).map((edge) => one.box[edge] - other.box[edge]);
    return Math.max(worst, ...[...edges, one.confidence - other.confidence].map(Math.abs));
  }, 0);
}

async function compareShapes(manifest: DetectorManifest, path: string, clip: Clip): Promise<void> {
  const { input } = manifest;
  const content = { width: input.width, height: Math.floor((input.width * clip.height) / clip.width) };
  const letterbox = letterboxOf({ ...clip, pixelAspect: 1 }, content.width, content.height);
  const frames = await planarFrames(video(clip.file), content, {
    colour: input.colour,
    every: clip.every,
    crop: clip.crop,
  });
  const detector = await Detector.open({ manifest, path });
  const truth = truthOf(clip);
  const shaped: Measured = { counts: [], ms: [] };
  const square: Measured = { counts: [], ms: [] };
  for (const [i, planar] of frames.entries()) {
    // In turns, so that both have the same machine.
    for (const [frame, { counts, ms }] of [
      [{ planar, letterbox }, shaped],
      [bordered({ planar, letterbox }, input), square],
    ] as const) {
      const began = performance.now();
      const detections = await detector.detect(frame);
      ms.push(performance.now() - began);
      counts.push(countMatches(personsOf(detections, manifest, clip), truth[i * clip.every] ?? []));
    }
  }
  await detector.close();
  const inputHeight = inputSizeFor(content, input).height;
  const [r, s] = [scoreOf(shaped.counts), scoreOf(square.counts)];
  const [shapedMs, squareMs] = [median(shaped.ms), median(square.ms)];
  say(
    `  ${clip.name}: ${input.width}x${inputHeight} against ${input.width}x${input.height}: ` +
      `${shapedMs.toFixed(2)} : ${squareMs.toFixed(2)} ms = ${(shapedMs / squareMs).toFixed(3)} ` +
      `(pixels ${(inputHeight / input.height).toFixed(3)}); ` +
      `F1 ${r.f1.toFixed(3)} : ${s.f1.toFixed(3)}, difference ${(r.f1 - s.f1).toFixed(3)}`,
  );
}

interface Measured {
  readonly counts: DetectionCounts[];
  readonly ms: number[];
}

/** The frame as a square network gets it. */
function bordered(
  { planar, letterbox }: DetectorFrame,
  { width, height, padding }: DetectorManifest['input'],
): DetectorFrame {
  const top = paddingBefore(letterbox.inputHeight, height, padding);
  const plane = width * letterbox.inputHeight;
  const square = new Uint8Array(3 * width * height);
  for (let channel = 0; channel < 3; channel++) {
    square.set(planar.subarray(channel * plane, (channel + 1) * plane), (channel * height + top) * width);
  }
  return { planar: square, letterbox: paddedTo(letterbox, width, height, padding) };
}

function personsOf(detections: readonly Detection[], manifest: DetectorManifest, clip: Clip): Box[] {
  const persons = detections.filter(
    ({ label, confidence }) => label === 'person' && confidence >= manifest.thresholds.high,
  );
  const isScored = (box: Box) => clip.file !== 'vtest.avi' || !isUnlabelled(uncut(box, clip));
  return persons.map(({ box }) => box).filter(isScored);
}

/** The people that are there, in the picture that is left, if half of them at least is in it. */
function truthOf(clip: Clip): Box[][] {
  const frames = sequences.find(({ name }) => name === clip.sequence)?.truth ?? [];
  return frames.map((people) =>
    people
      .map(({ box }) => ({ whole: cut(box, clip) }))
      .filter(({ whole: { y1, y2 } }) => Math.min(1, y2) - Math.max(0, y1) >= 0.5 * (y2 - y1))
      .map(({ whole }) => ({ ...whole, y1: Math.max(0, whole.y1), y2: Math.min(1, whole.y2) })),
  );
}

const fullHeight = ({ height, crop }: Clip): number => height + (crop ? crop.top + crop.bottom : 0);

function cut(box: Box, clip: Clip): Box {
  const y = (value: number) => (value * fullHeight(clip) - (clip.crop?.top ?? 0)) / clip.height;
  return { ...box, y1: y(box.y1), y2: y(box.y2) };
}

function uncut(box: Box, clip: Clip): Box {
  const y = (value: number) => (value * clip.height + (clip.crop?.top ?? 0)) / fullHeight(clip);
  return { ...box, y1: y(box.y1), y2: y(box.y2) };
}

const median = (values: readonly number[]): number =>
  at(
    values.toSorted((a, b) => a - b),
    0.5,
  );

const asked = process.argv.slice(2);

for (const id of asked.length > 0 ? asked : ['yolov10n', 'yolox-nano', 'nanodet-g']) {
  const manifest = loadDetector(id);
  const path = await modelFile(manifest);
  say(`${id}, ${manifest.input.width}x${manifest.input.height}`);
  await compareConversion(manifest, path);
  for (const clip of clips) await compareShapes(manifest, path, clip);
}
