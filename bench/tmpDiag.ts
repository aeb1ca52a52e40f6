import { learnBaseline } from '../src/anomaly/baseline.ts';
import { varianceOf } from '../src/anomaly/dispersion.ts';
import { peaksOfYear, recordOf } from './anomaly/records.ts';
import { makeYear, firstJudgedDay, days } from './anomaly/year.ts';
import { judgeCamera } from '../src/anomaly/judge.ts';
const { cameras, injections } = makeYear(1);
const edges = [0.05, 0.3, 1, 3, 10, 30, 1e9];
const b = edges.map(() => ({ n: 0, o: 0, e: 0, z2: 0, v: 0 }));
let t = 0,
  nf = 0;
for (const year of cameras.slice(0, 4)) {
  const peaks = peaksOfYear(year);
  const here = injections.filter(({ camera }) => camera === year.camera);
  for (let day = firstJudgedDay; day < days; day += 4) {
    const usual = !here.some(({ from, to }) => from < day * 24 + 24 && to > day * 24);
    if (!usual) continue;
    const rec = recordOf(year, day, peaks);
    for (const s of rec.series) {
      const t0 = performance.now();
      const { expected, hourly } = learnBaseline(rec.clock, s.counts, s.watched);
      t += performance.now() - t0;
      nf++;
      for (let i = rec.clock.past; i < s.counts.length; i++) {
        const m = expected[i]!;
        if (m <= 0) continue;
        const k = edges.findIndex((e) => m < e);
        const x = b[k]!;
        x.n++;
        x.o += s.counts[i]!;
        x.e += m;
        x.z2 += (s.counts[i]! - m) ** 2 / varianceOf(hourly, m);
      }
    }
  }
}
for (const [k, x] of b.entries())
  console.log('<', edges[k], x.n, 'obs/exp', (x.o / x.e).toFixed(3), 'z2', (x.z2 / x.n).toFixed(3));
console.log('fit ms', t / nf, nf);
{
  const year = cameras[0]!;
  const peaks = peaksOfYear(year);
  const rec = recordOf(year, 100, peaks);
  for (let i = 0; i < 30; i++) judgeCamera(rec, { perWeek: 1, feedback: [] });
  const t0 = performance.now();
  for (let i = 0; i < 20; i++) judgeCamera(rec, { perWeek: 1, feedback: [] });
  console.log('judge ms', (performance.now() - t0) / 20, rec.stays[0]!.past.length);
}
