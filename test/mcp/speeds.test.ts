import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { GroundPoint, Scale } from '../../src/domain/homography.ts';
import { mostMeasured } from '../../src/mcp/speeds.ts';
import { countZoneEvents } from '../../src/mcp/tools/countZoneEvents.ts';
import type { Reader } from '../../src/store/reader.ts';
import { seen, type Pinhole } from '../fixtures/ground.ts';
import { camera, dock, gate, line, openStore, t0 } from '../store/fixture.ts';
import { record, worldOf, type Wander } from './adhocRecording.ts';

const pinhole: Pinhole = { heightM: 6, tiltDeg: 30, focal: 1 };
/** Four places that the camera sees, on no rectangle. */
const scale: Scale = [
  { xM: -2, yM: 8 },
  { xM: 3, yM: 7.5 },
  { xM: 4, yM: 18 },
  { xM: -5, yM: 16 },
].map((ground) => ({ ground, picture: seen(pinhole, ground) }));

/** In the middle of what the camera sees. */
const middle: GroundPoint = { xM: 0, yM: 11 };
const walkMs = 6000;
const minuteMs = 60_000;

const offsetOf = (headingDeg: number, metres: number): GroundPoint => {
  const heading = (headingDeg * Math.PI) / 180;
  return { xM: middle.xM + metres * Math.sin(heading), yM: middle.yM + metres * Math.cos(heading) };
};

/** Someone who comes through the middle 3 s after `fromMs`, straight on over the ground; `trembleNorm` off by turns. */
const walker = (id: string, fromMs: number, mps: number, headingDeg: number, trembleNorm = 0): Wander => ({
  id,
  fromMs,
  toMs: fromMs + walkMs,
  footAt: (timeMs) => {
    const { x, y } = seen(pinhole, offsetOf(headingDeg, (mps * (timeMs - fromMs - walkMs / 2)) / 1000));
    return { x, y: y + (Math.round((timeMs - fromMs) / 100) % 2 === 0 ? trembleNorm : -trembleNorm) };
  },
});

/** Across the middle of the picture, square to the way of who goes that way. */
const lineAcross = (headingDeg: number) => {
  const [from, to] = [offsetOf(headingDeg - 90, 3), offsetOf(headingDeg + 90, 3)].map((end) => {
    const { x, y } = seen(pinhole, end);
    return [x, y];
  });
  return { from: from ?? [], to: to ?? [] };
};

async function count(reader: Reader, input: z.input<typeof countZoneEvents.input>) {
  const world = worldOf(reader, t0 + 60 * minuteMs);
  const { structured, text } = await countZoneEvents.handle(
    countZoneEvents.input.parse({ camera: 'dock', ...input }),
    world,
  );
  return { ...countZoneEvents.output.parse(structured), text };
}

function recorded(walks: readonly Wander[], stepMs = 100) {
  const { writer, reader } = openStore();
  writer.syncCameras([{ ...camera(dock, [line]), scale }, camera(gate, [line])], t0);
  const toMs = Math.max(...walks.map((walk) => walk.toMs)) + 1000;
  for (const id of [dock, gate]) {
    const own = walks.map((walk) => ({ ...walk, id: `${id}-1-${walk.id}` }));
    record(writer, id, { fromMs: t0, toMs }, [line], own, stepMs);
  }
  return reader;
}

describe('someone who walks 1.4 m/s over the ground', () => {
  it.each([0, 37, 90, 135, 180, 222, 270, 350])(
    'to %d° crosses a line with that speed and heading',
    async (to) => {
      const reader = recorded([walker('1', t0, 1.4, to)]);
      const { evidence, speed, text } = await count(reader, { line: lineAcross(to) });
      expect(evidence).toHaveLength(1);
      const { speed_kmh: kmh = 0, heading_deg: heading = NaN } = evidence[0] ?? {};
      expect(Math.abs(kmh / (1.4 * 3.6) - 1)).toBeLessThan(0.02);
      expect(Math.abs(((heading - to + 540) % 360) - 180)).toBeLessThan(2);
      expect(heading).toBeLessThan(360);
      expect(speed).toEqual({ told_for: 1, of: 1, median_kmh: kmh, p85_kmh: kmh });
      expect(text).toContain(`Speed: median ${kmh} km/h, 85 % at most ${kmh} km/h; told for 1 of 1.`);
    },
  );

  it.each([
    ['with one point a second', 0, 1000],
    ['with a box that trembles by 2 pixels of 576', 2 / 576, 100],
  ])('has it %s, too, at a line that was counted live', async (_, trembleNorm, stepMs) => {
    const reader = recorded([walker('1', t0, 1.4, 90, trembleNorm)], stepMs);
    const { evidence, speed } = await count(reader, { line: 'door' });
    expect(evidence[0]?.event_id).toBeDefined();
    expect(Math.abs((speed?.median_kmh ?? 0) / (1.4 * 3.6) - 1)).toBeLessThan(0.02);
    expect(Math.abs((evidence[0]?.heading_deg ?? NaN) - 90)).toBeLessThan(2);
  });

  it('has it where a zone is entered and left', async () => {
    const reader = recorded([walker('1', t0, 1.4, 90)]);
    const corners = [[-1, 10], [1, 10], [1, 12], [-1, 12]] as const; // prettier-ignore
    const polygon = corners.map(([xM, yM]) => {
      const { x, y } = seen(pinhole, { xM, yM });
      return [x, y];
    });
    for (const event of ['enter', 'exit'] as const) {
      const { speed } = await count(reader, { zone: { polygon }, event });
      expect(speed).toMatchObject({ told_for: 1, of: 1 });
      expect(Math.abs((speed?.median_kmh ?? 0) / (1.4 * 3.6) - 1)).toBeLessThan(0.02);
    }
  });
});

