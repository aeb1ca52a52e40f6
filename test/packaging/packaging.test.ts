import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { version } from '../../src/commands/version.ts';
import { tools } from '../../src/mcp/tools/index.ts';
import { temporaryFolder } from '../store/fixture.ts';

const root = resolve(import.meta.dirname, '../..');
const launcher = resolve(root, 'packaging/mcpb/launch.mjs');
const named = z.object({ name: z.string(), version: z.string() });
const read = (path: string): unknown => JSON.parse(readFileSync(resolve(root, path), 'utf8'));

describe('the bundle for Claude Desktop', () => {
  it('has a manifest that mcpb accepts, of this version', () => {
    const mcpb = resolve(root, 'node_modules/@anthropic-ai/mcpb/dist/cli/cli.js');
    const { status, stdout } = spawnSync(
      process.execPath,
      [mcpb, 'validate', 'packaging/mcpb/manifest.json'],
      {
        cwd: root,
        encoding: 'utf8',
      },
    );
    expect([status, stdout]).toEqual([0, expect.stringContaining('passes') as string]);
    expect(named.parse(read('packaging/mcpb/manifest.json'))).toMatchObject({ name: 'argus', version });
  });

  it('starts the Argus of the folder named in its settings; what was left empty does not count', async () => {
    const client = new Client({ name: 'test', version: '0' });
    onTestFinished(() => client.close());
    const settings = { ARGUS_FOLDER: root, ARGUS_NODE: process.execPath, ARGUS_ALLOW_WRITE: 'false' };
    const env = { ...settings, ARGUS_CONFIG: '${user_config.config}', ARGUS_DATA: temporaryFolder() };
    await client.connect(
      new StdioClientTransport({ command: process.execPath, args: [launcher], env, stderr: 'ignore' }),
    );
    const listed = (await client.listTools()).tools.map(({ name }) => name);
    expect(listed).toEqual(tools.map(({ name }) => name));
  });

  it('says what to do where no Argus is set up', () => {
    const { status, stderr } = spawnSync(process.execPath, [launcher], {
      env: { ARGUS_FOLDER: temporaryFolder() },
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([1, expect.stringMatching(/npm run setup.*settings/) as string]);
  });
});

describe('the plugin for Claude Code', () => {
  it('is of this version and has the skills, and a server to start', () => {
    expect(named.parse(read('.claude-plugin/plugin.json'))).toEqual(
      expect.objectContaining({ name: 'argus', version }) as unknown,
    );
    expect(readdirSync(resolve(root, 'skills')).length).toBeGreaterThan(0);
    expect(read('.mcp.json')).toEqual({ mcpServers: { argus: { command: 'argus', args: ['mcp'] } } });
    expect(read('package.json')).toMatchObject({ bin: { argus: 'dist/cli.js' } });
  });
});
