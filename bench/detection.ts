/**
 * Precision and recall of the detectors on vtest.avi against the ground truth of PETS09-S2L1: persons of confidence
 * 0.4 and more, IoU at least 0.5. The whole program does the work (`argus watch --jsonl`), one detector after the other.
 *
 *     npm run bench:detection [-- MODEL …]
 */
import { video, watchFile } from './argus.ts';
import { countMatches, isUnlabelled, scoreOf } from './metrics/detection.ts';
import { readSequences } from './mot15.ts';

const minConfidence = 0.4;
interface FrameLine {
  readonly frame: number;
  readonly detections: readonly {
    readonly box: readonly [number, number, number, number];
    readonly label: string;
    readonly confidence: number;
  }[];
}

interface Score {
  readonly model: string;
  readonly precision: number;
  readonly recall: number;
  readonly framesPerSecond: number;
}

const truth = readSequences().find(({ name }) => name === 'PETS09-S2L1')?.truth ?? [];
const asked = process.argv.slice(2);
const models = asked.length > 0 ? asked : ['yolox-nano', 'yolov10n', 'nanodet-g'];
const scores = models.map(scoreOfModel);

console.log('model        precision  recall  frames/s (decode, detect, track, store)');
for (const { model, precision, recall, framesPerSecond } of scores) {
  console.log(
    `${model.padEnd(12)} ${precision.toFixed(3).padStart(9)} ${recall.toFixed(3).padStart(7)} ${framesPerSecond.toFixed(1).padStart(9)}`,
  );
}
const [first, ...others] = scores;
for (const other of first ? others : []) {
  const ratio = (key: 'precision' | 'recall' | 'framesPerSecond') =>
    ((first?.[key] ?? NaN) / other[key]).toFixed(2);
  console.log(
    `${first?.model ?? ''} : ${other.model}   precision ${ratio('precision')}  recall ${ratio('recall')}  frames/s ${ratio('framesPerSecond')}`,
  );
}

function scoreOfModel(model: string): Score {
  const { frames, framesPerSecond } = watch(model);
  const counts = frames.map(({ frame, detections }) => {
    const persons = detections
      .filter(({ label, confidence }) => label === 'person' && confidence >= minConfidence)
      .toSorted((a, b) => b.confidence - a.confidence)
      .map(({ box: [x1, y1, x2, y2] }) => ({ x1, y1, x2, y2 }))
      .filter((box) => !isUnlabelled(box));
    const people = (truth[frame] ?? []).map(({ box }) => box);
    return countMatches(persons, people);
  });
  const { precision, recall } = scoreOf(counts);
  return { model, precision, recall, framesPerSecond };
}

function watch(model: string): { frames: FrameLine[]; framesPerSecond: number } {
  return watchFile(video('vtest.avi'), ['--model', model, '--jsonl'], (_, { stdout, framesPerSecond }) => ({
    framesPerSecond,
    frames: stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as FrameLine),
  }));
}
