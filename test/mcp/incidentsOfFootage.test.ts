import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { cameraId, trackId } from '../../src/domain/ids.ts';
import { incidentOf } from '../../src/mcp/incidents.ts';
import { openReader, type Reader } from '../../src/store/reader.ts';
import { Sandbox } from '../fixtures/argus.ts';
import { connectClient2, type Asker } from '../fixtures/mcpClients.ts';
import { pixelsOf } from '../fixtures/pixels.ts';
import { shared } from '../fixtures/shared.ts';

const vtest = shared('video/vtest.avi');
const missing = vtest.missing || shared('models/yolox_nano.onnx').missing;

const listSchema = z.object({
  total: z.int(),
  incidents: z.array(z.object({ incident_id: z.string(), tracks: z.int(), what: z.array(z.string()) })),
});
const summarySchema = z.object({
  incident_id: z.string(),
  timeline: z.array(z.object({ event_id: z.string().optional() })),
  participants: z.array(z.object({ track_id: z.string() })),
  certain: z.array(z.string()),
  uncertain: z.array(z.string()),
  images: z.array(z.object({ still_id: z.string(), track_ids: z.array(z.string()) })),
});
const placesSchema = z.object({
  tracks: z.array(
    z.object({ track_id: z.string(), seconds: z.number(), first_at: z.tuple([z.number(), z.number()]) }),
  ),
});
const crowdSchema = z.object({ max: z.object({ count: z.int(), track_ids: z.array(z.string()) }) });
const heatSchema = z.object({ places: z.array(z.object({ box: z.array(z.number()) })) });
const tracksSchema = z.object({
  total: z.int(),
  tracks: z.array(z.object({ track_id: z.string(), events: z.int() })),
});

describe.skipIf(missing !== false)(
  `incidents of vtest.avi${missing ? ` (${missing})` : ''}`,
  { timeout: 120_000 },
  () => {
    let box: Sandbox;
    let reader: Reader;
    let asker: Asker;

    beforeAll(async () => {
      box = new Sandbox();
      const shapes = ['--line', 'middle:0.5,0,0.5,1', '--zone', 'lawn:0.3,0.4,0.9,0.4,0.9,0.95,0.3,0.95'];
      const { code, stderr } = await box.run([
        'watch',
        vtest.path,
        '--fps=5',
        '--start=2026-03-29T00:59:20Z',
        ...shapes,
      ]);
      if (code !== 0) throw new Error(stderr);
      reader = openReader(box.data);
      asker = await connectClient2({ box, args: ['mcp'] });
    }, 240_000);
    afterAll(async () => {
      await asker.close();
      reader.close();
      await box.close();
    });

    const ask = async (name: string, args: Record<string, unknown> = {}) => {
      const answer = await asker.call(name, { time_zone: 'UTC', ...args });
      expect(answer).toMatchObject({ isError: false });
      return answer;
    };

    it('are one with all that happened, as somebody is there all the time, and more with a shorter gap', async () => {
      const { total, incidents } = listSchema.parse((await ask('list_incidents')).structured);
      const all = reader.countEvents({ camera: cameraId('vtest') })[0]?.count;
      expect(total).toBe(1);
      expect(incidentOf(reader, incidents[0]?.incident_id ?? '').incident.moments).toHaveLength(all ?? 0);
      expect(incidents[0]?.tracks).toBe(reader.countTracks({ camera: cameraId('vtest') }));
    });

    it('are summed up with pictures of those who took part, over MCP, within what hosts take', async () => {
      const answer = await ask('summarize_incident', { event_id: 'e12', images: 3 });
      const summary = summarySchema.parse(answer.structured);
      expect(JSON.stringify(answer.structured).length + answer.text.length).toBeLessThan(6000);
      expect(answer.pictures).toHaveLength(3);
      expect(summary.images).toHaveLength(3);
      expect(answer.pictures.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(300_000);
      for (const [n, picture] of answer.pictures.entries()) {
        expect((await pixelsOf(picture)).width).toBeGreaterThan(300);
        const { still_id: id, track_ids: tracks = [] } = summary.images[n] ?? {};
        const still = reader.still(id as Parameters<Reader['still']>[0]);
        for (const one of tracks) {
          const track = reader.track(trackId(one));
          expect(track && still && still.timeMs >= track.firstMs && still.timeMs <= track.lastMs).toBe(true);
        }
      }
      expect(new Set(summary.images.flatMap(({ track_ids: ids }) => ids)).size).toBeGreaterThan(8);
      expect(summary.certain.join('\n')).toMatch(/at least \d different person: in view at once/);
      expect(summary.uncertain.join('\n')).toMatch(/how many different person: \d+ tracks/);
    });

    it('leave out the signboard that is taken for a person, and say so', async () => {
      const longest = async (args: Record<string, unknown>) => {
        const answer = await ask('find_tracks', { classes: ['person'], order: 'longest', limit: 1, ...args });
        return { ...answer, first: placesSchema.parse(answer.structured).tracks[0] };
      };
      const signboard = await longest({ include_fixtures: true });
      expect(signboard.first?.seconds).toBeGreaterThan(75);
      // Its foot is at the left edge of the upper path.
      expect(signboard.first?.first_at[0]).toBeLessThan(0.1);
      expect(signboard.first?.first_at[1]).toBeCloseTo(0.25, 1);
      const person = await longest({});
      expect(person.first?.seconds).toBeLessThan(70);
      expect(person.text).toContain(`left out as probably a thing: ${signboard.first?.track_id ?? ''}`);

      const crowdOf = async (args: Record<string, unknown>) =>
        crowdSchema.parse((await ask('get_occupancy', { classes: ['person'], ...args })).structured).max;
      const [all, people] = [await crowdOf({ include_fixtures: true }), await crowdOf({})];
      expect(people.count).toBe(all.count - 1);
      expect(await crowdOf({ include_fixtures: true, min_confidence: 0.65 })).toEqual(people);

      const heat = heatSchema.parse(
        (await ask('get_heatmap', { classes: ['person'], kind: 'stops' })).structured,
      );
      expect(heat.places.every(({ box: [x1 = 0, , , y2 = 0] }) => x1 > 0.1 || y2 > 0.3)).toBe(true);
    });

    it('have tracks that are all found, each with its events', async () => {
      const found = tracksSchema.parse(
        (await ask('find_tracks', { limit: 100, include_fixtures: true })).structured,
      );
      const span = reader.span(cameraId('vtest'));
      expect(found.tracks).toHaveLength(found.total);
      expect(found.total).toBe(span && reader.tracksIn(span, { leastPoints: 3 }).length);
      const events = found.tracks.reduce((sum, track) => sum + track.events, 0);
      expect(events).toBe(reader.countEvents({ camera: cameraId('vtest') })[0]?.count);
      const crossed = tracksSchema.parse(
        (await ask('find_tracks', { line: 'middle', limit: 100 })).structured,
      );
      const drawn = { from: [0.5, 0], to: [0.5, 1] };
      const again = tracksSchema.parse((await ask('find_tracks', { line: drawn, limit: 100 })).structured);
      expect(again).toEqual(crossed);
    });
  },
);
