import { describe, expect, it } from 'vitest';
import { tokensOf } from '../../bench/eval/tokens.ts';
import { watchId } from '../../src/domain/ids.ts';
import type { LiveStation } from '../../src/domain/live.ts';
import type { WatchDefinition } from '../../src/domain/watch.ts';
import { noCall, type Call, type World } from '../../src/mcp/contract.ts';
import { waitForEvent } from '../../src/mcp/tools/waitForEvent.ts';
import { watch } from '../../src/mcp/tools/watch.ts';
import { readWatch } from '../../src/mcp/watchResource.ts';
import { WatchKeeper } from '../../src/station/watchKeeper.ts';
import { record, worldOf, type Walk } from './adhocRecording.ts';
import {
  camera,
  crossing,
  dock,
  frameOf,
  line,
  newRun,
  openStore,
  t0,
  track1,
  update,
  zone,
} from '../store/fixture.ts';

const s = 1000;
const hour = 3600 * s;

/** Somebody crosses the door each ten minutes for two hours; the first hour has a gap of half an hour. */
function recorded() {
  const store = openStore();
  const walks: Walk[] = Array.from({ length: 12 }, (_, n) => ({
    id: `dock-x-${n}`,
    fromMs: t0 + n * 600 * s,
    toMs: t0 + n * 600 * s + 20 * s,
    from: [0.1, 0.8],
    to: [0.9, 0.8],
  }));
  record(store.writer, dock, { fromMs: t0, toMs: t0 + hour / 2 }, [line, zone], walks);
  record(store.writer, dock, { fromMs: t0 + hour, toMs: t0 + 2 * hour }, [line, zone], walks);
  return store;
}

/** A world whose station only keeps watches, as the real one does. */
function worldWith({ writer, reader }: ReturnType<typeof openStore>, mayWrite = true): World {
  const keeper = new WatchKeeper({
    rows: writer.watches,
    cameras: [camera()],
    channels: [],
    now: () => t0 + 2 * hour,
    log: () => undefined,
    onNews: () => undefined,
  });
  const station = {
    addWatch: (asked: WatchDefinition) => Promise.resolve().then(() => keeper.add(asked)),
    removeWatch: (id: ReturnType<typeof watchId>) => Promise.resolve().then(() => keeper.remove(id)),
  };
  return {
    ...worldOf(reader, t0 + 2 * hour),
    // The tools ask it for nothing else.
    live: () => Promise.resolve(station as Partial<LiveStation> as LiveStation),
    mayWrite,
  };
}

/** As a server calls it. */
async function ask(world: World, input: Record<string, unknown>, call: Call = noCall) {
  const parsed = watch.input.strict().parse({ camera: 'dock', ...input });
  await watch.change?.(parsed, world, call);
  const answer = await watch.handle(parsed, world, call);
  return { text: answer.text, structured: watch.output.parse(answer.structured) };
}

const crossings = { when: 'crossing', line: 'door', cooldown_seconds: 0 };

