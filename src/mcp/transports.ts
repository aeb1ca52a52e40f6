import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  localhostHostValidation,
  localhostOriginValidation,
  toNodeHandler,
} from '@modelcontextprotocol/node';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { createMcpServer, type ServerOptions } from './server.ts';
import { announceFirings, announceTo } from './subscriptions.ts';

/** Serves one client on this process's stdin and stdout, until stdin ends. Nothing else may write to stdout. */
export function serveMcpOnStdio(options: ServerOptions): { close(): Promise<void> } {
  return serveStdio(
    ({ era }) => {
      const server = createMcpServer(options);
      // The SDK knows what is listened for, and passes on no more than that.
      if (era === 'modern') announceTo(server, options.world);
      return server;
    },
    { onerror: (error) => options.onDefect('stdio', error) },
  );
}

export interface McpHttp {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  close(): Promise<void>;
}

/** Answers Streamable HTTP requests of both protocol eras. Checks neither who asks nor from where. */
export function createMcpHttp(options: ServerOptions): McpHttp {
  const handler = createMcpHandler(() => createMcpServer(options), {
    onerror: (error) => options.onDefect('http', error),
  });
  const node = toNodeHandler(handler);
  const stop = announceFirings(options.world, (uri) => handler.notify.resourceUpdated(uri));
  return {
    // Node's own types allow an undefined method, which a request that reached a server never has.
    handle: (request, response) =>
      node(request as IncomingMessage & { method: string; url: string }, response),
    close: () => {
      stop();
      return handler.close();
    },
  };
}

/**
 * Refuses requests that a web page made the browser send: a Host or Origin that is not this machine (DNS rebinding).
 * Answers 403 itself and returns false.
 */
export function createLocalOnlyGuard(): (request: IncomingMessage, response: ServerResponse) => boolean {
  const hostIsLocal = localhostHostValidation();
  const originIsLocal = localhostOriginValidation();
  return (request, response) => hostIsLocal(request, response) && originIsLocal(request, response);
}
