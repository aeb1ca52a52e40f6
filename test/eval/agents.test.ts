import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { answersSection, answersSectionIn } from '../../bench/eval/answersSection.ts';
import { examineOnWorld } from '../../bench/eval/examine.ts';
import { examineOnFootage, footageMissing } from '../../bench/eval/footage.ts';

const path = resolve(import.meta.dirname, '../../docs/tools.md');
const missing = footageMissing();

describe('scripted agents that follow the skills', { timeout: 240_000 }, () => {
  it('conclude what is true of the synthetic weeks, at the cost that docs/tools.md tells', async () => {
    const examined = await examineOnWorld();
    expect(examined.filter(({ isRight }) => !isRight)).toEqual([]);
    const tooLong = examined.flatMap(({ costs }) => costs).filter(({ tokens }) => tokens > 2000);
    expect(tooLong).toEqual([]);

    const page = readFileSync(path, 'utf8');
    const style = { ...(await resolveConfig(path)), parser: 'markdown' };
    const section = (await format(answersSection(examined), style)).trim();
    if (process.env['UPDATE_DOCS'])
      writeFileSync(
        path,
        page.replace(answersSectionIn(page), () => section),
      );
    expect(answersSectionIn(readFileSync(path, 'utf8'))).toBe(section);
  });

  it.skipIf(missing)(`conclude what is true of real footage${missing ? ` (${missing})` : ''}`, async () => {
    const examined = await examineOnFootage();
    expect(examined.filter(({ isRight }) => !isRight)).toEqual([]);
  });
});
