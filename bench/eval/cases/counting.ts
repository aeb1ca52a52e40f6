import { countAtPlace, type Counted, type CountQuestion } from '../agents/countingZoneEvents.ts';
import { caseOf, same, type Case } from '../ask.ts';
import type { Truth } from '../world.ts';
import { windowOf, hourMs, later, minuteOf, theDay } from './times.ts';

const skill = 'counting-zone-events';
const door = { camera: 'Front gate', place: 'Door', timeZone: 'UTC', classes: ['person'] };
const bay = { camera: 'Loading dock', place: 'Loading bay', timeZone: 'UTC', classes: ['person'] };

export function countingCases({ spike, blind, crossings, entries }: Truth): Case[] {
  const ask = (question: string, asked: CountQuestion, judge: (told: Counted) => string[]) =>
    caseOf(skill, question, countAtPlace, asked, judge);
  const around = { fromMs: blind.fromMs, toMs: theDay.fromMs + 9 * hourMs };
  const early = crossings(around.fromMs, around.toMs);
  const spiked = crossings(spike.fromMs, spike.toMs);
  return [
    ask(
      'How many people came through the gate between 14 and 15?',
      { ...door, ...windowOf(spike) },
      (told) => [
        ...same('known', told.known, 'exactly'),
        ...same('count', told.count, spiked.forward + spiked.backward),
        ...same('forward', told.forward, spiked.forward),
        ...same('looked at', told.looked, ['person', 'person', 'person']),
      ],
    ),
    ask('How many between 2 and 9?', { ...door, ...windowOf(around) }, (told) => [
      ...same('known', told.known, 'at least'),
      ...same('count', told.count, early.forward + early.backward),
      ...same(
        'gaps',
        told.gaps.map(({ from, to }) => [minuteOf(from), minuteOf(to)]),
        [[blind.fromMs, blind.toMs]],
      ),
    ]),
    ask('How many between 2 and 3:30?', { ...door, ...windowOf(blind) }, (told) => [
      ...same('known', told.known, 'not'),
      ...same('count', told.count, undefined),
    ]),
    ask('How many two days later?', { ...door, ...windowOf(later(theDay, 48 * hourMs)) }, (told) =>
      same('known', told.known, 'not'),
    ),
    ask(
      'Which hour was busiest at the loading bay, in Berlin?',
      { ...bay, ...windowOf(later(theDay, -2 * hourMs)), timeZone: 'Europe/Berlin', byHour: true },
      (told) => {
        const starts = Array.from({ length: 24 }, (_, n) => theDay.fromMs + (n - 2) * hourMs);
        const countAt = (fromMs: number) => entries(fromMs, fromMs + hourMs);
        const most = Math.max(...starts.map(countAt));
        const total = starts.reduce((sum, fromMs) => sum + countAt(fromMs), 0);
        return [
          ...same('count', told.count, total),
          ...same('the count of the busiest hour', countAt(Date.parse(told.busiestHour ?? '')), most),
        ];
      },
    ),
  ];
}
