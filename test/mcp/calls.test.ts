import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { ArgusError } from '../../src/domain/errors.ts';
import { defineTool, noCall } from '../../src/mcp/contract.ts';
import { countZoneEvents } from '../../src/mcp/tools/countZoneEvents.ts';
import { dock, line, openStore, t0 } from '../store/fixture.ts';
import { record, worldOf } from './adhocRecording.ts';
import { client1, client2, serve } from './serving.ts';

const text = z.object({});

/** Changes something, after it has asked twice. */
const burning = () => {
  const burnt: string[] = [];
  const tool = defineTool({
    name: 'burn',
    title: 'Burn',
    description: 'Burns it',
    input: z.object({ what: z.string() }),
    output: text,
    writes: true,
    async change({ what }, _, call = noCall) {
      const first = await call.confirm(`Burn ${what}?`);
      if (first === 'declined') throw new ArgusError('They do not want it.', 'Leave it.');
      if (first === 'agreed' && (await call.confirm(`Really burn ${what}?`)) !== 'agreed')
        throw new ArgusError('They are not sure.', 'Leave it.');
      burnt.push(`${what}, ${first}`);
    },
    handle: ({ what }) => ({ structured: {}, text: `${what} is gone` }),
  });
  return { tool, burnt };
};

const nothing = () => worldOf(openStore().reader, t0);

describe.each([
  ['the current protocol', client2, 'test-2'],
  ['a session of the older one', client1, 'test-1'],
] as const)('a call with %s', (_, connect, name) => {
  it('changes something once the person has agreed to every question', async () => {
    const { tool, burnt } = burning();
    const served = await serve(nothing(), [tool]);
    const questions: string[] = [];
    const client = await connect(served, (question) => {
      questions.push(question);
      return 'accept';
    });
    expect(await client.call('burn', { what: 'a letter' })).toEqual({
      text: 'a letter is gone',
      isError: false,
    });
    expect(questions).toEqual(['Burn a letter?', 'Really burn a letter?']);
    expect(burnt).toEqual(['a letter, agreed']);
    expect(served.audit.map(({ outcome }) => outcome)).toEqual(['asked', 'asked', 'ok']);
    expect(served.audit[0]).toMatchObject({
      client: { name },
      tool: 'burn',
      arguments: { what: 'a letter' },
    });
  });

  it.each(['decline', 'cancel', { confirm: false }] as const)(
    'changes nothing when the answer is %j',
    async (answer) => {
      const { tool, burnt } = burning();
      const served = await serve(nothing(), [tool]);
      const client = await connect(served, () => answer);
      const { text: said, isError } = await client.call('burn', { what: 'a letter' });
      expect([said, isError, burnt]).toEqual(['They do not want it. Leave it.', true, []]);
      expect(served.audit.at(-1)).toMatchObject({ outcome: 'refused', error: said });
    },
  );

  it('is not held up where the client cannot ask: its own permission has to do', async () => {
    const { tool, burnt } = burning();
    const client = await connect(await serve(nothing(), [tool]));
    expect((await client.call('burn', { what: 'a letter' })).isError).toBe(false);
    expect(burnt).toEqual(['a letter, unasked']);
  });

  it('tells how far it is', async () => {
    const counting = defineTool({
      name: 'count',
      title: 'Count',
      description: 'Counts to three',
      input: z.object({}),
      output: text,
      async handle(_, __, { progress } = noCall) {
        for (const done of [1, 2, 2, 1, 3]) {
          progress(done, 3, 'Counting');
          await sleep(1);
        }
        return { structured: {}, text: 'three' };
      },
    });
    const client = await connect(await serve(nothing(), [counting]));
    const heard: number[] = [];
    await client.call('count', {}, { onprogress: ({ progress }) => heard.push(progress) });
    // In between there may be more, if it takes long; never less than before.
    expect([heard[0], heard.at(-1)]).toEqual([1, 3]);
    expect(heard).toEqual([...new Set(heard)].sort());
    // Nobody asked to be told.
    expect((await client.call('count')).text).toBe('three');
  });

  it('ends when the client does not want it any more, and is no defect', async () => {
    let begun: () => void = () => undefined;
    const isUnderWay = new Promise<void>((resolve) => (begun = resolve));
    const waiting = defineTool({
      name: 'wait',
      title: 'Wait',
      description: 'Waits for ever',
      input: z.object({}),
      output: text,
      handle: (_, __, { signal } = noCall) =>
        new Promise((___, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
          begun();
        }),
    });
    const served = await serve(nothing(), [waiting]);
    const client = await connect(served);
    const cancel = new AbortController();
    const call = client.call('wait', {}, { signal: cancel.signal });
    await isUnderWay;
    cancel.abort();
    await expect(call).rejects.toThrow();
    await vi.waitFor(() => expect(served.audit.map(({ outcome }) => outcome)).toEqual(['cancelled']), 10_000);
    expect(served.defects).toEqual([]);
  });

  it('with wrong input is told what is right, and noted', async () => {
    const served = await serve(nothing());
    const client = await connect(served);
    const { text: said, isError } = await client.call('count_zone_events', { line: 7, until: 'now' });
    expect(isError).toBe(true);
    expect(said).toMatch(
      /line: give the id or name of a line.*"until".*It takes: camera, line, zone, from, to/s,
    );
    expect(served.audit).toMatchObject([
      {
        tool: 'count_zone_events',
        outcome: 'refused',
        arguments: { line: 7, until: 'now' },
        transport: 'http',
      },
    ]);
  });
});

