import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  inputRequired,
  type CallToolResult,
  type ClientCapabilities,
  type InputRequest,
  type McpServer,
  type RequestStateCodec,
  type ServerContext,
  type ToolCallback,
} from '@modelcontextprotocol/server';
import { z } from 'zod';

const words = (text: string): CallToolResult => ({ content: [{ type: 'text', text }] });

type Properties = Record<string, { type: string } & Record<string, unknown>>;

/** A form with these fields, all of them needed unless told otherwise. */
const form = (message: string, properties: Properties, required = Object.keys(properties)): InputRequest =>
  inputRequired.elicit({
    message,
    requestedSchema: { type: 'object', properties, required } as Parameters<
      typeof inputRequired.elicit
    >[0]['requestedSchema'],
  });

const sampling = (text: string, maxTokens: number): InputRequest =>
  inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text } }], maxTokens });

const response = (ctx: ServerContext, key: string): unknown => ctx.mcpReq.inputResponses?.[key];

/** Tools that ask the client before they answer, in both eras. */
export function registerAskingTools(server: McpServer, states: RequestStateCodec<string>): void {
  registerForms(server);
  registerSampling(server);
  registerInputRequired(server, states);
  registerCapabilityChecks(server);
}

function registerForms(server: McpServer): void {
  const asking = (name: string, question: (message: string) => InputRequest, prefix: string) =>
    server.registerTool(
      name,
      {
        description: 'Asks with a form',
        inputSchema: z.object({ message: z.string().default('Please fill in') }),
      },
      ({ message }, ctx) => {
        const given = z
          .object({ action: z.string(), content: z.unknown().optional() })
          .safeParse(response(ctx, 'form')).data;
        if (!given) return inputRequired({ inputRequests: { form: question(message) } });
        return words(`${prefix}: action=${given.action}, content=${JSON.stringify(given.content ?? {})}`);
      },
    );
  asking(
    'test_elicitation',
    (message) =>
      form(message, {
        username: { type: 'string', description: "User's response" },
        email: { type: 'string', description: "User's email address" },
      }),
    'User response',
  );
  asking(
    'test_elicitation_sep1034_defaults',
    (message) =>
      form(
        message,
        {
          name: { type: 'string', default: 'John Doe' },
          age: { type: 'integer', default: 30 },
          score: { type: 'number', default: 95.5 },
          status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
          verified: { type: 'boolean', default: true },
        },
        [],
      ),
    'Elicitation completed',
  );
  const titled = (names: readonly string[], what: string) =>
    names.map((title, n) => ({ const: `value${n + 1}`, title: `${title} ${what}` }));
  const numbers = ['First', 'Second', 'Third'];
  const options = ['option1', 'option2', 'option3'];
  asking(
    'test_elicitation_sep1330_enums',
    (message) =>
      form(
        message,
        {
          untitledSingle: { type: 'string', enum: options },
          titledSingle: { type: 'string', oneOf: titled(numbers, 'Option') },
          legacyEnum: {
            type: 'string',
            enum: ['opt1', 'opt2', 'opt3'],
            enumNames: ['Option One', 'Option Two', 'Option Three'],
          },
          untitledMulti: { type: 'array', items: { type: 'string', enum: options } },
          titledMulti: { type: 'array', items: { anyOf: titled(numbers, 'Choice') } },
        },
        [],
      ),
    'Elicitation completed',
  );
}

const sampled = z.object({ content: z.object({ text: z.string() }) });

function registerSampling(server: McpServer): void {
  server.registerTool(
    'test_sampling',
    { description: 'Asks a model', inputSchema: z.object({ prompt: z.string() }) },
    ({ prompt }, ctx) => {
      const given = sampled.safeParse(response(ctx, 'answer')).data;
      if (!given) return inputRequired({ inputRequests: { answer: sampling(prompt, 100) } });
      return words(`LLM response: ${given.content.text}`);
    },
  );
  server.registerTool('test_input_required_result_sampling', { description: 'Asks a model' }, (ctx) => {
    const given = sampled.safeParse(response(ctx, 'capital_question')).data;
    const question = sampling('What is the capital of France?', 100);
    return given
      ? words(given.content.text)
      : inputRequired({ inputRequests: { capital_question: question } });
  });
}

