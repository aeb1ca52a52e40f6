import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineTool, noCall } from '../../src/mcp/contract.ts';
import { createMcpServer } from '../../src/mcp/server.ts';
import { StdioTransport } from '../../src/mcp/stdioTransport.ts';
import { openWriter } from '../../src/store/writer.ts';
import { sandbox } from '../fixtures/argus.ts';
import { camera, dock, line, openStore, t0 } from '../store/fixture.ts';
import { record, worldOf } from './adhocRecording.ts';

interface Reply {
  readonly id?: number | string | null;
  readonly result?: { readonly content?: readonly { readonly text: string }[]; readonly isError?: boolean };
  readonly error?: { readonly code: number; readonly message: string };
  readonly method?: string;
}

const slow = defineTool({
  name: 'slow',
  title: 'Slow',
  description: 'Takes its time',
  input: z.object({ ms: z.number() }),
  output: z.object({}),
  async handle({ ms }, _, { signal } = noCall) {
    await sleep(ms, undefined, { signal });
    return { structured: {}, text: `after ${ms} ms` };
  },
});

const asking = defineTool({
  name: 'ask',
  title: 'Ask',
  description: 'Asks the person',
  input: z.object({}),
  output: z.object({}),
  async handle(_, __, { confirm } = noCall) {
    return { structured: {}, text: await confirm('Really?') };
  },
});

const initialize = (protocolVersion = '2025-06-18', capabilities = {}) => [
  { jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion, capabilities, clientInfo: { name: 't', version: '1' } } }, // prettier-ignore
  { jsonrpc: '2.0', method: 'notifications/initialized' },
];
const ping = (id: number | string) => ({ jsonrpc: '2.0', id, method: 'ping' });
const call = (id: number, name: string, args: unknown = {}) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: args },
});

/** What is answered to these lines, each one message or bytes as they are, when the input ends right behind them. */
async function answersTo(
  lines: readonly (object | string | Buffer)[],
  end = '\n',
): Promise<(Reply | Reply[])[]> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let written = '';
  output.on('data', (chunk: Buffer) => (written += chunk.toString()));
  const world = worldOf(openStore().reader, t0);
  const transport = new StdioTransport(input, output);
  const options = { world, version: '0', tools: [slow, asking], onDefect: () => undefined };
  const connection = serveStdio(() => createMcpServer(options, 'stdio'), { transport });
  const bytes = lines.map((one) =>
    Buffer.isBuffer(one) ? one : Buffer.from(typeof one === 'string' ? one : JSON.stringify(one)),
  );
  for (const [n, one] of bytes.entries()) {
    input.write(one);
    if (n < bytes.length - 1) input.write('\n');
    // A revision is agreed upon before what depends on it is sent.
    if (n === 1) await sleep(50);
  }
  input.end(end);
  await transport.finished;
  await connection.close();
  return written
    .split('\n')
    .filter(Boolean)
    .map((text) => JSON.parse(text) as Reply | Reply[]);
}

const repliesTo = async (...args: Parameters<typeof answersTo>): Promise<Reply[]> =>
  (await answersTo(...args)).flat();

describe('when stdin ends', () => {
  it('every call under way is answered', async () => {
    const calls = [300, 100, 200].map((ms, n) => call(n + 2, 'slow', { ms }));
    const replies = await repliesTo([...initialize(), ...calls, ping(9)]);
    expect(replies.map(({ id }) => id).sort()).toEqual([1, 2, 3, 4, 9]);
    expect(replies.find(({ id }) => id === 2)?.result?.content).toMatchObject([{ text: 'after 300 ms' }]);
  });

  it('the last line counts also without its end', async () => {
    const replies = await repliesTo([...initialize(), call(2, 'slow', { ms: 10 })], '');
    expect(replies.map(({ id }) => id)).toEqual([1, 2]);
  });

  it('a cancelled call is not waited for', async () => {
    const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 2 } };
    const replies = await repliesTo([...initialize(), call(2, 'slow', { ms: 600_000 }), cancel]);
    expect(replies.map(({ id }) => id)).toEqual([1]);
  });

  it('a call that asks the person is answered, though nobody can reply any more', async () => {
    const replies = await repliesTo([...initialize('2025-06-18', { elicitation: {} }), call(2, 'ask')]);
    expect(replies.find(({ id, method }) => id === 2 && method === undefined)).toBeDefined();
  });

  it('a client of the current protocol is answered, too', async () => {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 't', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const replies = await repliesTo([
      { jsonrpc: '2.0', id: 'a', method: 'server/discover', params: { _meta } },
      {
        jsonrpc: '2.0',
        id: 'b',
        method: 'tools/call',
        params: { name: 'slow', arguments: { ms: 100 }, _meta },
      },
    ]);
    expect(replies.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(replies[1]?.result?.content).toMatchObject([{ text: 'after 100 ms' }]);
  });

  it('with nothing said before, all is over', async () => {
    expect(await answersTo([], '')).toEqual([]);
  });
});