describe('a dry run', () => {
  it('tells how often it would have fired, what that makes a week, and two to look at', async () => {
    const { text, structured } = await ask(worldWith(recorded()), { action: 'dry_run', ...crossings });
    // Three in the half hour before the gap, six after it: 9 in 1.5 h that were watched.
    expect(structured.dry_run).toMatchObject({
      fired: 9,
      per_week: 1008,
      watched_share: 0.7498,
      watched_hours: 1.5,
    });
    expect(structured.dry_run?.examples).toMatchObject([
      { track_ids: ['dock-x-10'], event_id: expect.stringMatching(/^e\d+$/) as string },
      { track_ids: ['dock-x-11'], time: '2026-11-22T10:50:10.000+00:00' },
    ]);
    expect(structured.rule).toBe('crossing of objects at line door of dock');
    expect(text).toMatch(/9 time\(s\).*about 1008 a week.*74\.98 % of the window was watched/s);
  });

  it('of a rule that fires too often says what would make it fire less', async () => {
    const { structured } = await ask(worldWith(recorded()), { action: 'dry_run', ...crossings });
    expect(structured.advice).toEqual(['cooldown_seconds 3600 would make it about 112 a week']);
  });

  it('knows a week by the hours of the rule alone', async () => {
    const hours = { hours: '10:00-10:30', days: ['sun'] };
    const { structured } = await ask(worldWith(recorded()), { action: 'dry_run', ...crossings, ...hours });
    // t0 is a Sunday, 9:00.
    expect(structured.dry_run).toMatchObject({ fired: 3, per_week: 3, watched_hours: 0.5 });
    expect(structured.advice).toBeUndefined();
  });

  it('says of time that nobody watched that it says nothing', async () => {
    const { structured } = await ask(worldWith(recorded()), {
      action: 'dry_run',
      ...crossings,
      from: '2026-11-22T09:35:00Z',
      to: '2026-11-22T09:50:00Z',
    });
    expect(structured.dry_run).toMatchObject({ fired: 0, watched_share: 0 });
    expect(structured.notes?.[0]).toMatch(/^NOT WATCHED/);
  });

  it('finds the times in which a live camera gave no pictures, and not those in which nobody asked it for any', async () => {
    const { writer, reader } = openStore();
    const run = writer.beginRun(newRun());
    const frame = (n: number, timeMs: number) => frameOf(run, n, { timeMs });
    const before = Array.from({ length: 60 }, (_, n) => frame(n, t0 + n * s));
    const after = Array.from({ length: 60 }, (_, n) => frame(100 + n, t0 + 120 * s + n * s));
    writer.commit({ nowMs: t0 + 180 * s, frames: [...before, ...after] });
    writer.endRun(run, 'stopped', t0 + 180 * s);
    const world = worldOf(reader, t0 + hour);
    const { structured } = await ask(world, {
      action: 'dry_run',
      when: 'camera_down',
      to: '2026-11-22T10:00:00Z',
    });
    expect(structured.dry_run).toMatchObject({
      fired: 1,
      examples: [{ time: '2026-11-22T09:01:29.001+00:00' }],
    });
  });

  it.each([
    [{}, /when: what is to be watched for\?.*occupancy, crossing/],
    [{ when: 'crossing' }, /crossing happens at a line\. Give line\./],
    [{ when: 'enter', line: 'door' }, /enter happens at a zone/],
    [{ when: 'occupancy', zone: 'bay' }, /more_than goes with when: "occupancy"/],
    [{ when: 'occupancy', more_than: 1, line: 'door' }, /occupancy cannot be told of a line/],
    [{ when: 'absence' }, /for_seconds: how long/],
    [{ when: 'crossing', line: 'dor' }, /dock has no line "dor"\. dock has: zone bay, line door/],
    [{ when: 'crossing', line: 'door', for_seconds: 3 }, /for_seconds does not go with/],
    [{ ...crossings, name: ' W7 ' }, /cannot be the name of a watch/],
    [{ ...crossings, hours: 'nights' }, /hours: "nights" are no hours.*"22:00-06:00"/],
    [{ ...crossings, time_zone: 'Mars/Base' }, /time_zone: "Mars\/Base"/],
    [{ when: 'enter', zone: 'bay', direction: 'forward' }, /A zone has no direction/],
    [{ when: 'camera_down', classes: ['person'] }, /camera_down is of the whole camera/],
  ])('of %j says what is wrong', async (input, message) => {
    await expect(ask(worldWith(recorded()), { action: 'dry_run', ...input })).rejects.toThrow(message);
  });
});

