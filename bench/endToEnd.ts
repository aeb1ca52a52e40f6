/**
 * Line crossings counted by the whole program on vtest.avi, from decoder to database, against the ground truth of
 * PETS09-S2L1: three vertical lines, both directions, persons, bottom centre of the box, matched within 2 s.
 *
 *     npm run bench:end-to-end [-- MODEL …]
 */
import { cameraId } from '../src/domain/ids.ts';
import { openReader } from '../src/store/reader.ts';
import { video, watchFile } from './argus.ts';
import {
  compareCrossings,
  countError,
  crossingF1,
  trueCrossings,
  verticalLines,
  type CrossingCounts,
} from './metrics/crossings.ts';
import { readSequences } from './mot15.ts';

/** The clip's container plays 10 frames a second; the scene was recorded at 7. */
const containerRate = 10;
const lines = verticalLines([0.35, 0.5, 0.65]);

const sequence = readSequences().find(({ name }) => name === 'PETS09-S2L1');
if (!sequence) throw new Error('PETS09-S2L1 is not there');
const truth = trueCrossings({ ...sequence, framesPerSecond: containerRate }, lines, 'bottom');

const asked = process.argv.slice(2);
const models = asked.length > 0 ? asked : ['yolox-nano', 'nanodet-g'];
console.log('model          F1  count error   true  counted  matched');
const results = models.map((model) => ({ model, counts: countsOf(model) }));
for (const { model, counts } of results) {
  const error = `${(100 * countError(counts)).toFixed(1)} %`;
  console.log(
    `${model.padEnd(12)} ${crossingF1(counts).toFixed(3)} ${error.padStart(11)} ${String(counts.truth).padStart(6)} ${String(counts.counted).padStart(8)} ${String(counts.matched).padStart(8)}`,
  );
}
const [first, second] = results;
if (first && second) {
  console.log(
    `${first.model} : ${second.model}  F1 ${(crossingF1(first.counts) / crossingF1(second.counts)).toFixed(3)}`,
  );
}

function countsOf(model: string): CrossingCounts {
  const start = '2000-01-01T00:00:00Z';
  const options = lines.flatMap(({ id, line: { a, b } }) => ['--line', `${id}:${a.x},${a.y},${b.x},${b.y}`]);
  return watchFile(video('vtest.avi'), ['--model', model, '--start', start, ...options], (dataFolder) => {
    const reader = openReader(dataFolder);
    const filter = { camera: cameraId('vtest'), labels: ['person'] };
    const counted = reader
      .events(filter, { limit: 10_000 })
      .events.map((event) => ({ ...event, timeMs: event.timeMs - Date.parse(start) }));
    reader.close();
    return compareCrossings(lines, truth, counted);
  });
}
