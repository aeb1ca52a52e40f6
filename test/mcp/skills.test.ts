import { readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { SkillsClient } from '@modelcontextprotocol/client/ext/skills';
import { expect, it } from 'vitest';
import { openStore, t0 } from '../store/fixture.ts';
import { worldOf } from './adhocRecording.ts';
import { client2, serve } from './serving.ts';

const folder = resolve(import.meta.dirname, '../../skills');

it('a client finds every skill over MCP, and reads in it what its file says', async () => {
  const { reader } = openStore();
  const { raw: client } = await client2(await serve(worldOf(reader, t0)));
  const served = new SkillsClient(client);
  const { skills } = await served.list();
  expect(skills.map(({ uri }) => uri).sort()).toEqual(
    readdirSync(folder).map((name) => `skill://${name}/SKILL.md`),
  );
  for (const skill of skills) {
    const file = await served.read(skill);
    const name = skill.uri.split('/').at(-2) ?? '';
    expect(file).toMatchObject({ text: readFileSync(resolve(folder, name, 'SKILL.md'), 'utf8') });
  }
});
