/** Examines scripted agents: each question over MCP, judged by who knows the truth. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../src/domain/errors.ts';
import type { Case, Verdict } from './ask.ts';
import { auditingCases } from './cases/auditing.ts';
import { countingCases } from './cases/counting.ts';
import { flaggingCases } from './cases/flagging.ts';
import { reportingCases } from './cases/reporting.ts';
import { settingUpCases } from './cases/settingUp.ts';
import { summarizingCases } from './cases/summarizing.ts';
import { tracingCases } from './cases/tracing.ts';
import { connectTo } from './program.ts';
import { recorder, type Cost } from './recorder.ts';
import { startIdleStation } from './station.ts';
import { writeWorld, type Truth } from './world.ts';

export interface Examined extends Verdict {
  readonly skill: string;
  readonly question: string;
  readonly costs: readonly Cost[];
}

/** Those that change what is stored come last of their skill, and new lines last of all. */
const casesOf = (truth: Truth): Case[] =>
  [
    ...[countingCases, auditingCases, reportingCases, flaggingCases],
    ...[summarizingCases, tracingCases, settingUpCases],
  ].flatMap((cases) => cases(truth));

/** On the seeded synthetic weeks. */
export async function examineOnWorld(): Promise<Examined[]> {
  const folder = mkdtempSync(join(tmpdir(), 'argus-eval-'));
  try {
    return await examineIn(folder, casesOf(writeWorld(folder)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** On the store of a data folder: one after the other, by one client, as a conversation would. */
export async function examineIn(dataFolder: string, cases: readonly Case[]): Promise<Examined[]> {
  const station = await startIdleStation(dataFolder);
  try {
    const client = await connectTo(dataFolder);
    const examined: Examined[] = [];
    try {
      for (const { skill, question, examine } of cases) {
        const { ask, costs } = recorder(client);
        const verdict = await examine(ask).catch((error: unknown) => ({
          isRight: false,
          reason: messageOf(error),
        }));
        examined.push({ skill, question, ...verdict, costs });
      }
      return examined;
    } finally {
      await client.close();
    }
  } finally {
    await station.stop();
  }
}