describe('an answer of the person', () => {
  it('is for the question and the input alone that it was given for', async () => {
    const { tool, burnt } = burning();
    const { raw: client } = await client2(await serve(nothing(), [tool]), () => 'accept');
    const round = z.looseObject({ resultType: z.literal('input_required'), requestState: z.string() });
    const ask = async (what: string, requestState?: string) =>
      client.callTool(
        {
          name: 'burn',
          arguments: { what },
          ...(requestState !== undefined && {
            requestState,
            inputResponses: { confirm: { action: 'accept', content: { confirm: true } } },
          }),
        },
        { allowInputRequired: true },
      );
    const first = round.parse(await ask('a letter'));
    // The same answer for something else is none: it is asked anew.
    const other = round.parse(await ask('the house', first.requestState));
    expect(JSON.stringify(other)).toContain('Burn the house?');
    const tampered = first.requestState.replace(/^(v1\.)./, '$1A');
    await expect(ask('a letter', tampered)).rejects.toThrow(/requestState/);
    expect(burnt).toEqual([]);
    const second = round.parse(await ask('a letter', first.requestState));
    await ask('a letter', second.requestState);
    expect(burnt).toEqual(['a letter, agreed']);
  });
});

it('counting stops within the scan when it is cancelled', async () => {
  const { writer, reader } = openStore();
  const dayMs = 86_400_000;
  for (const day of [0, 1, 2])
    record(writer, dock, { fromMs: t0 + day * dayMs, toMs: t0 + day * dayMs + 10_000 }, [line], []);
  const cancel = new AbortController();
  const heard: [number, number][] = [];
  const call = {
    ...noCall,
    signal: cancel.signal,
    progress: (done: number, total: number) => {
      heard.push([done, total]);
      cancel.abort();
    },
  };
  const input = countZoneEvents.input.parse({ camera: 'dock', line: { from: [0.5, 0], to: [0.5, 1] } });
  await expect(countZoneEvents.handle(input, worldOf(reader, t0 + 3 * dayMs), call)).rejects.toThrow(/abort/);
  // It was at the beginning of one camera's time.
  expect(heard).toHaveLength(1);
  expect(heard[0]?.[0]).toBeLessThan(0.5);
  expect(heard[0]?.[1]).toBe(1);
});