describe('the speeds of many', () => {
  /** 1 to 2 m/s, to the right and back by turns, and one who is seen for 0.4 s only. */
  const mps = Array.from({ length: 11 }, (_, n) => 1 + n / 10);
  const walks = mps.map((speed, n) => walker(`${n}`, t0 + n * 10_000, speed, n % 2 === 0 ? 90 : 270, 0));
  const hasty = walker('hasty', t0 + 3 * minuteMs - 2800, 6, 90);
  const all = [...walks, { ...hasty, fromMs: t0 + 3 * minuteMs, toMs: t0 + 3 * minuteMs + 400 }];

  it('are told by their median and the 85th of a hundred, and of how many', async () => {
    const reader = recorded(all);
    const { count: n, speed } = await count(reader, { line: 'door' });
    expect(n).toBe(12);
    expect(speed).toMatchObject({ told_for: 11, of: 12 });
    expect(speed?.median_kmh).toBeCloseTo(1.5 * 3.6, 1);
    expect(speed?.p85_kmh).toBeCloseTo(1.9 * 3.6, 1);
  });

  it('can be asked for: only those that were so fast, in groups and evidence as well', async () => {
    const reader = recorded(all);
    for (const where of ['door', { from: [0.5, 0], to: [0.5, 1] }]) {
      const fast = await count(reader, {
        line: where,
        min_speed_kmh: 1.65 * 3.6,
        group_by: ['direction'],
        evidence_limit: 50,
      });
      expect([fast.count, fast.tracks, fast.speed?.told_for]).toEqual([4, 4, 4]);
      expect(fast.groups).toEqual([{ direction: 'backward', count: 2 }, { direction: 'forward', count: 2 }]); // prettier-ignore
      expect(fast.evidence.map(({ speed_kmh: kmh }) => kmh)).toEqual([1.7, 1.8, 1.9, 2].map((v) => expect.closeTo(v * 3.6, 1) as number)); // prettier-ignore
      expect(fast.notes).toEqual(['dock: 1 event(s) are not counted, as their speed cannot be told.']);
    }
  });

  it('are none of a camera without a scale, and it is not said that there could be', async () => {
    const reader = recorded(all);
    const { text, ...answer } = await count(reader, { camera: 'gate', line: 'door' });
    expect(answer.count).toBe(12);
    expect(JSON.stringify([answer, text])).not.toMatch(/speed|heading|km\/h/i);
    await expect(count(reader, { camera: 'gate', line: 'door', min_speed_kmh: 5 })).rejects.toThrow(
      /min_speed_kmh: camera gate has no scale.*scale in argus\.yaml/,
    );
    const both = await count(reader, { camera: ['dock', 'gate'], line: 'door' });
    expect(both.speed).toMatchObject({ told_for: 11, of: 24 });
  });

  it('are not said where nobody crossed', async () => {
    const reader = recorded(walks.slice(0, 1));
    const { speed, text } = await count(reader, { line: { from: [0.1, 0.1], to: [0.2, 0.1] } });
    expect(speed).toEqual({ told_for: 0, of: 0 });
    expect(text).not.toMatch(/speed/i);
  });

  it('are those of a fair sample where there are very many', async () => {
    const many = Array.from({ length: mostMeasured + 200 }, (_, n) =>
      walker(`${n}`, t0 + n * 100, n % 2 === 0 ? 1 : 1.5, 90),
    );
    const { count: n, speed } = await count(recorded(many, 200), { line: 'door' });
    expect(n).toBe(mostMeasured + 200);
    expect(speed).toMatchObject({ told_for: mostMeasured, of: mostMeasured });
    expect(speed?.p85_kmh).toBeCloseTo(1.5 * 3.6, 1);
  });
});