describe('a watch', () => {
  const named = { action: 'create', name: 'Tür "Süd"', ...crossings };

  it('is kept, listed, found under any case of its name, and deleted', async () => {
    const store = recorded();
    const world = worldWith(store);
    const created = await ask(world, named);
    expect(created.structured).toMatchObject({ watch_id: 'w1', dry_run: { fired: 9 } });
    // The same again is the same; another under its name is refused.
    expect((await ask(world, named)).structured.watch_id).toBe('w1');
    await expect(ask(world, { ...named, name: 'TÜR "süd"', direction: 'forward' })).rejects.toThrow(
      /already: w1/,
    );
    expect((await ask(world, { action: 'list' })).structured.watches).toMatchObject([
      { watch_id: 'w1', name: 'Tür "Süd"', fired: 0 },
    ]);
    await ask(world, { action: 'delete', name: 'tür "süd"' });
    expect((await ask(world, { action: 'list' })).structured.watches).toEqual([]);
    await expect(ask(world, { action: 'delete', name: 'w1' })).rejects.toThrow(/There is no watch "w1"/);
    expect(readWatch('w1', world)).toMatchObject({ name: 'Tür "Süd"', firings: [] });
  });

  it('is only kept where writing is allowed, and only deleted if the user agrees', async () => {
    const store = recorded();
    await expect(ask(worldWith(store, false), named)).rejects.toThrow(/only reads.*--allow-write/);
    const world = worldWith(store);
    await ask(world, named);
    const declines: Call = { ...noCall, confirm: () => Promise.resolve('declined') };
    await expect(ask(world, { action: 'delete', name: 'w1' }, declines)).rejects.toThrow(/The user declined/);
    expect((await ask(world, { action: 'list' })).structured.watches).toHaveLength(1);
  });

  it('is among the first that are listed, or found by a part of its name, and an answer stays short', async () => {
    const store = recorded();
    const world = worldWith(store);
    for (let n = 1; n <= 60; n++)
      await ask(world, { ...named, name: `night crowd at gate ${n}`, action: 'create' });
    store.writer.syncCameras([camera(dock, [zone])], t0 + hour);
    const all = await ask(world, { action: 'list' });
    expect(all.structured.watches).toHaveLength(20);
    expect(all.structured.notes?.slice(-2)).toEqual([
      'So do 55 more.',
      expect.stringMatching(/^The first 20 of 60/),
    ]);
    expect(tokensOf(all.text)).toBeLessThan(2000);
    const some = await ask(world, { action: 'list', name: 'GATE 60' });
    expect(some.structured.watches).toMatchObject([{ watch_id: 'w60' }]);
  });

  it('has classes as models name them, which cannot break out of the line of the rule', async () => {
    const world = worldWith(recorded());
    for (const classes of [['a\nb'], ['a"b'], ['a\u2028b'], [''], Array.from({ length: 21 }, () => 'person')])
      await expect(ask(world, { ...named, classes })).rejects.toThrow(/classes/);
    const { structured } = await ask(world, { ...named, classes: ['fire hydrant', 'Fußgänger'] });
    expect(structured.rule).toMatch(/^crossing of fire hydrant or Fußgänger at line/);
  });

  it('whose zone is gone is said to look at nothing', async () => {
    const store = recorded();
    const world = worldWith(store);
    await ask(world, named);
    store.writer.syncCameras([camera(dock, [zone])], t0 + hour);
    expect((await ask(world, { action: 'list' })).structured.notes?.[0]).toMatch(
      /^w1 looks at nothing.*line door/,
    );
  });
});

