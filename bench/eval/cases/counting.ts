import { countAtPlace, type Counted, type CountQuestion } from '../agents/countingZoneEvents.ts';
import { caseOf, same, type Case } from '../ask.ts';
import { theDayMs, type Truth } from '../world.ts';
import { hours } from './times.ts';

const skill = 'counting-zone-events';
const hourMs = 3_600_000;
const door = { camera: 'Front gate', place: 'Door', timeZone: 'UTC', classes: ['person'] };
const bay = { camera: 'Loading dock', place: 'Loading bay', timeZone: 'UTC', classes: ['person'] };

export function countingCases({ spike, blind, crossings, entries }: Truth): Case[] {
  const ask = (question: string, asked: CountQuestion, judge: (told: Counted) => string[]) =>
    caseOf(skill, question, countAtPlace, asked, judge);
  const day = { fromMs: theDayMs, toMs: theDayMs + 24 * hourMs };
  const around = { fromMs: blind.fromMs, toMs: theDayMs + 9 * hourMs };
  const early = crossings(around.fromMs, around.toMs);
  const spiked = crossings(spike.fromMs, spike.toMs);
  return [
    ask('How many people came through the gate between 14 and 15?', { ...door, ...hours(spike) }, (told) => [
      ...same('known', told.known, 'exactly'),
      ...same('count', told.count, spiked.forward + spiked.backward),
      ...same('forward', told.forward, spiked.forward),
      ...same('looked at', told.looked, ['person', 'person', 'person']),
    ]),
    ask('How many between 2 and 9?', { ...door, ...hours(around) }, (told) => [
      ...same('known', told.known, 'at least'),
      ...same('count', told.count, early.forward + early.backward),
      ...same(
        'gaps',
        told.gaps.map(({ from, to }) => [minute(from), minute(to)]),
        [[blind.fromMs, blind.toMs]],
      ),
    ]),
    ask('How many between 2 and 3:30?', { ...door, ...hours(blind) }, (told) => [
      ...same('known', told.known, 'not'),
      ...same('count', told.count, undefined),
    ]),
    ask('How many two days later?', { ...door, ...hours(later(day, 48 * hourMs)) }, (told) =>
      same('known', told.known, 'not'),
    ),
    ask(
      'Which hour was busiest at the loading bay, in Berlin?',
      { ...bay, ...hours(later(day, -2 * hourMs)), timeZone: 'Europe/Berlin', byHour: true },
      (told) => {
        const starts = Array.from({ length: 24 }, (_, n) => day.fromMs + (n - 2) * hourMs);
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

const later = ({ fromMs, toMs }: { fromMs: number; toMs: number }, byMs: number) => ({
  fromMs: fromMs + byMs,
  toMs: toMs + byMs,
});

const minute = (time: string): number => Math.round(Date.parse(time) / 60_000) * 60_000;
