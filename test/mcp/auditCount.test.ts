import { describe, expect, it } from 'vitest';
import { countZoneEvents } from '../../src/mcp/tools/countZoneEvents.ts';
import { dock, line, openStore, t0 } from '../store/fixture.ts';
import { record, worldOf, type Walk } from './adhocRecording.ts';

const s = 1000;
const drive = (id: string, label: string, fromS: number): Walk => ({
  ...{ id, label, from: [0.1, 0.7], to: [0.9, 0.7] },
  ...{ fromMs: t0 + fromS * s, toMs: t0 + (fromS + 8) * s },
});
/** Eight cars, of which the second and every other is followed as a truck, too, when so many doubles are asked for. */
function street(doubles: number) {
  const { writer, reader } = openStore();
  const cars = Array.from({ length: 8 }, (_, n) => drive(`dock-1-${n}`, 'car', 10 * n));
  const trucks = Array.from({ length: doubles }, (_, n) => drive(`dock-1-${100 + n}`, 'truck', 10 * (n + 1)));
  record(writer, dock, { fromMs: t0, toMs: t0 + 100 * s }, [line], [...cars, ...trucks], 200);
  return worldOf(reader, t0 + 200 * s);
}
const ask = async (world: ReturnType<typeof street>, more: object) => {
  const input = countZoneEvents.input.strict().parse({ camera: 'dock', line: 'door', ...more });
  const { structured, text } = await countZoneEvents.handle(input, world);
  return { ...countZoneEvents.output.parse(structured), text };
};

describe('the audit of a count', () => {
  it('finds the car that was followed as a truck, too, and says what to look at', async () => {
    const { count, audit, text } = await ask(street(1), { audit: true });
    expect(count).toBe(9);
    expect(audit).toMatchObject({ total: 1, least_count: 8 });
    const [pair] = audit?.doubtful_pairs ?? [];
    expect(pair?.track_ids.toSorted()).toEqual(['dock-1-1', 'dock-1-100']);
    expect(pair?.classes.toSorted()).toEqual(['car', 'truck']);
    expect(pair?.event_ids).toHaveLength(2);
    expect(pair?.why).toMatch(/^boxes overlap 100 % at \d+ moments, as (car and truck|truck and car)$/);
    expect(text).toMatch(/1 pair may be one object, the count then 8: dock-1-\d+ and dock-1-\d+ \(boxes/);
  });

  it('of a line that is drawn now gives tracks and times instead of events', async () => {
    const drawn = { from: [0.45, 0], to: [0.45, 1] };
    const { audit } = await ask(street(1), { line: drawn, audit: true });
    expect(audit?.doubtful_pairs[0]).not.toHaveProperty('event_ids');
    expect(audit).toMatchObject({ total: 1, least_count: 8 });
  });

  it('lists five pairs at most and says how many there are', async () => {
    const { audit, text } = await ask(street(7), { audit: true });
    expect(audit).toMatchObject({ total: 7, least_count: 8 });
    expect(audit?.doubtful_pairs).toHaveLength(5);
    expect(text).toMatch(/7 pairs may be one object each, the count then 8: .*; 2 more\. Look/);
  });

  it('only compares what was counted, and is left out unless asked for', async () => {
    const { audit, text } = await ask(street(1), { classes: ['car'], audit: true });
    expect(audit).toEqual({ total: 0, least_count: 8, doubtful_pairs: [] });
    expect(text).toContain('No two of the counted tracks look like one object.');
    expect(await ask(street(1), {})).not.toHaveProperty('audit');
  });
});
