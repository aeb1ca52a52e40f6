import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { startFixtureServer, type FixtureServer } from './fixtureServer.ts';

const root = resolve(import.meta.dirname, '../..');

/** The official suite for the protocol until 2025-11-25, and a later one that knows what 2026-07-28 requires. */
const suites = {
  until2025: 'node_modules/@modelcontextprotocol/conformance/dist/index.js',
  from2026: 'node_modules/mcp-conformance-2026/dist/index.js',
};

/** What the revision required when it was published. */
const frozen = resolve(root, 'node_modules/mcp-conformance-2026/requirements/2026-07-28.yaml');
const requirements = z.object({ server: z.array(z.string()) });

/** What the suite prints at its end, and its exit code. */
async function run(suite: string, args: readonly string[]): Promise<{ code: number; said: string }> {
  const shim = resolve(root, 'scripts/globSyncOnNode20.mjs');
  const child = spawn(process.execPath, ['--import', shim, resolve(root, suite), 'server', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  await once(child, 'close');
  return { code: child.exitCode ?? -1, said: (await said).join('\n') };
}

describe('the transport that Argus serves MCP on, by the official suite', { timeout: 120_000 }, () => {
  let server: FixtureServer;
  beforeAll(async () => {
    server = await startFixtureServer();
  });
  afterAll(() => server.close());

  it('passes every check of the protocol until 2025-11-25', async () => {
    const { code, said } = await run(suites.until2025, ['--url', server.url]);
    expect(said).toContain('Total: 40 passed, 0 failed');
    expect(code).toBe(0);
  });

  it('passes those too that the suite does not ask for unless told', async () => {
    const { said } = await run(suites.until2025, ['--url', server.url, '--suite', 'all']);
    expect(said).toContain('Total: 44 passed, 0 failed');
  });

  it('passes every scenario that 2026-07-28 requires, also that of foreign hosts and origins', async () => {
    const { code, said } = await run(suites.from2026, ['--url', server.url, '--requirements', '2026-07-28']);
    const passed = new Set(
      Array.from(said.matchAll(/✓ (\S+): [1-9]\d* passed, 0 failed/g), ([, name]) => name),
    );
    const required = requirements.parse(parse(readFileSync(frozen, 'utf8'))).server;
    expect(required).toHaveLength(37);
    expect(required).toContain('dns-rebinding-protection');
    expect(required.filter((name) => !passed.has(name))).toEqual([]);
    expect(code).toBe(0);
  });
});
