import { audit, type Audited, type AuditQuestion } from '../agents/auditingCounts.ts';
import { caseOf, same, type Case } from '../ask.ts';
import type { Truth } from '../world.ts';
import { windowOf } from './times.ts';

const skill = 'auditing-counts';

export function auditingCases({ passages, audited, spike, blind }: Truth): Case[] {
  const of = (fromMs: number, toMs: number) =>
    passages.filter((one) => one.camera === 'gate' && one.fromMs >= fromMs && one.fromMs < toMs);
  const ask = (
    question: string,
    window: { fromMs: number; toMs: number },
    judge: (told: Audited) => string[],
  ) => {
    const asked: AuditQuestion = { camera: 'gate', line: 'door', ...windowOf(window) };
    return caseOf(skill, question, audit, asked, judge);
  };
  const inAudited = of(audited.fromMs, audited.toMs);
  const bushes = inAudited.filter(({ is }) => is === 'bush').length;
  return [
    ask('How good is the count of 10 to 11 at the door?', audited, (told) => [
      ...same('decided', told.decided, inAudited.length),
      ...same('right', told.right, inAudited.length - bushes),
      ...same('wrong ones', told.wrong, ['bush']),
      ...same('counted twice, maybe', told.doubtful, 0),
      ...contains(told, (inAudited.length - bushes) / inAudited.length),
    ]),
    ask('And that of 14 to 15?', spike, (told) => [
      ...same('counted', told.counted, of(spike.fromMs, spike.toMs).length),
      ...same('right of decided', told.right, told.decided),
      ...same('decided', told.decided, 20),
      ...contains(told, 1),
    ]),
    ask('How good is the count of last night, 02:00 to 03:30?', blind, (told) => [
      ...same('decided', told.decided, 0),
      ...same('interval', told.interval, undefined),
      ...same('share watched', told.shareWatched, 0),
    ]),
  ];
}

/** The interval is to hold the precision, and to be one that says something. */
function contains({ interval: [low, high] = [NaN, NaN] }: Audited, precision: number): string[] {
  return low <= precision && precision <= high && high - low < 0.4
    ? []
    : [`the precision is ${precision}, not from ${low} to ${high}`];
}