describe('what is no message is answered as JSON-RPC has it, and the next message is served', () => {
  const parseError = { id: null, error: { code: -32700 } };
  const invalid = (id: number | string | null) => ({ id, error: { code: -32600 } });

  it.each([
    ['a broken line', '{"jsonrpc":"2.0","id":2,"method":"ping"', parseError],
    ['words', 'hello', parseError],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x7b, 0x00]), parseError],
    ['a number', '7', invalid(null)],
    ['null', 'null', invalid(null)],
    ['another version', '{"jsonrpc":"1.0","id":2,"method":"ping"}', invalid(2)],
    ['no version', '{"id":"x","method":"ping"}', invalid('x')],
    ['no method', '{"jsonrpc":"2.0","id":2}', invalid(2)],
    ['a method that is a number', '{"jsonrpc":"2.0","id":2,"method":7}', invalid(2)],
    ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"ping"}', invalid(null)],
    ['a batch, which this revision has not', JSON.stringify([ping(5), ping(6)]), invalid(null)],
    ['an empty batch', '[]', invalid(null)],
  ])('%s', async (_, text, expected) => {
    const replies = await repliesTo([...initialize(), text, ping(3)]);
    expect(replies).toMatchObject([{ id: 1 }, expected, { id: 3, result: {} }].sort(byPlace(replies)));
  });

  /** The answer to an error comes at once, those of the server a moment later. */
  const byPlace = (replies: readonly Reply[]) => (a: { id: unknown }, b: { id: unknown }) =>
    replies.findIndex(({ id }) => id === a.id) - replies.findIndex(({ id }) => id === b.id);

  it.each([11, 70])('a message of %d MB', async (megabytes) => {
    const large = JSON.stringify({ ...ping(2), params: { _meta: { x: 'x'.repeat(megabytes * 1024 ** 2) } } });
    const replies = await repliesTo([...initialize(), large, ping(3)]);
    const error = replies.find(({ error: found }) => found);
    expect(error).toMatchObject({ id: megabytes < 64 ? 2 : null, error: { code: -32600 } });
    expect(error?.error?.message).toContain(`${megabytes}.0 MB`);
    expect(replies.find(({ id }) => id === 3)).toMatchObject({ result: {} });
  });

  it('a broken answer is not answered', async () => {
    const replies = await repliesTo([
      ...initialize(),
      '{"id":4,"result":7}',
      '{"jsonrpc":"2.0","id":null,"error":{}}',
      ping(3),
    ]);
    expect(replies.map(({ id }) => id)).toEqual([1, 3]);
  });
});

it.each([
  ['a byte order mark', (text: string) => `\ufeff${text}`],
  ['blanks', (text: string) => `  ${text} `],
  ['an empty line', (text: string) => `\r\n${text}\r`],
])('%s before the first message is no part of it', async (_, change) => {
  const [first, ...others]: object[] = initialize();
  const replies = await repliesTo([change(JSON.stringify(first)), ...others, ping(2)]);
  expect(replies).toMatchObject([{ id: 1 }, { id: 2, result: {} }]);
});

describe('a batch, in the one revision that has them', () => {
  it('is answered by one batch, once all of it is', async () => {
    const batch = [call(2, 'slow', { ms: 100 }), ping(3), { jsonrpc: '2.0', method: 'notifications/x' }, 7];
    const answers = await answersTo([...initialize('2025-03-26'), batch, ping(4)]);
    const [whole = []] = answers.filter((one): one is Reply[] => Array.isArray(one));
    expect(whole).toHaveLength(3);
    expect(whole.find(({ id }) => id === 2)?.result?.content).toMatchObject([{ text: 'after 100 ms' }]);
    expect(whole.find(({ id }) => id === 3)).toMatchObject({ result: {} });
    expect(whole.find(({ id }) => id === null)).toMatchObject({ error: { code: -32600 } });
    expect(answers.flat().find(({ id }) => id === 4)).toMatchObject({ result: {} });
  });

  it('of notifications alone is not answered', async () => {
    const answers = await answersTo([
      ...initialize('2025-03-26'),
      [{ jsonrpc: '2.0', method: 'notifications/x' }],
      ping(4),
    ]);
    expect(answers.flat().map(({ id }) => id)).toEqual([1, 4]);
  });
});

it('argus mcp answers all that it was asked before its stdin ended', async () => {
  const box = sandbox();
  const writer = openWriter(box.data, { nowMs: t0 });
  writer.syncCameras([camera(dock, [line])], t0);
  record(writer, dock, { fromMs: t0, toMs: t0 + 60_000 }, [line], []);
  writer.close();
  const running = box.start(['mcp']);
  const messages = [
    ...initialize(),
    call(2, 'list_cameras'),
    ping(3),
    call(4, 'count_zone_events', { camera: 'dock', line: 'door', group_by: 'minute' }),
    call(5, 'count_zone_events', { line: { from: [0.2, 0], to: [0.2, 1] } }),
    call(6, 'get_heatmap'),
  ];
  running.process.stdin?.end(messages.map((one) => `${JSON.stringify(one)}\n`).join(''));
  const { code, stdout } = await running.finished;
  const ids = stdout.split('\n').filter(Boolean).map((text) => (JSON.parse(text) as Reply).id); // prettier-ignore
  expect(ids.sort()).toEqual([1, 2, 3, 4, 5, 6]);
  expect(code).toBe(0);
});
