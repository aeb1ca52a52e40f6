import { traceWay, type TraceQuestion, type Way } from '../agents/tracingPeople.ts';
import { caseOf, same, type Case } from '../ask.ts';
import type { Truth } from '../world.ts';
import { minuteOf, windowOf } from './times.ts';

const skill = 'tracing-people';
const halfMinuteMs = 30_000;

export function tracingCases({ journey, journeyMs, doubtful, blind, passages, spike }: Truth): Case[] {
  const at = (timeMs: number) => ({
    ...{ camera: 'gate', line: 'door' },
    ...windowOf({ fromMs: timeMs, toMs: timeMs + halfMinuteMs }),
  });
  const ask = (question: string, asked: TraceQuestion, judge: (told: Way) => string[]) =>
    caseOf(skill, question, traceWay, asked, judge);
  const way = (told: Way) => told.steps.map(({ camera }) => camera);
  const alone = passages.find(({ camera, fromMs }) => camera === 'gate' && fromMs > spike.fromMs);
  return [
    ask('Where did who came at 16:05 go?', at(journeyMs), (told) => [
      ...same('way', way(told), journey),
      ...same('began', minuteOf(told.steps[0]?.from ?? ''), journeyMs),
      ...same(
        'probability',
        told.steps.slice(1).every(({ probability: p = 0 }) => p >= 0.9),
        true,
      ),
      ...same('looked at', [...new Set(told.steps.map(({ seen }) => seen))], ['person']),
      ...same('undecided', told.undecided, []),
    ]),
    ask(
      'Was who came just after 14 ever seen elsewhere?',
      { ...at(alone?.fromMs ?? 0), anyTime: true },
      (told) => [
        ...same('way', way(told), ['gate']),
        ...same('alike', told.alike, []),
        ...same('undecided', told.undecided, []),
      ],
    ),
    ask('And who came at 12:20?', at(doubtful.fromMs), (told) => [
      ...same('way', way(told), ['gate']),
      ...same(
        'undecided',
        told.undecided.map(({ camera, seen }) => [camera, seen]),
        [['yard', 'person']],
      ),
    ]),
    ask('And between 2 and 3:30?', { ...at(0), ...windowOf(blind) }, (told) => [
      ...same('way', way(told), []),
      ...same('not watched', told.notWatched, true),
    ]),
    ask(
      'Who came at 12:20? (The user says it is the same.)',
      { ...at(doubtful.fromMs), userSays: 'the same' },
      (told) => [...same('way', way(told), ['gate', 'yard']), ...same('undecided', told.undecided, [])],
    ),
  ];
}
