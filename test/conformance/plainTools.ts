import { setTimeout as sleep } from 'node:timers/promises';
import { fromJsonSchema, type CallToolResult, type McpServer } from '@modelcontextprotocol/server';
import { png, wav } from './media.ts';

const words = (text: string): CallToolResult => ({ content: [{ type: 'text', text }] });

/** Tools that answer without asking anything back. */
export function registerPlainTools(server: McpServer): void {
  const tool = (name: string, description: string, content: CallToolResult['content']) =>
    server.registerTool(name, { description }, () => ({ content }));
  const image = { type: 'image' as const, data: png, mimeType: 'image/png' };
  tool('test_simple_text', 'Text', [{ type: 'text', text: 'This is a simple text response for testing.' }]);
  tool('test_image_content', 'A picture', [image]);
  tool('test_audio_content', 'A sound', [{ type: 'audio', data: wav, mimeType: 'audio/wav' }]);
  tool('test_embedded_resource', 'A resource within', [
    {
      type: 'resource',
      resource: {
        uri: 'test://embedded-resource',
        mimeType: 'text/plain',
        text: 'This is an embedded resource content.',
      },
    },
  ]);
  tool('test_multiple_content_types', 'Several', [
    { type: 'text', text: 'Multiple content types test:' },
    image,
    {
      type: 'resource',
      resource: {
        uri: 'test://mixed-content-resource',
        mimeType: 'application/json',
        text: JSON.stringify({ test: 'data', value: 123 }),
      },
    },
  ]);
  server.registerTool('test_error_handling', { description: 'Fails' }, () => {
    throw new Error('This tool intentionally returns an error for testing');
  });
  server.registerTool('test_tool_with_logging', { description: 'Logs three lines' }, async (ctx) => {
    for (const line of ['started', 'processing data', 'completed']) {
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- the suite of the older protocol asks for it
      await ctx.mcpReq.log('info', line === 'processing data' ? `Tool ${line}` : `Tool execution ${line}`);
      await sleep(50);
    }
    return words('Logged.');
  });
  server.registerTool('test_logging_tool', { description: 'Logs a line' }, async (ctx) => {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the suite looks that it is held back
    await ctx.mcpReq.log('info', 'A line');
    return words('Logged.');
  });
  server.registerTool('test_tool_with_progress', { description: 'Goes on in three steps' }, async (ctx) => {
    const progressToken = ctx.mcpReq._meta?.progressToken;
    for (const progress of [0, 50, 100]) {
      if (progressToken !== undefined) {
        const params = { progressToken, progress, total: 100 };
        await ctx.mcpReq.notify({ method: 'notifications/progress', params });
      }
      await sleep(50);
    }
    return words('Done.');
  });
  server.registerTool('test_reconnection', { description: 'Breaks its own connection' }, async (ctx) => {
    ctx.http?.closeSSE?.();
    await sleep(100);
    return words('The client came back.');
  });
  server.registerTool(
    'json_schema_2020_12_tool',
    { description: 'Its input uses much of JSON Schema 2020-12', inputSchema: fromJsonSchema(address) },
    () => words('Taken.'),
  );
}

/** The keywords that the suite looks for. */
const address = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
} as const;
