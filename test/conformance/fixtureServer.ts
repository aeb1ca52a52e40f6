import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequestStateCodec, McpServer, ResourceTemplate } from '@modelcontextprotocol/server';
import { createLocalOnlyGuard, createMcpHttp } from '../../src/mcp/transports.ts';
import { registerAskingTools } from './askingTools.ts';
import { registerFixturePrompts } from './fixturePrompts.ts';
import { png } from './media.ts';
import { registerPlainTools } from './plainTools.ts';

/* The server that the conformance suite asks, with the tools, resources and prompts that it knows by name. What it tests is beneath them:
 * Argus's own transport and guard. */

export interface FixtureServer {
  readonly url: string;
  close(): Promise<void>;
}

export async function startFixtureServer(): Promise<FixtureServer> {
  const mcp = createMcpHttp(makeServer, () => undefined);
  const guard = createLocalOnlyGuard();
  const server = createServer((request, response) => {
    if (guard(request, response)) void mcp.handle(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/mcp`,
    close: async () => {
      await mcp.close();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

const states = createRequestStateCodec<string>({
  key: 'a key of the fixture, which nobody else needs to know',
});

function makeServer(): McpServer {
  const server = new McpServer(
    { name: 'argus-conformance-fixture', version: '1.0.0' },
    {
      capabilities: {
        tools: { listChanged: false },
        prompts: { listChanged: false },
        resources: { subscribe: true, listChanged: false },
        completions: {},
        logging: {},
      },
      requestState: { verify: (state, ctx) => states.verify(state, ctx) },
    },
  );
  registerPlainTools(server);
  registerAskingTools(server, states);
  registerFixturePrompts(server);
  registerResources(server);
  server.server.setRequestHandler('resources/subscribe', () => ({}));
  server.server.setRequestHandler('resources/unsubscribe', () => ({}));
  return server;
}

function registerResources(server: McpServer): void {
  const text = (uri: string, words: string) => ({ contents: [{ uri, mimeType: 'text/plain', text: words }] });
  server.registerResource(
    'static-text',
    'test://static-text',
    { description: 'Text', mimeType: 'text/plain' },
    ({ href }) => text(href, 'This is the content of the static text resource.'),
  );
  server.registerResource(
    'static-binary',
    'test://static-binary',
    { description: 'A picture', mimeType: 'image/png' },
    ({ href }) => ({ contents: [{ uri: href, mimeType: 'image/png', blob: png }] }),
  );
  server.registerResource(
    'watched',
    'test://watched-resource',
    { description: 'Can be subscribed to', mimeType: 'text/plain' },
    ({ href }) => text(href, 'Watched.'),
  );
  server.registerResource(
    'template',
    new ResourceTemplate('test://template/{id}/data', { list: undefined }),
    { description: 'By id', mimeType: 'application/json' },
    ({ href }, { id }) => ({
      contents: [
        {
          uri: href,
          mimeType: 'application/json',
          text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${String(id)}` }),
        },
      ],
    }),
  );
}
