import type { z } from 'zod';
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
  /** It may read much, and asks the world for nothing but database, clock and time zone, so it can run elsewhere. */
  readonly readsMuch?: boolean;
  /** It changes what is stored, through the station. */
  readonly writes?: boolean;
  handle(
    input: z.output<Input>,
    world: World,
  ): ToolAnswer<z.input<Output>> | Promise<ToolAnswer<z.input<Output>>>;
}

/** Infers the types of a tool's handler from its schemas. */
export const defineTool = <Input extends z.ZodObject, Output extends z.ZodObject>(
  tool: Tool<Input, Output>,
): Tool<Input, Output> => tool;
