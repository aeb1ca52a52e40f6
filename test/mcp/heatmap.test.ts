import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { World } from '../../src/mcp/contract.ts';
import { getHeatmap } from '../../src/mcp/tools/getHeatmap.ts';
import { dock, gate, openStore, t0 } from '../store/fixture.ts';
import { record, worldOf } from './adhocRecording.ts';

const minuteMs = 60_000;

async function ask(world: World, input: z.input<typeof getHeatmap.input> = {}) {
  const {
    structured,
    text,
    pictures = [],
  } = await getHeatmap.handle(getHeatmap.input.parse({ camera: 'dock', ...input }), world);
  return { ...getHeatmap.output.parse(structured), text, pictures };
}

/** One who waits for ten minutes, and a car that drives by. */
function watched() {
  const { writer, reader } = openStore();
  record(writer, dock, { fromMs: t0, toMs: t0 + 20 * minuteMs }, [], [
    { id: 'dock-1-1', fromMs: t0 + minuteMs, toMs: t0 + 11 * minuteMs, footAt: () => ({ x: 0.72, y: 0.5 }) },
    { id: 'dock-1-2', label: 'car', fromMs: t0, toMs: t0 + 30_000, from: [0.1, 0.9], to: [0.9, 0.9] },
  ]); // prettier-ignore
  return worldOf(reader, t0 + 20 * minuteMs);
}

describe('get_heatmap', () => {
  it('tells where time was spent, with the share of the window that was watched', async () => {
    const answer = await ask(watched());
    expect(answer).toMatchObject({ total_seconds: 630, tracks: 2, coverage: 1 });
    expect(answer.places[0]).toEqual({ box: [0.6875, 0.4444, 0.75, 0.5556], seconds: 600, share: 0.952 });
    expect(answer.untouched).toBeGreaterThan(0.9);
    expect(answer.pictures[0]?.subarray(1, 4).toString()).toBe('PNG');
    expect(answer.text).toMatch(
      /^2 track\(s\) spent 630 s .*most in \[0\.6875, .*95\.2 %.*\n.*100 % of the window/,
    );
  });

  it('counts of somebody who stands the time within the window alone', async () => {
    const answer = await ask(watched(), { from: '2026-11-22T09:05:00Z', to: '2026-11-22T09:06:30Z' });
    expect(answer).toMatchObject({ total_seconds: 90, tracks: 1 });
  });

  it('is of the classes and of the kind of time asked for', async () => {
    const world = watched();
    expect(await ask(world, { classes: ['car'] })).toMatchObject({ total_seconds: 30, tracks: 1 });
    expect(await ask(world, { kind: 'stops' })).toMatchObject({ total_seconds: 600, tracks: 1 });
    const none = await ask(world, { classes: ['dog'] });
    expect(none).toMatchObject({ total_seconds: 0, places: [], untouched: 1 });
    expect(none.notes).toEqual(['Never seen here: dog. Seen: car, person.']);
  });

  it('says first when nobody watched, also of a camera without any picture', async () => {
    expect((await ask(watched(), { from: 'yesterday' })).text).toMatch(/^NOT WATCHED/);
    const empty = await ask(watched(), { camera: gate });
    expect(empty.text).toMatch(/^NOT WATCHED.*\n0 track/);
    expect(empty.notes).toEqual([expect.stringMatching(/blank ground/)]);
  });
});
