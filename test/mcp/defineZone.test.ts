import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import type { CameraId, ShapeId } from '../../src/domain/ids.ts';
import type { LiveStation } from '../../src/domain/live.ts';
import { noCall, type Call, type World } from '../../src/mcp/contract.ts';
import { countZoneEvents } from '../../src/mcp/tools/countZoneEvents.ts';
import { defineZone } from '../../src/mcp/tools/defineZone.ts';
import { idForName } from '../../src/mcp/shapeName.ts';
import { LiveShapes } from '../../src/station/liveShapes.ts';
import { colourDistance, pixelsOf } from '../fixtures/pixels.ts';
import { camera, dock, gate, line, openStore, t0, zone, type Store } from '../store/fixture.ts';
import { record, worldOf, type Walk } from './adhocRecording.ts';

const hourMs = 3_600_000;
const endMs = t0 + 2 * hourMs;
const across = { from: [0.4, 0], to: [0.4, 1] };
const yard = { polygon: [[0.3, 0.2], [0.7, 0.2], [0.7, 0.9], [0.3, 0.9]] }; // prettier-ignore

/** Six walk from left to right in the first hour, three back in the second. */
const walks: Walk[] = Array.from({ length: 9 }, (_, n) => {
  const fromMs = t0 + (n < 6 ? n * 300_000 : hourMs + n * 60_000);
  const [left, right] = [[0.1, 0.6] as const, [0.9, 0.6] as const];
  return {
    id: `dock-1-${n}`,
    fromMs,
    toMs: fromMs + 20_000,
    from: n < 6 ? left : right,
    to: n < 6 ? right : left,
  };
});

function watched(): Store {
  const store = openStore();
  record(store.writer, dock, { fromMs: t0, toMs: endMs }, [line, zone], walks);
  return store;
}

/** A world whose station changes shapes as the real one does; it watches nothing. */
function writable({ reader, writer }: Store): World {
  const shapes = new LiveShapes({
    writer,
    committer: { flush: () => Promise.resolve(), isBehind: false },
    sessionOf: () => undefined,
    now: () => endMs,
  });
  const station: Pick<LiveStation, 'saveShape' | 'removeShape'> = {
    saveShape: (of: CameraId, shape) => shapes.save(of, shape),
    removeShape: (of: CameraId, id: ShapeId) => shapes.remove(of, id),
  };
  return { ...worldOf(reader, endMs), mayWrite: true, live: () => Promise.resolve(station as LiveStation) };
}

type Input = z.input<typeof defineZone.input>;

async function ask(world: World, input: Input, call: Call = noCall) {
  const asked = defineZone.input.parse({ camera: 'dock', ...input });
  await defineZone.change?.(asked, world, call);
  const answer = await defineZone.handle(asked, world, call);
  return {
    ...defineZone.output.parse(answer.structured),
    text: answer.text,
    pictures: answer.pictures ?? [],
  };
}

const refusal = async (world: World, input: Input, call?: Call): Promise<string> =>
  ask(world, input, call).then(
    ({ text }) => `not refused: ${text}`,
    (error: unknown) => String(error),
  );

async function count(world: World, input: z.input<typeof countZoneEvents.input>) {
  const asked = countZoneEvents.input.parse({ camera: 'dock', ...input });
  return countZoneEvents.output.parse((await countZoneEvents.handle(asked, world)).structured);
}

