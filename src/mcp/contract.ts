import type { z } from 'zod';
import { ArgusError } from '../domain/errors.ts';
import type { LiveStation } from '../domain/live.ts';
import type { Reader } from '../store/reader.ts';

/** What tools answer from. They know neither the SDK nor the transport. */
export interface World {
  /** Read-only view of the database. Throws ArgusError while there is none. */
  reader(): Reader;
  /** The running station, or undefined when none runs: then only the past can be asked about. */
  live(): Promise<LiveStation | undefined>;
  /** Reads a stored still; the path is relative to the stills folder. Throws ArgusError when the file is gone. */
  readStill(path: string): Promise<Buffer>;
  readonly now: () => number;
  /** IANA name, for arguments without one. */
  readonly timeZone: string;
  /** Where tools that read much are run; absent: in this thread. */
  readonly background?: Background;
  /** Whether tools may change what is stored; absent: they only read. */
  readonly mayWrite?: boolean;
}

/** Of one call of a tool. */
export interface Call {
  /** Aborted when the asker does not want the answer any more. */
  readonly signal: AbortSignal;
  /** Tells the asker how far a long answer is: `done` of `total`, in any unit. */
  progress(done: number, total: number, message: string): void;
  /**
   * Asks the person behind the client before something is changed. `agreed` or `declined` as they said; `unasked` where
   * the client cannot ask: then its own permission for a tool that writes has to do.
   */
  confirm(question: string): Promise<'agreed' | 'declined' | 'unasked'>;
}

/** Of a call that nobody waits for or can be asked about. */
export const noCall: Call = {
  signal: new AbortController().signal,
  progress: () => undefined,
  confirm: () => Promise.resolve('unasked'),
};

/** Throws ArgusError where tools may only read. `what` completes "…: this server only reads." */
export function requireWrite(world: World, what: string): void {
  if (world.mayWrite === true) return;
  throw new ArgusError(
    `${what}: this server only reads.`,
    'The user can allow it by starting "argus mcp" or "argus serve" with --allow-write.',
  );
}

/** Runs tools by name, away from the thread that serves MCP. */
export interface Background {
  /** Rejects as the tool's `handle` does. */
  answer(tool: string, input: Record<string, unknown>): Promise<ToolAnswer<Record<string, unknown>>>;
}

export interface ToolAnswer<Structured> {
  readonly structured: Structured;
  /** The answer in a few lines, for whoever does not read structured content. */
  readonly text: string;
  /** JPEG or PNG. */
  readonly pictures?: readonly Buffer[];
  readonly links?: readonly { readonly uri: string; readonly name: string; readonly mimeType: string }[];
}

/** A tool is data; `handle` throws ArgusError for everything the agent can mend. */
export interface Tool<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: Input;
  readonly output: Output;
  /** It may read much, and asks the world for nothing but database, stills, clock and time zone, so it can run elsewhere. */
  readonly readsMuch?: boolean;
  /** With some inputs it changes what is stored, through the station; it calls `requireWrite` before. */
  readonly writes?: boolean;
  /** What it changes may delete something. */
  readonly deletes?: boolean;
  /** What is to be changed before `handle`, of a tool that writes and reads much: run where the station can be asked. */
  change?(input: z.output<Input>, world: World, call?: Call): Promise<void>;
  handle(
    input: z.output<Input>,
    world: World,
    call?: Call,
  ): ToolAnswer<z.input<Output>> | Promise<ToolAnswer<z.input<Output>>>;
}

/** Infers the types of a tool's handler from its schemas. */
export const defineTool = <Input extends z.ZodObject, Output extends z.ZodObject>(
  tool: Tool<Input, Output>,
): Tool<Input, Output> => tool;
