import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type ClientCapabilities,
  type Implementation,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Call } from './contract.ts';

/** A client draws a bar; more than this is only traffic, ms. */
const progressEveryMs = 100;

/* What a request tells of its client: with the current protocol in the request itself, before that at the beginning of the connection. */

/* eslint-disable @typescript-eslint/no-deprecated -- the only place where the older protocol has it */
export const clientOf = (server: McpServer, ctx: ServerContext): Implementation | undefined =>
  envelopeOf(ctx)?.[CLIENT_INFO_META_KEY] ?? server.server.getClientVersion();

export const capabilitiesOf = (server: McpServer, ctx: ServerContext): ClientCapabilities | undefined =>
  envelopeOf(ctx)?.[CLIENT_CAPABILITIES_META_KEY] ?? server.server.getClientCapabilities();
/* eslint-enable @typescript-eslint/no-deprecated */

/** Checked by the SDK, whose type of it has none of the keys. */
const envelopeOf = (ctx: ServerContext): Envelope | undefined => ctx.mcpReq.envelope;

interface Envelope {
  readonly [CLIENT_INFO_META_KEY]?: Implementation;
  readonly [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities;
}

/** Tells the client of progress where it asked to be told; progress that does not go on is not sent, as the protocol wants it. */
export function progressTo(ctx: ServerContext, now = () => performance.now()): Call['progress'] {
  const progressToken = ctx.mcpReq._meta?.progressToken;
  if (progressToken === undefined) return () => undefined;
  let last = -Infinity;
  let lastMs = -Infinity;
  return (progress, total, message) => {
    const isOver = ctx.mcpReq.signal.aborted;
    if (isOver || progress <= last || (progress < total && now() - lastMs < progressEveryMs)) return;
    [last, lastMs] = [progress, now()];
    const params = { progressToken, progress, total, message };
    // A client that went away misses nothing.
    ctx.mcpReq.notify({ method: 'notifications/progress', params }).catch(() => undefined);
  };
}