describe('a draft', () => {
  it('tells what it would have counted, as a question that draws it does, and stores nothing', async () => {
    const { reader } = watched();
    const world = worldOf(reader, endMs);
    const before = reader.shapes(dock);
    const draft = await ask(world, { line: across });
    expect(draft.would_have_counted).toEqual([
      { event: 'crossing', direction: 'backward', count: 3 },
      { event: 'crossing', direction: 'forward', count: 6 },
    ]);
    const drawn = await count(world, { line: across });
    expect(drawn.counts.map(({ direction, count: n }) => [direction, n])).toEqual([['backward', 3], ['forward', 6]]); // prettier-ignore
    expect(draft).toMatchObject({
      status: 'draft',
      coverage: 1,
      busiest_hour: { hour: '2026-11-22T09:00+00:00', count: 6 },
    });
    expect(draft.examples?.map(({ track_id: id }) => id)).toEqual(['dock-1-0', 'dock-1-3', 'dock-1-6']);
    expect(draft.warnings).toBeUndefined();
    expect(draft.text).toMatch(
      /3 backward, 6 forward.*\n100 % of the window.*\nBusiest hour.*\nNothing is stored/,
    );
    expect(reader.shapes(dock)).toEqual(before);
  });

  it('is shown in a picture, with a dot where something would have been counted', async () => {
    const { reader } = watched();
    const { pictures } = await ask(worldOf(reader, endMs), { line: across });
    const pixels = await pixelsOf(pictures[0] ?? Buffer.alloc(0));
    expect(colourDistance(pixels.at(0.4, 0.85), [0xff, 0xd4, 0x00])).toBeLessThan(110);
    // Where the nine crossed.
    expect(colourDistance(pixels.at(0.4, 0.6), [0x00, 0xd4, 0xff])).toBeLessThan(110);
  });

  it('can be one that there is, or with visits of a length', async () => {
    const { reader } = watched();
    const world = worldOf(reader, endMs);
    expect(await ask(world, { line: 'door' })).toMatchObject({ id: 'door', status: 'draft' });
    const visits = await ask(world, { zone: yard, dwell_seconds: 5 });
    expect(visits.would_have_counted).toEqual([
      { event: 'dwell', count: 9 },
      { event: 'enter', count: 9 },
      { event: 'exit', count: 9 },
    ]);
    expect((await ask(world, { zone: yard, from: '9-10' })).would_have_counted?.map(({ count: n }) => n)).toEqual([6, 6]); // prettier-ignore
  });

  it.each([
    ['a line that is short', { line: { from: [0.4, 0.59], to: [0.4, 0.61] } }, /very short/],
    ['a line beside the way', { line: { from: [0.4, 0.1], to: [0.4, 0.55] } }, /9 more would cross it/],
    ['a line where nobody goes', { line: { from: [0.4, 0.8], to: [0.4, 0.95] } }, /Nobody crossed it/],
    [
      'a zone where nobody goes',
      {
        zone: {
          polygon: [
            [0.1, 0.7],
            [0.3, 0.7],
            [0.3, 0.9],
          ],
        },
      },
      /Nobody entered it/,
    ],
    [
      'a tiny zone',
      {
        zone: {
          polygon: [
            [0.4, 0.59],
            [0.43, 0.59],
            [0.43, 0.62],
          ],
        },
      },
      /very small/,
    ],
    [
      'a zone mostly elsewhere',
      {
        zone: {
          polygon: [
            [0.2, 0.1],
            [0.8, 0.1],
            [0.8, 0.95],
            [0.2, 0.95],
          ],
        },
      },
      /9\d % of it nothing ever was/,
    ],
    ['a name that is taken', { line: across, name: 'Door' }, /name is that of the line door of argus\.yaml/],
  ])('warns of %s', async (_, input, words) => {
    const { reader } = watched();
    const { warnings = [] } = await ask(worldOf(reader, endMs), input);
    expect(warnings.join('\n')).toMatch(words);
  });

  it('says first when nobody watched, and warns of nothing then', async () => {
    const { reader } = watched();
    const draft = await ask(worldOf(reader, endMs), { line: across, from: 'yesterday' });
    expect(draft.text).toMatch(/^NOT WATCHED/);
    expect(draft).toMatchObject({ coverage: 0, would_have_counted: [], examples: [] });
    expect(draft.warnings).toBeUndefined();
    const empty = await ask(worldOf(reader, endMs), { camera: 'gate', line: across });
    expect(empty).toMatchObject({ coverage: 0, pictures: [] });
  });

  it.each([
    [{}, /Give either line or zone/],
    [{ line: across, zone: yard }, /Both line and zone/],
    [
      {
        zone: {
          polygon: [
            [0, 0],
            [1, 1],
            [1, 0],
            [0, 1],
          ],
        },
      },
      /edges 1 and 3 meeting/,
    ],
    [{ line: across, dwell_seconds: 3 }, /A line has no visits/],
    [{ line: { from: [0.4, 0], to: [0.4, 1.2] } }, /outside the picture/],
  ])('is refused as %o', async (input, words) => {
    expect(await refusal(worldOf(watched().reader, endMs), input)).toMatch(words);
  });
});

