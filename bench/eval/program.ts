/** The built program, asked over MCP on stdin and stdout. */
import { resolve } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const program = resolve(import.meta.dirname, '../../dist/cli.js');

/** `argus mcp --allow-write` on a data folder, in UTC, whatever the machine's time zone and settings. */
export async function connectTo(dataFolder: string): Promise<Client> {
  const inherited = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || name.startsWith('ARGUS_') ? [] : [[name, value] as const],
  );
  const client = new Client(
    { name: 'scripted agent', version: '0' },
    { versionNegotiation: { mode: 'auto' } },
  );
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [program, 'mcp', '--allow-write', '--data', dataFolder],
      // No configuration of the user's is found in an empty place.
      cwd: dataFolder,
      env: { ...Object.fromEntries(inherited), TZ: 'UTC', XDG_CONFIG_HOME: dataFolder },
      stderr: 'ignore',
    }),
  );
  return client;
}
