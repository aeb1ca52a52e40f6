// How much of what is unusual is found, at how many false alarms: a synthetic year before 8 cameras with labelled
// injections, against a fixed threshold and an IQR rule on the same numbers; and whether p-values are what they say.
// `npm run bench:anomaly -- [--seed N]`. Ends with 1 when a target is missed.
import { parseArgs } from 'node:util';
import { learnBaseline } from '../src/anomaly/baseline.ts';
import { varianceOf } from '../src/anomaly/dispersion.ts';
import { judgeCamera } from '../src/anomaly/judge.ts';
import { countTails } from '../src/anomaly/tails.ts';
import { createCalibration } from './anomaly/calibration.ts';
import { createRandom } from './anomaly/random.ts';
import { peaksOfYear, recordOf } from './anomaly/records.ts';
import { fixedThreshold, iqrRule } from './anomaly/rules.ts';
import { createScore, type Score } from './anomaly/score.ts';
import { days, firstJudgedDay, makeYear, type Kind } from './anomaly/year.ts';
import { say } from './measure.ts';

// While the detector was written, other seeds were looked at.
const { values: options } = parseArgs({ options: { seed: { type: 'string', default: '20261124' } } });
const targets = { recall: 0.9, falseAlarms: 1 };
const kinds: readonly Kind[] = ['spike', 'drop', 'shift up', 'shift down', 'loiterer', 'wrong way'];

const { cameras, injections } = makeYear(Number(options.seed));
const budget = { perWeek: 1, feedback: [] };
const score = () => createScore(injections);
const scores: Readonly<Record<string, Score>> = {
  argus: score(),
  'fixed threshold': score(),
  'IQR, 1.5': score(),
  'IQR, 3': score(),
};
const rules = { 'fixed threshold': fixedThreshold, 'IQR, 1.5': iqrRule(1.5), 'IQR, 3': iqrRule(3) };
const calibration = createCalibration(createRandom(1).uniform);
let judgedMs = 0;
for (const year of cameras) {
  const peaks = peaksOfYear(year);
  const here = injections.filter(({ camera }) => camera === year.camera);
  for (let day = firstJudgedDay; day < days; day++) {
    const record = recordOf(year, day, peaks);
    const began = performance.now();
    const { findings } = judgeCamera(record, budget);
    judgedMs += performance.now() - began;
    scores['argus']?.add(year.camera, findings);
    for (const [name, rule] of Object.entries(rules)) scores[name]?.add(year.camera, rule(record));
    // Nothing was injected on the day.
    const isUsual = !here.some(({ from, to }) => from < day * 24 + 24 && to > day * 24);
    if (day % 3 !== 0 || !isUsual) continue;
    for (const { counts, watched } of record.series) {
      const { expected, hourly } = learnBaseline(record.clock, counts, watched);
      for (let i = record.clock.past; i < counts.length; i++) {
        const [count = 0, mean = 0] = [counts[i], expected[i]];
        if (mean > 0) calibration.add(countTails(count, mean, varianceOf(hourly, mean)));
      }
    }
  }
}

const cameraDays = cameras.length * (days - firstJudgedDay);
say(
  `${cameras.length} cameras, ${days} days, of which ${firstJudgedDay} only to learn from; each day judged with the 8 weeks before, ` +
    `budget 1 a camera-week; ${injections.length} injections; seed ${options.seed}`,
);
say(
  `\n${'recall'.padEnd(16)} all    ${kinds.map((kind) => kind.padEnd(11)).join('')} false alarms a camera-week`,
);
for (const [name, one] of Object.entries(scores)) {
  const recalls = kinds.map((kind) => one.recall(kind).toFixed(2).padEnd(11)).join('');
  say(
    `${name.padEnd(16)} ${one.recall().toFixed(3)}  ${recalls} ${one.perCameraWeek().toFixed(2)}  (${one.byFamily()})`,
  );
}
say(`target           ${targets.recall}    ${' '.repeat(66)} ${targets.falseAlarms}`);
calibration.print();
say(`\na camera's day judged in ${(judgedMs / cameraDays).toFixed(1)} ms`);

const ours = scores['argus'];
const missed = [
  ...(ours && ours.recall() >= targets.recall ? [] : ['recall']),
  ...(ours && ours.perCameraWeek() <= targets.falseAlarms ? [] : ['false alarms']),
  ...calibration.missed(),
];
if (missed.length > 0) {
  say(`\nMISSED: ${missed.join(', ')}`);
  process.exitCode = 1;
}
