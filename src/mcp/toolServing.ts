import type {
  CallToolResult,
  InputRequiredResult,
  McpServer,
  ServerContext,
  StandardSchemaWithJSON,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import { ArgusError, messageOf } from '../domain/errors.ts';
import type { Ended, Recording } from './audit.ts';
import { capabilitiesOf, progressTo } from './callContext.ts';
import { confirming, Question } from './confirmation.ts';
import type { Call, Tool, ToolAnswer, World } from './contract.ts';
import { toldInput, toldOutput } from './listing.ts';
import { quoted } from './quoted.ts';
import { readArguments } from './readArguments.ts';

export interface Serving {
  readonly world: World;
  readonly tools: readonly Tool[];
  readonly record: Recording;
  /** Told of defects; what the agent can mend goes into the answer instead. */
  readonly onDefect: (what: string, error: unknown) => void;
}

export function registerTools(server: McpServer, serving: Serving): void {
  const mayWrite = serving.world.mayWrite === true;
  for (const tool of serving.tools) {
    const { inputSchema, outputSchema } = schemasOf(tool);
    const annotations = {
      readOnlyHint: tool.writes !== true || !mayWrite,
      destructiveHint: tool.deletes === true && mayWrite,
      idempotentHint: true,
      openWorldHint: false,
    };
    const config = {
      title: tool.title,
      description: tool.description,
      inputSchema,
      outputSchema,
      annotations,
    };
    server.registerTool(tool.name, config, (input, ctx) => {
      const called = { tool: tool.name, arguments: input };
      return serving.record(ctx, called, () => answer(server, tool, input, ctx, serving));
    });
  }
}

type Schema = StandardSchemaWithJSON<unknown, unknown>;

interface Schemas {
  /** Describes the input, and lets everything through. */
  readonly inputSchema: Schema;
  readonly outputSchema: Schema;
  readonly input: z.ZodObject;
}

/** Servers are made for each HTTP request; the schemas are the same in all. */
const schemas = new WeakMap<Tool, Schemas>();

/**
 * The input is checked here and not by the SDK, which would answer wrong input without this program knowing: it would be missing
 * in the audit log, and the agent would not be told what to do next.
 */
function schemasOf(tool: Tool): Schemas {
  const known = schemas.get(tool);
  if (known) return known;
  const input = tool.input.strict();
  const made = {
    inputSchema: toldAs(
      () => toldInput(input),
      (value) => ({ value }),
    ),
    outputSchema: toldAs(
      () => toldOutput(tool.output),
      (value) => tool.output['~standard'].validate(value),
    ),
    input,
  };
  schemas.set(tool, made);
  return made;
}

type Standard = Schema['~standard'];

/** A schema that is told as `tell` says, made when it is first asked for, and checked by `validate`. */
function toldAs(tell: () => Record<string, unknown>, validate: Standard['validate']): Schema {
  let told: Record<string, unknown> | undefined;
  const json = () => (told ??= tell());
  return {
    '~standard': { version: 1, vendor: 'argus', validate, jsonSchema: { input: json, output: json } },
  };
}

async function answer(
  server: McpServer,
  tool: Tool,
  given: unknown,
  ctx: ServerContext,
  { world, onDefect }: Serving,
): Promise<Ended<CallToolResult | InputRequiredResult>> {
  const { confirm, ask } = confirming(ctx, capabilitiesOf(server, ctx), tool.name, given);
  const call: Call = { signal: ctx.mcpReq.signal, progress: progressTo(ctx), confirm };
  try {
    const input = inputOf(tool, given);
    return { result: resultOf(await handle(tool, input, world, call)), outcome: 'ok' };
  } catch (error) {
    if (error instanceof Question) return { result: await ask(error), outcome: 'asked' };
    // Nobody reads the answer.
    if (call.signal.aborted) throw error;
    const isRefusal = error instanceof ArgusError;
    if (!isRefusal) onDefect(tool.name, error);
    const text = isRefusal ? error.message : `Argus failed: ${quoted(messageOf(error), 400)}`;
    return {
      result: { isError: true, content: [{ type: 'text', text }] },
      outcome: isRefusal ? 'refused' : 'failed',
      error: text,
    };
  }
}

/** What is given may be of any length. */
const longestProblem = 200;

function inputOf(tool: Tool, given: unknown): Record<string, unknown> {
  const { input } = schemasOf(tool);
  const parsed = input.safeParse(readArguments(input, given));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .slice(0, 5)
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .map((problem) => (problem.length > longestProblem ? `${problem.slice(0, longestProblem)}…` : problem));
  throw new ArgusError(
    `Invalid arguments for ${tool.name}: ${problems.join('; ')}.`,
    `It takes: ${Object.keys(tool.input.shape).join(', ')}.`,
  );
}

async function handle(tool: Tool, input: Record<string, unknown>, world: World, call: Call) {
  await tool.change?.(input, world, call);
  if (!tool.readsMuch || !world.background) return tool.handle(input, world, call);
  // This thread knows best why there is nothing to read yet.
  world.reader();
  return world.background.answer(tool.name, input, call);
}

function resultOf({
  structured,
  text,
  pictures = [],
  links = [],
}: ToolAnswer<Record<string, unknown>>): CallToolResult {
  return {
    content: [
      { type: 'text', text },
      ...pictures.map((picture) => ({
        type: 'image' as const,
        data: picture.toString('base64'),
        mimeType: mimeTypeOf(picture),
      })),
      ...links.map((link) => ({ type: 'resource_link' as const, ...link })),
    ],
    structuredContent: structured,
  };
}

/** PNG begins with 0x89, JPEG with 0xff. */
const mimeTypeOf = (picture: Buffer): string => (picture[0] === 0x89 ? 'image/png' : 'image/jpeg');
