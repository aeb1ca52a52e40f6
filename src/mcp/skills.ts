import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SkillsExtension, skillEntry } from '@modelcontextprotocol/server/ext/skills';

const folder = fileURLToPath(new URL('../../skills/', import.meta.url));
const keptMs = 300_000;

type Entry = Awaited<ReturnType<typeof skillEntry>>;

interface Skill {
  readonly entry: Entry;
  readonly text: string;
}

let skills: Promise<Skill[]> | undefined;
/** Read when somebody asks: most clients do not, and all would wait for it. */
const read = (): Promise<Skill[]> => (skills ??= readAll());

async function readAll(): Promise<Skill[]> {
  const names = (await readdir(folder)).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(folder, name, 'SKILL.md'), 'utf8');
      return { entry: await skillEntry(name, { 'SKILL.md': text }), text };
    }),
  );
}

const skillAt = async (uri: string): Promise<Skill | undefined> =>
  (await read()).find(({ entry }) => entry.uri === uri);

/**
 * The skills that come with the program, as clients read them over MCP (SEP-2640): how to answer well with these tools, step
 * by step.
 */
export const programSkills = new SkillsExtension({
  strict: true,
  cacheHint: { ttlMs: keptMs, cacheScope: 'private' },
  source: {
    list: async () => ({ skills: (await read()).map(({ entry }) => entry) }),
    get: async (uri) => (await skillAt(uri))?.entry,
    read: async (uri) => {
      const skill = await skillAt(uri);
      return skill && { text: skill.text, mimeType: 'text/markdown' };
    },
  },
});
