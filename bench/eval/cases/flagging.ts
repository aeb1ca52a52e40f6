import { openReader } from '../../../src/store/reader.ts';
import { findUnusual, type Unusual, type UnusualQuestion } from '../agents/flaggingAnomalies.ts';
import { caseOf, same, type Case } from '../ask.ts';
import type { Truth } from '../world.ts';
import { gapOf, hourMs, later, theDay, windowOf } from './times.ts';

const skill = 'flagging-anomalies';

export function flaggingCases({ spike, loiterer, blind, crossings, dataFolder }: Truth): Case[] {
  const ask = (question: string, asked: UnusualQuestion, judge: (told: Unusual) => string[]) =>
    caseOf(skill, question, findUnusual, asked, judge);
  const spiked = crossings(spike.fromMs, spike.toMs);
  const isOf = (time: string, { fromMs }: { fromMs: number }) =>
    Date.parse(time) === Math.floor(fromMs / hourMs) * hourMs;
  const day = windowOf(theDay);
  const found = (told: Unusual) => [
    ...same(
      'findings',
      told.findings.map(({ family, camera }) => [family, camera]),
      [
        ['more', 'gate'],
        ['loitering', 'dock'],
      ],
    ),
    ...told.findings.flatMap(({ family, from, observed, looked }) => [
      ...same(`when ${family}`, isOf(from, family === 'more' ? spike : loiterer), true),
      ...(family === 'more' ? same('how many', observed, spiked.forward + spiked.backward) : []),
      ...same(`looked at ${family}`, [...new Set(looked)], ['person']),
    ]),
  ];
  return [
    ask('Was anything odd on Wednesday?', day, (told) => [
      ...found(told),
      ...same('not known', told.unknownAt, ['yard']),
      ...same('nothing unusual', told.nothingAt, []),
      ...same('not watched', told.gaps.map(gapOf), [{ camera: 'gate', ...blind }]),
    ]),
    ask('And on Tuesday?', windowOf(later(theDay, -24 * hourMs)), (told) => [
      ...same('findings', told.findings, []),
      ...same('nothing unusual', told.nothingAt, ['dock', 'gate']),
      ...same('not known', told.unknownAt, ['yard']),
    ]),
    ask('Was it busier than usual in the yard?', { ...day, camera: 'yard' }, (told) => [
      ...same('findings', told.findings, []),
      ...same('not known', told.unknownAt, ['yard']),
    ]),
    ask('Was anything odd? (The user calls it useful.)', { ...day, verdict: 'useful' }, (told) => [
      ...found(told),
      ...same('feedback', feedbackIn(dataFolder), [['more', 'gate', 1]]),
    ]),
  ];
}

function feedbackIn(dataFolder: string) {
  const reader = openReader(dataFolder);
  const verdicts = reader.history.verdicts().map(({ family, camera, useful }) => [family, camera, useful]);
  reader.close();
  return verdicts;
}
