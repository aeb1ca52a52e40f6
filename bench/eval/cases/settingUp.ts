import { setUp, type SetUp, type SetUpQuestion } from '../agents/settingUpZones.ts';
import { caseOf, same, type Case } from '../ask.ts';
import type { Truth } from '../world.ts';
import { theDay, windowOf } from './times.ts';

const skill = 'setting-up-zones';

export function settingUpCases({ crossings, entries }: Truth): Case[] {
  const ask = (question: string, asked: SetUpQuestion, judge: (told: SetUp) => string[]) =>
    caseOf(skill, question, setUp, asked, judge);
  const day = windowOf(theDay);
  const { forward, backward } = crossings(theDay.fromMs, theDay.toMs);
  const stays = entries(theDay.fromMs, theDay.toMs);
  const asked = { ...day, userAgrees: true };
  const drafted = (told: SetUp, truth: number) => [
    ...same('would have counted', told.wouldHaveCounted, truth),
    ...same('warnings', told.warnings, []),
    ...same('examples there', told.examplesThere, told.examples),
    ...same('examples', told.examples > 0, true),
  ];
  return [
    ask(
      'Count at the front gate. (The user does not like the line.)',
      { ...asked, camera: 'Front gate', name: 'Way', kind: 'line', userAgrees: false },
      (told) => [...drafted(told, forward + backward), ...same('id', told.id, undefined)],
    ),
    ask(
      'Count who passes the front gate.',
      { ...asked, camera: 'Front gate', name: 'Way', kind: 'line' },
      (told) => [...drafted(told, forward + backward), ...same('counted', told.counted, forward + backward)],
    ),
    ask(
      'Watch where they stand at the dock.',
      { ...asked, camera: 'Loading dock', name: 'Standing place', kind: 'zone' },
      (told) => [...drafted(told, stays), ...same('counted', told.counted, stays)],
    ),
  ];
}
