import { reportDay, type Report, type Row } from '../agents/dailyReport.ts';
import { caseOf, same, type Case } from '../ask.ts';
import type { Truth } from '../world.ts';
import { gapOf, hourMs, later, minuteOf, theDay, windowOf, type Window } from './times.ts';

const skill = 'daily-report';

export function reportingCases({ crossings, entries, passages, blind, loiterer }: Truth): Case[] {
  const doorCount = (fromMs: number, toMs: number) => {
    const { forward, backward } = crossings(fromMs, toMs);
    return forward + backward;
  };
  const countOf = ({ camera }: Row) =>
    camera === 'gate' ? doorCount : camera === 'dock' ? entries : yardCount;
  const yardCount = (fromMs: number, toMs: number) =>
    passages.filter((one) => one.camera === 'yard' && one.fromMs >= fromMs && one.fromMs < toMs).length;
  const rows = ({ fromMs, toMs }: Window, { rows: told }: Report, unwatched: readonly string[]) =>
    told.flatMap((row) => {
      const count = countOf(row);
      const hours = Array.from({ length: 24 }, (_, n) => fromMs + n * hourMs);
      const most = Math.max(...hours.map((startMs) => count(startMs, startMs + hourMs)));
      const busiestMs = Date.parse(row.busiestHour ?? '');
      const total = unwatched.includes(row.camera) ? undefined : count(fromMs, toMs);
      return [
        ...same(`total of ${row.camera}`, row.total, total),
        ...(row.busiestHour === undefined
          ? []
          : same(`busiest hour of ${row.camera}`, count(busiestMs, busiestMs + hourMs), most)),
      ];
    });
  const tuesday = later(theDay, -24 * hourMs);
  return [
    caseOf(skill, 'How was Wednesday?', reportDay, windowOf(theDay), (told) => [
      ...same(
        'cameras',
        told.rows.map(({ camera }) => camera),
        ['dock', 'gate', 'yard'],
      ),
      ...rows(theDay, told, []),
      ...same(
        'unusual',
        told.unusual.map(({ family, camera, seen }) => [family, camera, seen]),
        [
          ['more', 'gate', 'person'],
          ['loitering', 'dock', 'person'],
        ],
      ),
      ...same('nothing unusual', told.nothingUnusual, false),
      ...same('not watched', told.notWatched.map(gapOf), [{ camera: 'gate', ...blind }]),
      ...same(
        'the story of the one who stayed',
        told.unusual[1]?.story?.map(({ first, last }) => [minuteOf(first), minuteOf(last)]),
        [[loiterer.fromMs, loiterer.toMs]],
      ),
    ]),
    caseOf(skill, 'How was Tuesday?', reportDay, windowOf(tuesday), (told) => [
      ...rows(tuesday, told, ['yard']),
      ...same('unusual', told.unusual, []),
      ...same('nothing unusual', told.nothingUnusual, false),
      ...same(
        'not watched',
        told.notWatched.map((text) => gapOf(text).camera),
        ['yard'],
      ),
    ]),
  ];
}
