import type { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';

/**
 * Serves one client on this process's stdin and stdout, until stdin ends. Nothing else may write to stdout.
 *
 * @param make called for each connection, once more where the client first looks which protocol is spoken
 */
export function serveMcpOnStdio(
  make: () => McpServer,
  onDefect: (what: string, error: unknown) => void,
): { close(): Promise<void> } {
  return serveStdio(make, { onerror: (error) => onDefect('stdio', error) });
}
