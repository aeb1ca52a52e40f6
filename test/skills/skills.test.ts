import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { tools } from '../../src/mcp/tools/index.ts';

const folder = resolve(import.meta.dirname, '../../skills');

/** The front matter that agentskills.io specifies. */
const frontMatter = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    .max(64),
  description: z.string().min(1).max(1024),
  license: z.string().optional(),
});

describe.each(readdirSync(folder))('the skill %s', (name) => {
  const text = readFileSync(resolve(folder, name, 'SKILL.md'), 'utf8');
  const [, head = '', body = ''] = /^---\n([^]*?)\n---\n([^]*)$/.exec(text) ?? [];

  it('says in its front matter what it is and when to use it', () => {
    expect(frontMatter.parse(parse(head)).name).toBe(name);
  });

  it('has a body of less than 500 lines', () => {
    expect(body.trim()).not.toBe('');
    expect(body.split('\n').length).toBeLessThan(500);
  });

  it('names tools, arguments and fields that exist', () => {
    const known = new Set(
      tools.flatMap((tool) => [tool.name, ...wordsOf(tool.input), ...wordsOf(tool.output)]),
    );
    const code = [...body.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span).join(' ');
    const named = code.match(/[a-z]+(?:_[a-z]+)+/g) ?? [];
    expect(named.filter((word) => tools.some((tool) => tool.name === word))).not.toEqual([]);
    expect(named.filter((word) => !known.has(word))).toEqual([]);
  });
});

/** The names of all properties in a schema. */
function wordsOf(schema: z.ZodType): string[] {
  const words: string[] = [];
  const look = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === 'properties') words.push(...Object.keys(value as object));
      look(value);
    }
  };
  look(z.toJSONSchema(schema, { io: 'input' }));
  return words;
}
