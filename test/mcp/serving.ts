import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client as Client2, StreamableHTTPClientTransport as Http2 } from '@modelcontextprotocol/client';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as Http1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import type { AuditEntry } from '../../src/mcp/audit.ts';
import type { Tool, World } from '../../src/mcp/contract.ts';
import { createMcpServer } from '../../src/mcp/server.ts';
import { createMcpHttp } from '../../src/mcp/transports.ts';

export interface Served {
  readonly url: URL;
  readonly audit: AuditEntry[];
  readonly defects: unknown[];
}

/** The MCP endpoint over a world, without a station around it. */
export async function serve(world: World, tools?: readonly Tool[]): Promise<Served> {
  const audit: AuditEntry[] = [];
  const defects: unknown[] = [];
  const options = {
    world,
    version: '0',
    ...(tools && { tools }),
    audit: (entry: AuditEntry) => audit.push(entry),
    onDefect: (_: string, error: unknown) => defects.push(error),
  };
  const mcp = createMcpHttp(() => createMcpServer(options, 'http'), options.onDefect, world);
  const server = createServer((request, response) => void mcp.handle(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    await mcp.close();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`), audit, defects };
}

export type Answering = (question: string) => 'accept' | 'decline' | 'cancel' | { confirm: boolean };

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onprogress?: (progress: { progress: number; total?: number | undefined }) => void;
}

/** What these tests ask of a client of either generation. */
export interface TestClient {
  call(
    name: string,
    args?: Record<string, unknown>,
    options?: CallOptions,
  ): Promise<{ text: string; isError: boolean }>;
}

const resultSchema = z.object({
  content: z.array(z.object({ type: z.literal('text'), text: z.string() })),
  isError: z.boolean().default(false),
});

const told = (result: unknown) => {
  const { content, isError } = resultSchema.parse(result);
  return { text: content.map(({ text }) => text).join('\n'), isError };
};

function responseTo(question: string, answer: Answering) {
  const given = answer(question);
  if (typeof given === 'object') return { action: 'accept' as const, content: { ...given } };
  return given === 'accept' ? { action: given, content: { confirm: true } } : { action: given };
}

/** With the current protocol. `answer`: what the person says; absent: the client cannot ask. */
export async function client2({ url }: Served, answer?: Answering): Promise<TestClient & { raw: Client2 }> {
  const client = new Client2(
    { name: 'test-2', version: '2.0' },
    { capabilities: { ...(answer && { elicitation: {} }) }, versionNegotiation: { mode: 'auto' } },
  );
  if (answer)
    client.setRequestHandler('elicitation/create', ({ params }) => responseTo(params.message, answer));
  await client.connect(new Http2(url));
  onTestFinished(() => client.close());
  return {
    raw: client,
    call: async (name, args = {}, options = {}) =>
      told(await client.callTool({ name, arguments: args }, options)),
  };
}

/** With sessions, as until 2025-11-25. */
export async function client1({ url }: Served, answer?: Answering): Promise<TestClient & { raw: Client1 }> {
  const client = new Client1(
    { name: 'test-1', version: '1.0' },
    { capabilities: { ...(answer && { elicitation: {} }) } },
  );
  if (answer)
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => responseTo(params.message, answer));
  await client.connect(new Http1(url));
  onTestFinished(() => client.close());
  return {
    raw: client,
    call: async (name, args = {}, options = {}) =>
      told(await client.callTool({ name, arguments: args }, undefined, options)),
  };
}