describe('wait_for_event', () => {
  const wait = async (world: World, input: Record<string, unknown>, call: Call = noCall) => {
    const answer = await waitForEvent.handle(waitForEvent.input.strict().parse(input), world, call);
    return waitForEvent.output.parse(answer.structured);
  };
  const fire = ({ writer }: ReturnType<typeof openStore>, watch: ReturnType<typeof watchId>, times = 1) => {
    const firing = {
      watch,
      camera: dock,
      timeMs: t0,
      sinceMs: t0,
      untilMs: t0,
      open: false,
      tracks: [],
      channels: [],
    };
    writer.watches.addAll(
      Array.from({ length: times }, () => firing),
      t0,
    );
  };

  it('misses nothing between the making of a rule and the first wait', async () => {
    const store = recorded();
    const world = worldWith(store);
    await ask(world, { ...crossings, action: 'create', name: 'other' });
    fire(store, watchId(1), 3);
    const { structured } = await ask(world, { ...crossings, action: 'create', name: 'door' });
    expect(structured.next_after).toBe('f3');
    fire(store, watchId(2));
    expect(await wait(world, { watch: 'door', after: structured.next_after })).toMatchObject({
      happened: [{ firing_id: 'f4', watch: 'door' }],
    });
  });

  it('tells at once what fires while it waits, and misses nothing between two calls', async () => {
    const store = recorded();
    const world = worldWith(store);
    await ask(world, { ...crossings, action: 'create', name: 'door' });
    const waiting = wait(world, { watch: 'DOOR', timeout_seconds: 55 });
    fire(store, watchId(1));
    const first = await waiting;
    expect(first).toMatchObject({
      timed_out: false,
      next_after: 'f1',
      happened: [{ firing_id: 'f1', watch: 'door' }],
    });
    fire(store, watchId(1), 25);
    const second = await wait(world, { after: first.next_after });
    const third = await wait(world, { after: second.next_after });
    expect([second.happened.length, third.happened.length]).toEqual([20, 5]);
    expect(await wait(world, { after: third.next_after, timeout_seconds: 0 })).toMatchObject({
      timed_out: true,
      happened: [],
      next_after: 'f26',
    });
  });

  it('waits for an event of a place, a direction and a class, and passes over all others', async () => {
    const store = openStore();
    const { writer, reader } = store;
    const world = worldOf(reader, t0);
    const waiting = wait(world, { camera: 'dock', line: 'door', direction: 'backward', timeout_seconds: 55 });
    const run = writer.beginRun(newRun());
    const events = [crossing(), crossing({ direction: 'backward' })];
    writer.commit({ nowMs: t0, frames: [frameOf(run, 0, { tracks: [update(track1, 0)], events })] });
    expect(await waiting).toMatchObject({
      happened: [
        { event_id: 'e2', event: 'crossing', direction: 'backward', at: 'door', track_ids: [track1] },
      ],
      next_after: 'e2',
    });
    expect(await wait(world, { classes: ['car'], after: 'e0', timeout_seconds: 0 })).toMatchObject({
      happened: [],
    });
  });

  it('ends when nobody wants to know any more, and says meanwhile that it waits', async () => {
    const world = worldOf(openStore().reader, t0);
    const given = new AbortController();
    const told: string[] = [];
    const call: Call = {
      ...noCall,
      signal: given.signal,
      progress: (_, total, message) => {
        told.push(`${message} ${total}`);
        given.abort();
      },
    };
    expect(await wait(world, { timeout_seconds: 55 }, call)).toMatchObject({ happened: [], timed_out: true });
    expect(told).toEqual(['Waiting 55']);
  });

  it.each([
    [{ watch: 'x' }, /There is no watch "x"/],
    [{ watch: 'x', camera: 'dock' }, /Give watch alone/],
    [{ after: 'yesterday' }, /next_after of an answer/],
    [{ camera: 'dock', after: 'f3' }, /next_after of an answer/],
    [{ camera: 'dock', zone: 'bai' }, /dock has no zone "bai"/],
  ])('of %j says what is wrong', async (input, message) => {
    await expect(wait(worldOf(openStore().reader, t0), input)).rejects.toThrow(message);
  });
});

describe('a rule that counts how many are there', () => {
  it('says how many of those counted are parked', async () => {
    const { writer, reader } = openStore();
    const parked = (id: string, x: number): Walk => ({
      ...{ id, label: 'car', from: [x, 0.5], to: [x, 0.5] },
      ...{ fromMs: t0, toMs: t0 + 600 * s },
    });
    const visitor: Walk = {
      ...{ id: 'dock-1-9', from: [0.1, 0.8], to: [0.9, 0.8] },
      ...{ fromMs: t0 + 300 * s, toMs: t0 + 330 * s },
    };
    record(
      writer,
      dock,
      { fromMs: t0, toMs: t0 + 600 * s },
      [],
      [parked('dock-1-1', 0.2), parked('dock-1-2', 0.7), visitor],
    );
    const ask = async (classes?: string[]) => {
      const rule = { action: 'dry_run', when: 'occupancy', name: 'busy', camera: 'dock' } as const;
      const more = classes ? { classes, more_than: 0 } : { more_than: 2 };
      return (await watch.handle(watch.input.parse({ ...rule, ...more }), worldOf(reader, t0 + 600 * s)))
        .text;
    };
    expect(await ask()).toContain(
      '2 of the 3 counted in the last example had stood still for a minute or more',
    );
    expect(await ask(['person'])).not.toContain('stood still');
  });
});
