import { tellStory, type IncidentQuestion, type Story } from '../agents/summarizingIncidents.ts';
import { caseOf, same, type Case } from '../ask.ts';
import type { Truth } from '../world.ts';
import { gapOf, hourMs, minuteOf, theDay, windowOf } from './times.ts';

const skill = 'summarizing-incidents';
const minuteMs = 60_000;

export function summarizingCases({ loiterer, blind, journey, journeyMs, spike }: Truth): Case[] {
  const ask = (question: string, asked: IncidentQuestion, judge: (told: Story) => string[]) =>
    caseOf(skill, question, tellStory, asked, judge);
  const night = windowOf({ fromMs: theDay.fromMs + 20 * hourMs, toMs: theDay.toMs });
  return [
    ask('Who stayed at the dock last night?', { ...night, cameras: ['dock'], about: 'dwell' }, (told) => [
      ...same('participants', told.participants, 1),
      ...same('came', minuteOf(told.first ?? ''), loiterer.fromMs),
      ...same('went', minuteOf(told.last ?? ''), loiterer.toMs),
      ...same('timeline', told.timeline.filter((text) => / enter | dwell /.test(text)).length, 2),
      ...same('looked at', told.looked, ['person']),
      ...same('way', told.way, ['dock']),
      ...same('pictures', told.pictures > 0, true),
    ]),
    ask(
      'What happened at the gate between 2 and 3:30?',
      { ...windowOf(blind), cameras: ['gate'] },
      (told) => [
        ...same('known', told.known, false),
        ...same('not watched', told.gaps.map(gapOf), [{ camera: 'gate', ...blind }]),
      ],
    ),
    ask(
      'Who came through the gate at 16:05, and where did they go?',
      { ...windowOf({ fromMs: journeyMs, toMs: journeyMs + minuteMs }), cameras: ['gate'] },
      (told) => [
        ...same('participants', told.participants, 1),
        ...same('way', told.way, journey),
        ...same('came', minuteOf(told.first ?? ''), journeyMs),
      ],
    ),
    ask('What happened at the gate after 14?', { ...windowOf(spike), cameras: ['gate'] }, (told) => [
      ...same('asks which', (told.whichOf?.length ?? 0) > 1, true),
      ...same('story', told.timeline, []),
    ]),
    ask(
      'What happened at the dock between 2 and 3:30?',
      { ...windowOf(blind), cameras: ['dock'] },
      (told) => [...same('known', told.known, true), ...same('participants', told.participants, 0)],
    ),
  ];
}
