import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { noCall, type Background, type Call } from '../../src/mcp/contract.ts';
import { dock, openStore, t0 } from '../store/fixture.ts';
import { record } from './adhocRecording.ts';

/** Threads run from the build alone. */
const built = resolve(import.meta.dirname, '../../dist/mcp/background.js');
const dayMs = 86_400_000;
const question = { camera: 'dock', line: { from: [0.5, 0], to: [0.5, 1] }, evidence_limit: 5 };

async function threadOver(days: number): Promise<Background> {
  if (!existsSync(built)) throw new Error(`${built} is missing: npm run build`);
  const { folder, writer } = openStore();
  for (let day = 0; day < days; day++)
    record(writer, dock, { fromMs: t0 + day * dayMs, toMs: t0 + day * dayMs + 5_000 }, [], []);
  const { createBackground } = (await import(
    pathToFileURL(built).href
  )) as typeof import('../../src/mcp/background.ts');
  return createBackground(() => ({ dataFolder: folder, stillsFolder: folder, timeZone: 'UTC' }));
}

const calling = (change: Partial<Call>): Call => ({ ...noCall, ...change });

it('tells from its thread how far it is, to the end', async () => {
  const thread = await threadOver(3);
  const heard: number[] = [];
  const call = calling({ progress: (done, total) => heard.push(done / total) });
  const { structured } = await thread.answer('count_zone_events', question, call);
  expect(structured).toMatchObject({ count: 0 });
  expect(heard.length).toBeGreaterThan(1);
  expect(heard).toEqual(heard.toSorted((a, b) => a - b));
  expect(heard.at(-1)).toBe(1);
});

it('gives up what is not wanted any more, and answers the next question', async () => {
  const thread = await threadOver(3);
  const cancel = new AbortController();
  const answer = thread.answer(
    'count_zone_events',
    question,
    calling({ signal: cancel.signal, progress: () => cancel.abort() }),
  );
  await expect(answer).rejects.toThrow(/abort/);
  // Nothing is asked for one that is over before it began.
  await expect(
    thread.answer('count_zone_events', question, calling({ signal: cancel.signal })),
  ).rejects.toThrow(/abort/);
  const refusal = thread.answer('count_zone_events', { ...question, camera: 'roof' }, noCall);
  await expect(refusal).rejects.toMatchObject({
    name: 'ArgusError',
    what: 'There is no camera "roof".',
  });
});
