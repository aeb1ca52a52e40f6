import { ProtocolError, type McpServer, type ServerContext } from '@modelcontextprotocol/server';
import { messageOf } from '../domain/errors.ts';
import { clientOf } from './callContext.ts';

/**
 * How a call ended: `refused` with what the agent can mend, `failed` by a defect, `cancelled` by the client; `asked`: it ended with a question
 * to the person, whose answer comes with another call.
 */
type Outcome = 'ok' | 'refused' | 'failed' | 'cancelled' | 'asked';

/** One line of the log. Its names are those of the file: they are documented and stay. */
export interface AuditEntry {
  /** ISO 8601, UTC: when the call came. */
  readonly time: string;
  readonly pid: number;
  readonly transport: 'stdio' | 'http';
  /** As the client calls itself, which proves nothing. */
  readonly client?: { readonly name: string; readonly version?: string };
  /** One of them is given. */
  readonly tool?: string;
  readonly resource?: string;
  readonly prompt?: string;
  readonly arguments?: unknown;
  readonly outcome: Outcome;
  /** Of refused and failed calls. */
  readonly error?: string;
  readonly duration_ms: number;
  /** Of the answer, as JSON. */
  readonly answer_bytes: number;
}

/** Takes the line of a call. Never throws. */
export type Audit = (entry: AuditEntry) => void;

/** What was called and with what. */
type Called = Pick<AuditEntry, 'tool' | 'resource' | 'prompt' | 'arguments'>;

export interface Ended<Result> {
  readonly result: Result;
  readonly outcome: Outcome;
  readonly error?: string;
}

/** Runs a call and notes how it ended, also when it throws. */
export type Recording = <Result>(
  ctx: ServerContext,
  called: Called,
  run: () => Promise<Ended<Result>>,
) => Promise<Result>;

export function recordingTo(
  audit: Audit | undefined,
  server: McpServer,
  transport: AuditEntry['transport'],
): Recording {
  return async (ctx, called, run) => {
    const startedMs = performance.now();
    const time = new Date().toISOString();
    const note = (outcome: Outcome, error: string | undefined, answer: unknown) => {
      const client = clientOf(server, ctx);
      // A client of the older protocol that keeps no session tells its name nowhere else.
      const name = client?.name ?? ctx.http?.req?.headers.get('user-agent') ?? undefined;
      audit?.({
        time,
        pid: process.pid,
        transport,
        ...(name !== undefined && { client: { name, ...(client && { version: client.version }) } }),
        ...called,
        outcome,
        ...(error !== undefined && { error }),
        duration_ms: Number((performance.now() - startedMs).toFixed(1)),
        answer_bytes: answer === undefined ? 0 : Buffer.byteLength(JSON.stringify(answer)),
      });
    };
    try {
      const { result, outcome, error } = await run();
      note(outcome, error, result);
      return result;
    } catch (error) {
      if (ctx.mcpReq.signal.aborted) note('cancelled', undefined, undefined);
      else note(error instanceof ProtocolError ? 'refused' : 'failed', messageOf(error), undefined);
      throw error;
    }
  };
}
