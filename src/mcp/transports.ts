import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  localhostHostValidation,
  localhostOriginValidation,
  toNodeHandler,
} from '@modelcontextprotocol/node';
import { createMcpHandler, isLegacyRequest, type McpServer } from '@modelcontextprotocol/server';
import type { World } from './contract.ts';
import { createSessions } from './sessions.ts';
import { announceChanges } from './subscriptions.ts';

type OnDefect = (what: string, error: unknown) => void;

export interface McpHttp {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  close(): Promise<void>;
}

/**
 * Answers Streamable HTTP requests of both protocol eras. The older one may keep a session, in which the client can be asked and
 * told something; whoever keeps none is answered all the same. Checks neither who asks nor from where.
 *
 * @param make called for each request of the current protocol, each session, and each older request without one
 * @param world of whose changes clients of the current protocol are told
 */
export function createMcpHttp(make: () => McpServer, onDefect: OnDefect, world?: World): McpHttp {
  const onerror = (error: Error) => onDefect('http', error);
  const sessions = createSessions(make, onerror);
  const sessionless = createMcpHandler(make, { onerror });
  const stop = world && announceChanges(world, (uri) => sessionless.notify.resourceUpdated(uri));
  const node = toNodeHandler(
    {
      fetch: async (request, options) =>
        ((await isLegacyRequest(request)) ? await sessions.answer(request) : undefined) ??
        sessionless.fetch(request, options),
    },
    { onerror },
  );
  return {
    // Node's own types allow an undefined method, which a request that reached a server never has.
    handle: (request, response) =>
      node(request as IncomingMessage & { method: string; url: string }, response),
    close: async () => {
      stop?.();
      await sessions.close();
      await sessionless.close();
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
