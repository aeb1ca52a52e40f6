import { randomUUID } from 'node:crypto';
import {
  isInitializeRequest,
  WebStandardStreamableHTTPServerTransport,
  type McpServer,
} from '@modelcontextprotocol/server';
import { createResumption } from './resumption.ts';

/** Clients on one machine that are open at once are fewer; of those that never said goodbye the oldest go. */
const mostSessions = 64;
/** When a connection broke, the client is told to come back after this, ms. */
const retryMs = 1_000;

export interface Sessions {
  /** Undefined: the request belongs to no session and begins none. */
  answer(request: Request): Promise<Response | undefined>;
  close(): Promise<void>;
}

/**
 * Sessions of the protocol until 2025-11-25: `initialize` begins one, and what the client sends in it names it. It has one server,
 * so a tool can ask the person there, and a connection that broke can be taken up again.
 */
export function createSessions(make: () => McpServer, onerror: (error: Error) => void): Sessions {
  /** The one used last is the last. */
  const open = new Map<string, WebStandardStreamableHTTPServerTransport>();

  async function begin(): Promise<WebStandardStreamableHTTPServerTransport> {
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: createResumption(),
      retryInterval: retryMs,
      onsessioninitialized: async (id) => {
        open.set(id, transport);
        const [oldest] = open.values();
        if (open.size > mostSessions) await oldest?.close();
      },
    });
    const server = make();
    await server.connect(transport);
    // Connecting took the callbacks for the server.
    const { onclose } = transport;
    transport.onclose = () => {
      if (transport.sessionId !== undefined) open.delete(transport.sessionId);
      onclose?.();
    };
    transport.onerror = onerror;
    return transport;
  }

  function find(id: string): WebStandardStreamableHTTPServerTransport | undefined {
    const transport = open.get(id);
    if (!transport) return undefined;
    open.delete(id);
    open.set(id, transport);
    return transport;
  }

  return {
    answer: async (request) => {
      const id = request.headers.get('mcp-session-id');
      if (id !== null) return (await find(id)?.handleRequest(request)) ?? unknown();
      if (request.method !== 'POST' || !(await begins(request.clone()))) return undefined;
      return (await begin()).handleRequest(request);
    },
    close: async () => {
      await Promise.all([...open.values()].map((transport) => transport.close()));
    },
  };
}

async function begins(request: Request): Promise<boolean> {
  try {
    const body: unknown = await request.json();
    return (Array.isArray(body) ? body : [body]).some((message) => isInitializeRequest(message));
  } catch {
    // Not JSON, which is for the SDK to say.
    return false;
  }
}

/** As the protocol has it: the client begins anew. */
const unknown = (): Response =>
  Response.json(
    {
      jsonrpc: '2.0',
      error: { code: -32_001, message: 'There is no such session: initialize again.' },
      id: null,
    },
    { status: 404 },
  );
