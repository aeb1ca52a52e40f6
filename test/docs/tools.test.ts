import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { answersSectionIn } from '../../bench/eval/answersSection.ts';
import { toolCosts, toolsPage } from '../../bench/eval/toolList.ts';

const path = resolve(import.meta.dirname, '../../docs/tools.md');

test('docs/tools.md says what the code says', async () => {
  // What answers cost is compared by test/eval/agents.test.ts.
  const answers = answersSectionIn(readFileSync(path, 'utf8'));
  const page = await format(toolsPage(answers), { ...(await resolveConfig(path)), parser: 'markdown' });
  if (process.env['UPDATE_DOCS']) writeFileSync(path, page);
  expect(readFileSync(path, 'utf8')).toBe(page);
});

test('there are at most 16 tools, and none takes more of a conversation than all are worth', () => {
  const costs = toolCosts();
  expect(costs.length).toBeLessThanOrEqual(16);
  expect(costs.filter(({ model }) => model > 900)).toEqual([]);
});