describe('a confirmed line or zone', () => {
  it('is counted under its name, its past from the trajectories', async () => {
    const store = watched();
    const world = writable(store);
    const asked: string[] = [];
    const call: Call = {
      ...noCall,
      confirm: (question) => (asked.push(question), Promise.resolve('agreed')),
    };
    const made = await ask(
      world,
      { action: 'confirm', zone: yard, name: 'Hof „Süd“', dwell_seconds: 5 },
      call,
    );
    expect(made).toMatchObject({ status: 'defined', id: 'hof-sud' });
    expect(asked).toEqual(['Count at the zone "Hof „Süd“" of camera dock from now on?']);
    expect(store.reader.shape(dock, idForName('Hof „Süd“', store.reader.shapes(dock)))).toMatchObject({
      origin: 'agent',
      shape: { id: 'hof-sud', name: 'Hof „Süd“', dwellMs: 5000 },
    });
    expect((await count(world, { zone: 'Hof „Süd“' })).counts.map(({ count: n }) => n)).toEqual([9, 9, 9]);

    const draft = await ask(world, { zone: yard, name: 'hof „süd“' });
    expect(draft.warnings).toContainEqual(expect.stringMatching(/in place of the zone hof-sud/));
    await ask(world, { action: 'confirm', line: across, name: 'hof „süd“' });
    expect((await count(world, { line: 'hof-sud' })).count).toBe(9);

    expect(await ask(world, { action: 'delete', name: 'hof-sud' })).toMatchObject({ status: 'deleted' });
    expect(store.reader.shapes(dock).map(({ shape }) => shape.id)).toEqual(['bay', 'door']);
    expect(await refusal(world, { action: 'delete', name: 'hof-sud' })).toMatch(
      /no line or zone "hof-sud"\. It has: bay, door/,
    );
  });

  it('is not made where the user declines, the server only reads or the configuration has the name', async () => {
    const store = watched();
    const world = writable(store);
    const confirm: Input = { action: 'confirm', line: across, name: 'New' };
    const declining: Call = { ...noCall, confirm: () => Promise.resolve('declined') };
    expect(await refusal(world, confirm, declining)).toMatch(/The user declined\. Nothing was changed/);
    expect(await refusal({ ...world, mayWrite: false }, confirm)).toMatch(/only reads.*--allow-write/);
    expect(await refusal(world, { ...confirm, name: 'Door' })).toMatch(
      /door is one of argus\.yaml.*another name/,
    );
    expect(await refusal(world, { action: 'delete', name: 'Bay' })).toMatch(
      /bay is one of argus\.yaml.*Take it out there/,
    );
    expect(await refusal(world, { action: 'confirm', line: across })).toMatch(/name: confirm needs one/);
    expect(await refusal(world, { ...confirm, line: 'door' })).toMatch(/line door is defined already/);
    expect(await refusal(world, { ...confirm, name: 'two\nlines' })).toMatch(/line breaks/);
    expect(store.reader.shapes(dock)).toHaveLength(2);
  });

  it('is told as it belongs into argus.yaml where no station runs', async () => {
    const world = { ...worldOf(watched().reader, endMs), mayWrite: true };
    const told = await refusal(world, { action: 'confirm', zone: yard, name: 'Yard: "A"', dwell_seconds: 5 });
    const [, entry = ''] = /Or put it into argus\.yaml: (.*)$/.exec(told) ?? [];
    expect(parse(entry)).toEqual({
      zones: [{ id: 'yard-a', name: 'Yard: "A"', polygon: yard.polygon, dwellSeconds: 5 }],
    });
  });
});

describe('the id of a name', () => {
  it.each([
    ['Dock 3 – Süd', 'dock-3-sud'],
    ['Straße', 'strasse'],
    ['  --x--  ', 'x'],
    ['a'.repeat(60), 'a'.repeat(50)],
    ['Bay!', 'bay-2'],
    ['bay', 'bay'],
  ])('"%s" is %s', (name, id) => {
    expect(idForName(name, openStore().reader.shapes(dock))).toBe(id);
  });

  it('without plain letters is one of its own, always the same, and fit to be an id', () => {
    const [a, b] = ['码头', '门'].map((name) => idForName(name, []));
    expect(a).toMatch(/^shape-[0-9a-f]{8}$/);
    expect(a).not.toBe(b);
    expect(idForName('码头', [])).toBe(a);
  });
});

describe('agents and cameras', () => {
  it('have shapes of the same name side by side', async () => {
    const store = watched();
    const world = writable(store);
    for (const of of [dock, gate])
      await ask(world, { camera: of, action: 'confirm', line: across, name: 'Way' });
    store.writer.syncCameras([camera(dock)], endMs);
    expect([dock, gate].map((of) => store.reader.shapes(of).map(({ shape }) => shape.id))).toEqual([
      ['bay', 'door', 'way'],
      ['bay', 'door', 'way'],
    ]);
  });
});