const named = z.object({ name: z.string() });
const askName = () => form('What is your name?', { name: { type: 'string' } });

function registerInputRequired(server: McpServer, states: RequestStateCodec<string>): void {
  const tool = (name: string, run: ToolCallback) =>
    server.registerTool(name, { description: 'Asks before it answers' }, run);

  tool('test_input_required_result_elicitation', (ctx) => {
    const given = acceptedContent(ctx.mcpReq.inputResponses, 'user_name', named);
    return given
      ? words(`Hello, ${given.name}!`)
      : inputRequired({ inputRequests: { user_name: askName() } });
  });
  tool('test_input_required_result_list_roots', (ctx) => {
    const given = z
      .object({ roots: z.array(z.object({ uri: z.string() })) })
      .safeParse(response(ctx, 'client_roots'));
    return given.success
      ? words(`Roots: ${given.data.roots.map(({ uri }) => uri).join(', ')}`)
      : inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
  });
  for (const name of [
    'test_input_required_result_request_state',
    'test_input_required_result_tampered_state',
  ])
    tool(name, async (ctx) => {
      const isDone = ctx.mcpReq.requestState<string>() === 'asked' && response(ctx, 'confirm') !== undefined;
      if (isDone) return words('state-ok');
      const confirm = form('Please confirm', { ok: { type: 'boolean' } });
      return inputRequired({ inputRequests: { confirm }, requestState: await states.mint('asked', ctx) });
    });
  tool('test_input_required_result_multiple_inputs', async (ctx) => {
    const keys = ['user_name', 'greeting', 'client_roots'];
    if (keys.every((key) => response(ctx, key) !== undefined)) return words('All are there.');
    const inputRequests = {
      user_name: askName(),
      greeting: sampling('Generate a greeting', 50),
      client_roots: inputRequired.listRoots(),
    };
    return inputRequired({ inputRequests, requestState: await states.mint('asked', ctx) });
  });
  tool('test_input_required_result_multi_round', async (ctx) => {
    const state = ctx.mcpReq.requestState<string>();
    if (state === 'two' && response(ctx, 'step2') !== undefined) return words('Both steps are done.');
    if (state === 'one' && response(ctx, 'step1') !== undefined)
      return inputRequired({
        inputRequests: { step2: form('Step 2: What is your favorite color?', { color: { type: 'string' } }) },
        requestState: await states.mint('two', ctx),
      });
    return inputRequired({
      inputRequests: { step1: form('Step 1: What is your name?', { name: { type: 'string' } }) },
      requestState: await states.mint('one', ctx),
    });
  });
}

function registerCapabilityChecks(server: McpServer): void {
  server.registerTool(
    'test_input_required_result_capabilities',
    { description: 'Asks what it may' },
    (ctx) => {
      const envelope: { [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities } | undefined =
        ctx.mcpReq.envelope;
      const can = envelope?.[CLIENT_CAPABILITIES_META_KEY];
      return inputRequired({
        inputRequests: {
          ...(can?.elicitation && { user_name: askName() }),
          ...(can?.sampling && { greeting: sampling('Generate a greeting', 50) }),
        },
      });
    },
  );
  // The SDK refuses what asks for a capability that the client has not named.
  server.registerTool('test_missing_capability', { description: 'Needs sampling' }, () =>
    inputRequired({ inputRequests: { greeting: sampling('Generate a greeting', 50) } }),
  );
  server.registerTool('test_streaming_elicitation', { description: 'Asks with a form' }, () =>
    inputRequired({ inputRequests: { user_name: askName() } }),
  );
}
