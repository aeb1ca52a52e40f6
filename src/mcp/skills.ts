import { fileURLToPath } from 'node:url';
import { type SkillCatalog } from '@modelcontextprotocol/server/ext/skills';
import { loadSkills } from '@modelcontextprotocol/server/ext/skills/node';

const folder = fileURLToPath(new URL('../../skills/', import.meta.url));
const keptMs = 300_000;

export type Skills = Pick<SkillCatalog, 'attach'>;

/**
 * The skills that come with the program, as clients read them over MCP (SEP-2640): step by step, how to answer well with
 * these tools. Throws SkillCatalogError when one of them is not as agentskills.io has it.
 */
export const programSkills = (): Promise<Skills> =>
  loadSkills(folder, { strict: true, cacheHint: { ttlMs: keptMs, cacheScope: 'private' } });
