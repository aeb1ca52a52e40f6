import type { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { World } from './contract.ts';
import { StdioTransport } from './stdioTransport.ts';
import { announceTo } from './subscriptions.ts';

/** The first answer does not wait for the database to be opened, ms. */
const firstLookMs = 100;

/**
 * Serves one client on this process's stdin and stdout. Nothing else may write to stdout.
 *
 * @param make called for each connection, once more where the client first looks which protocol is spoken
 * @returns `finished` resolves once stdin has ended and every request before is answered
 */
export function serveMcpOnStdio(
  make: () => McpServer,
  onDefect: (what: string, error: unknown) => void,
  world: World,
): { readonly finished: Promise<void>; close(): Promise<void> } {
  const transport = new StdioTransport(process.stdin, process.stdout);
  const connection = serveStdio(
    ({ era }) => {
      const server = make();
      // The SDK knows what is listened for, and passes on no more than that.
      if (era === 'modern') announceTo(server, world, { afterMs: firstLookMs });
      return server;
    },
    { transport, onerror: (error) => onDefect('stdio', error) },
  );
  return { finished: transport.finished, close: () => connection.close() };
}
