import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { cameraId, shapeId } from '../../src/domain/ids.ts';
import { tools } from '../../src/mcp/tools/index.ts';
import { openReader, type Reader } from '../../src/store/reader.ts';
import { Sandbox, type Running } from '../fixtures/argus.ts';
import {
  connectClient1,
  connectClient2,
  type Answer,
  type Asker,
  type Where,
} from '../fixtures/mcpClients.ts';
import { colourDistance, pixelsOf, type Colour, type Pixels } from '../fixtures/pixels.ts';
import { shared } from '../fixtures/shared.ts';

const vtest = shared('video/vtest.avi');
const missing = vtest.missing || shared('models/yolox_nano.onnx').missing;

/** The clocks of Berlin go forward 40 s after the first of the 79.4 s of the recording. */
const start = '2026-03-29T00:59:20Z';
const berlin = 'Europe/Berlin';
const config = `cameras:
  - id: vtest
    name: Plaza
    source: ${vtest.path}
    fps: 5
    startTime: ${start}
    lines: [{ id: middle, name: Middle of the lawn, from: [0.5, 0], to: [0.5, 1] }]
    zones: [{ id: lawn, polygon: [[0.3, 0.4], [0.9, 0.4], [0.9, 0.95], [0.3, 0.95]], dwellSeconds: 3 }]
    # Where four people stand by the ground truth of MOT15 (arXiv 1504.01942).
    scale:
      - { at: [0.2638, 0.8883], metres: [-18.703, -10.023] }
      - { at: [0.8865, 0.9891], metres: [-17.16, -15.849] }
      - { at: [0.7996, 0.3485], metres: [0.026, -8.24] }
      - { at: [0.1500, 0.4077], metres: [-8.201, 1.864] }
  - id: ball
    source: test:ball
    fps: 2
`;

const groupSchema = z.object({
  direction: z.enum(['forward', 'backward']).optional(),
  class: z.string().optional(),
  hour: z.string().optional(),
  event: z.string().optional(),
  count: z.int(),
});
const countSchema = z.object({
  count: z.int(),
  counts: z.array(groupSchema),
  groups: z.array(groupSchema).optional(),
  tracks: z.int(),
  window: z.object({ from: z.string(), to: z.string(), time_zone: z.string() }),
  coverage: z.object({ share: z.number(), frames: z.int(), covered_seconds: z.number() }),
  speed: z.object({ told_for: z.int(), of: z.int(), median_kmh: z.number().optional(), p85_kmh: z.number().optional() }).optional(), // prettier-ignore
  evidence: z.array(
    z.object({ event_id: z.string(), track_id: z.string(), time: z.string(), event: z.string() }),
  ),
  notes: z.array(z.string()).optional(),
});
const snapshotSchema = z.object({
  camera: z.string(),
  time: z.iso.datetime({ offset: true }),
  offset_seconds: z.number(),
  live: z.boolean(),
  still_id: z.string().optional(),
  objects: z.array(
    z.object({
      track_id: z.string().optional(),
      box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
    }),
  ),
  notes: z.array(z.string()).optional(),
});
const camerasSchema = z.object({
  cameras: z.array(
    z.object({ id: z.string(), name: z.string(), state: z.string(), message: z.string().optional() }),
  ),
  station: z.object({ running: z.boolean() }),
});

const highlight: Colour = [0xff, 0xd4, 0x00];

describe.skipIf(missing !== false)(
  `the MCP server${missing ? ` (${missing})` : ''}`,
  { timeout: 120_000 },
  () => {
    let box: Sandbox;
    let station: Running;
    let http: Where;
    let stdio: Where;
    let reader: Reader;
    /** For the questions that do not depend on the client. */
    let asker: Asker;

    beforeAll(async () => {
      box = new Sandbox();
      box.write('argus.yaml', config);
      station = box.start(['serve', '--port=0']);
      const [, url = ''] = await station.untilSaid(/MCP: (http:\S+)\/mcp/);
      await station.untilSaid(/vtest: finished/);
      http = { url, token: readFileSync(`${box.data}/token`, 'utf8') };
      stdio = { box, args: ['mcp'] };
      reader = openReader(box.data);
      asker = await connectClient2(stdio);
    }, 240_000);
    afterAll(async () => {
      await asker.close();
      reader.close();
      await box.close();
    });

    const count = async (args: Record<string, unknown>) => {
      const answer = await asker.call('count_zone_events', { camera: 'vtest', time_zone: berlin, ...args });
      expect(answer).toMatchObject({ isError: false });
      return { ...answer, ...countSchema.parse(answer.structured) };
    };
    const snapshot = async (args: Record<string, unknown>) => {
      const answer = await asker.call('get_snapshot', { time_zone: berlin, ...args });
      expect(answer).toMatchObject({ isError: false });
      const [picture, ...others] = answer.pictures;
      expect(others).toEqual([]);
      if (!picture) throw new Error('no picture');
      expect(picture.subarray(0, 3).toString('hex')).toBe('ffd8ff');
      expect(picture.length).toBeLessThanOrEqual(150_000);
      return { ...answer, picture, ...snapshotSchema.parse(answer.structured) };
    };
    const crossing = { camera: cameraId('vtest'), shape: shapeId('middle') };

    describe.each([
      ['the current client over stdio', connectClient2, () => stdio, '2026-07-28'],
      ['the current client over HTTP', connectClient2, () => http, '2026-07-28'],
      ['the older client over stdio', connectClient1, () => stdio, undefined],
      ['the older client over HTTP', connectClient1, () => http, undefined],
    ] as const)('asked by %s', (_, connect, where, protocol) => {
      it('leads from a question to the picture behind its answer', async () => {
        const client = await connect(where());
        onTestFinished(() => client.close());
        expect(client.protocol).toBe(protocol);
        const schemas = new Map((await client.tools()).map((tool) => [tool.name, tool.outputSchema]));
        expect([...schemas.keys()]).toEqual(tools.map(({ name }) => name));
        const ask = async (name: string, args = {}): Promise<Answer> => {
          const answer = await client.call(name, args);
          expect(answer).toMatchObject({ isError: false });
          z.fromJSONSchema(schemas.get(name) ?? {}).parse(answer.structured);
          return answer;
        };

        const { cameras, station: state } = camerasSchema.parse((await ask('list_cameras')).structured);
        expect(cameras.map(({ id, name, state: is }) => [id, name, is])).toEqual([
          ['ball', 'ball', 'running'],
          ['vtest', 'Plaza', 'finished'],
        ]);
        expect(state.running).toBe(true);

        const counted = countSchema.parse(
          (await ask('count_zone_events', { camera: 'Plaza', line: 'middle' })).structured,
        );
        expect(counted.count).toBe(reader.countEvents(crossing)[0]?.count);
        expect(counted.evidence).toHaveLength(5);

        const answer = await ask('get_snapshot', { event_id: counted.evidence[2]?.event_id });
        const shown = snapshotSchema.parse(answer.structured);
        expect(shown.objects.map(({ track_id: id }) => id)).toContain(counted.evidence[2]?.track_id);
        expect(answer.links).toEqual([`argus://still/${shown.still_id ?? ''}`]);
        const still = await pixelsOf(await client.read(answer.links[0] ?? ''));
        expect([still.width, still.height]).toEqual([768, 576]);
        const now = await ask('get_snapshot', { camera: 'ball' });
        expect(snapshotSchema.parse(now.structured).live).toBe(true);
      });
    });

    it('describes its tools within what hosts show, and says what they may do', async () => {
      for (const { name, description, annotations, title } of await asker.tools()) {
        expect([name, Buffer.byteLength(description) <= 2048, title.length > 0]).toEqual([name, true, true]);
        expect(annotations).toEqual({
          readOnlyHint: true,
          destructiveHint: false,
          idempotentHint: true,
          openWorldHint: false,
        });
      }
      expect(Buffer.byteLength(asker.instructions ?? '')).toBeLessThanOrEqual(2048);
      expect(asker.instructions).toMatch(/list_cameras/);
    });

    describe('counting', () => {
      it('counts what the store has, in the whole recording, all of which was watched', async () => {
        const answer = await count({ line: 'middle' });
        const byDirection = reader.countEvents(crossing, ['direction']);
        expect(byDirection).toHaveLength(2);
        expect(answer.counts.map(({ direction, count: n }) => ({ direction, count: n }))).toEqual(
          byDirection,
        );
        expect(answer.count).toBe(byDirection.reduce((sum, { count: n }) => sum + n, 0));
        expect(answer.tracks).toBe(reader.countTracks(crossing));
        expect(answer.coverage).toMatchObject({ share: 1, frames: 398 });
        expect(answer.window).toMatchObject({
          from: '2026-03-29T01:59:20.000+01:00',
          time_zone: berlin,
        });
        expect(answer.window.to).toMatch(/^2026-03-29T03:00:39\.40\d\+02:00$/);
        expect(answer.text).toMatch(/100 % of the window/);
      });

      it('groups by direction, class and the local hour, also over a change of the clocks', async () => {
        const { count: all, groups: byHour = [] } = await count({ line: 'middle', group_by: ['hour'] });
        const hours = new Map(byHour.map(({ hour, count: n }) => [hour, n]));
        expect([...hours.keys()].sort()).toEqual(['2026-03-29T01:00+01:00', '2026-03-29T03:00+02:00']);
        const changeMs = Date.parse('2026-03-29T01:00:00Z');
        expect(hours.get('2026-03-29T01:00+01:00')).toBe(
          reader.countEvents({ ...crossing, toMs: changeMs })[0]?.count,
        );
        const before = await count({ line: 'middle', to: '2026-03-29T03:00' });
        expect(before.count).toBe(hours.get('2026-03-29T01:00+01:00'));

        const { groups: both = [] } = await count({ line: 'middle', group_by: ['direction', 'class'] });
        expect(both.reduce((sum, { count: n }) => sum + n, 0)).toBe(all);
        expect(both.map(({ direction, class: label, count: n }) => ({ direction, label, count: n }))).toEqual(
          reader.countEvents(crossing, ['direction', 'label']),
        );
      });

      it('counts entries into a zone, and says exits and dwells beside them', async () => {
        const answer = await count({ zone: 'lawn' });
        const stored = reader.countEvents({ camera: crossing.camera, shape: shapeId('lawn') }, ['type']);
        expect(stored.map(({ type }) => type).sort()).toEqual(['dwell', 'enter', 'exit']);
        expect(answer.counts.map(({ event, count: n }) => ({ type: event, count: n }))).toEqual(stored);
        expect(answer.count).toBe(stored.find(({ type }) => type === 'enter')?.count);
        const dwells = await count({ zone: 'lawn', event: 'dwell', evidence_limit: 50 });
        expect(dwells.count).toBe(stored.find(({ type }) => type === 'dwell')?.count);
        expect(dwells.evidence).toHaveLength(Math.min(50, dwells.count));
      });

      it('tells how fast they went, as the camera has a scale: people walk', async () => {
        const { speed, count: all, text } = await count({ line: 'middle' });
        expect(speed?.of).toBe(all);
        expect(speed?.told_for).toBeGreaterThan(0.8 * all);
        // The file plays 7 frames a second as 10.
        expect((speed?.median_kmh ?? 0) * 0.7).toBeGreaterThan(3);
        expect((speed?.p85_kmh ?? 0) * 0.7).toBeLessThan(7);
        expect(text).toContain(`Speed: median ${speed?.median_kmh} km/h`);
      });

      it('counts only the class, direction and window asked for', async () => {
        const { count: all } = await count({ line: 'middle' });
        const forward = await count({ line: 'middle', direction: 'forward' });
        expect(forward.count).toBe(reader.countEvents({ ...crossing, direction: 'forward' })[0]?.count);
        expect(forward.count).toBeLessThan(all);
        const persons = await count({ line: 'middle', classes: ['person'] });
        expect(persons.count).toBe(reader.countEvents({ ...crossing, labels: ['person'] })[0]?.count);
        const lions = await count({ line: 'middle', classes: ['lion'] });
        expect(lions).toMatchObject({ count: 0, evidence: [] });
        expect(lions.text).toMatch(/Never seen here: lion\. Seen: .*person/);
        const early = await count({ line: 'middle', to: '2026-03-29T00:59:50Z' });
        const late = await count({ line: 'middle', from: '2026-03-29T00:59:50Z' });
        expect(early.count).toBeGreaterThan(0);
        expect(early.count + late.count).toBe(all);
      });

      it('never passes a window that nobody watched for one in which nothing happened', async () => {
        const blind = await count({ line: 'middle', from: '2026-03-28T09:00', to: '2026-03-28T10:00' });
        expect(blind).toMatchObject({ count: 0, coverage: { share: 0, frames: 0 }, evidence: [] });
        expect(blind.text).toMatch(/^NOT WATCHED/);
        const half = await count({ line: 'middle', from: '2026-03-29T00:58:40Z', to: '2026-03-29T01:00Z' });
        expect(half.coverage.share).toBeCloseTo(0.5, 2);
      });
    });

    it.each([
      ['count_zone_events', { line: 'middle' }, /Which camera\?.*ball.*vtest/],
      ['count_zone_events', { camera: 'nowhere', line: 'middle' }, /no camera "nowhere".*ball.*vtest/],
      ['count_zone_events', { camera: 'vtest', line: 'none' }, /no line "none".*zone lawn, line middle/],
      ['count_zone_events', { camera: 'vtest', zone: 'middle' }, /no zone "middle".*line middle/],
      ['count_zone_events', { camera: 'ball', line: 'x' }, /ball has no lines or zones.*argus\.yaml/],
      ['count_zone_events', { camera: 'vtest' }, /either line or zone.*zone lawn, line middle/],
      [
        'count_zone_events',
        { camera: 'vtest', line: 'middle', from: 'teatime' },
        /from: "teatime".*ISO 8601/,
      ],
      [
        'count_zone_events',
        { camera: 'vtest', line: 'middle', from: '-1h', to: '-2h' },
        /before it begins.*Swap/,
      ],
      ['count_zone_events', { camera: 'vtest', line: 'middle', time_zone: 'Mars/Base' }, /Mars\/Base.*IANA/],
      ['count_zone_events', { camera: 'vtest', zone: 'lawn', direction: 'forward' }, /zone has no direction/],
      [
        'count_zone_events',
        { camera: 'vtest', line: 'middle', event: 'dwell' },
        /line has no dwell.*crossing/,
      ],
      ['count_zone_events', { camera: 'vtest', line: 'middle', until: 'now' }, /until/],
      ['get_snapshot', { camera: 'nowhere' }, /no camera "nowhere".*ball.*vtest/],
      ['get_snapshot', { event_id: 'e999999' }, /no event "e999999".*count_zone_events/],
      ['get_snapshot', { event_id: 'yesterday' }, /no event "yesterday".*count_zone_events/],
      ['get_snapshot', { track_id: 'vtest-1-9999' }, /no track "vtest-1-9999".*count_zone_events/],
      ['get_snapshot', { event_id: 'e1', track_id: 'vtest-1-1' }, /Both event_id and track_id/],
      ['get_snapshot', { camera: 'vtest', at: '25:00' }, /at: "25:00" is not a time.*ISO 8601/],
      ['list_cameras', { time_zone: 'Moon' }, /Moon.*IANA/],
    ])('%s %o is refused with what to do instead', async (name, args, words) => {
      const answer = await asker.call(name, args);
      expect(answer).toMatchObject({ isError: true, pictures: [] });
      expect(answer.text).toMatch(words);
    });

    it('says that a picture is unknown', async () => {
      await expect(asker.read('argus://still/s999999')).rejects.toThrow(/no still "s999999".*get_snapshot/);
    });

    describe('pictures', () => {
      it('of now come from the running camera', async () => {
        const first = await snapshot({ camera: 'ball' });
        expect(first).toMatchObject({ live: true, camera: 'ball', links: [] });
        // The clock of a connection is set by its first frame, which may have come late.
        expect(first.offset_seconds).toBeLessThanOrEqual(1);
        expect(first.offset_seconds).toBeGreaterThan(-10);
        const second = await station.until(async () => {
          const next = await snapshot({ camera: 'ball' });
          return Date.parse(next.time) > Date.parse(first.time) && next;
        });
        expect(second.picture.equals(first.picture)).toBe(false);
      });

      it('of a moment say how far they are from it', async () => {
        const shown = await snapshot({ camera: 'vtest', at: '2026-03-29T03:00:10' });
        expect(shown.live).toBe(false);
        const off = (Date.parse(shown.time) - Date.parse('2026-03-29T01:00:10Z')) / 1000;
        expect(shown.offset_seconds).toBeCloseTo(off, 1);
        expect(Math.abs(off)).toBeLessThan(3);
        const far = await snapshot({ camera: 'vtest', at: '2026-03-28T12:00' });
        expect(far.offset_seconds).toBeGreaterThan(3600);
        expect(far.text).toMatch(/No picture nearer/);
        // The file has ended: there is no now.
        const now = await snapshot({ camera: 'vtest' });
        expect(now.live).toBe(false);
        expect(now.text).toMatch(/no live picture/);
      });

      it('of an event have its track, the others, and the lines drawn where they are', async () => {
        const { evidence } = await count({ line: 'middle', evidence_limit: 4 });
        for (const { event_id: event, track_id: track } of evidence) {
          const drawn = await snapshot({ event_id: event });
          const bare = await snapshot({ event_id: event, draw: false });
          expect(Math.abs(drawn.offset_seconds)).toBeLessThanOrEqual(1);
          const seen = drawn.objects.find(({ track_id: id }) => id === track);
          if (!seen) throw new Error(`${track} is not in the picture of ${event}`);
          const [with_, without] = [await pixelsOf(drawn.picture), await pixelsOf(bare.picture)];
          expect(shareOfEdges(with_, seen.box, highlight)).toBeGreaterThan(0.6);
          expect(shareOfEdges(without, seen.box, highlight)).toBeLessThan(0.1);
          expect(differingShare(with_, without, 0.5)).toBeGreaterThan(0.8);
          expect(differingShare(with_, without, 0.01)).toBeLessThan(0.2);
        }
      });

      it('of a track show it', async () => {
        const { evidence } = await count({ line: 'middle' });
        const id = evidence[0]?.track_id ?? '';
        const shown = await snapshot({ track_id: id });
        expect(shown.objects.map((object) => object.track_id)).toContain(id);
        expect(shown.links).toHaveLength(1);
      });
    });

    it('writes nothing but JSON-RPC on stdout, and ends with stdin', async () => {
      const running = box.start(['mcp']);
      const initialize = {
        protocolVersion: '2025-11-25',
        capabilities: {},
        clientInfo: { name: 'raw', version: '0' },
      };
      const call = (id: number, name: string, args: object) => ({
        id,
        method: 'tools/call',
        params: { name, arguments: args },
      });
      const messages = [
        { id: 1, method: 'initialize', params: initialize },
        { method: 'notifications/initialized' },
        { id: 2, method: 'tools/list' },
        call(3, 'list_cameras', {}),
        call(4, 'get_snapshot', { camera: 'ball' }),
        call(5, 'no_such_tool', {}),
        { id: 6, method: 'no/such/method' },
      ];
      for (const message of messages) {
        running.process.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
      }
      running.process.stdin?.write('this is not JSON\n');
      const answers = () => running.stdout.split('\n').filter((text) => text.includes('"id":'));
      await running.until(() => answers().length >= 6);
      running.process.stdin?.end();
      const { code, stdout } = await running.finished;
      expect(code).toBe(0);
      const lines = stdout.trimEnd().split('\n');
      const rpc = z.object({ jsonrpc: z.literal('2.0'), id: z.union([z.int(), z.null()]).optional() });
      const ids = lines.map((text) => rpc.parse(JSON.parse(text)).id);
      expect(ids.filter((id) => id !== undefined && id !== null).sort()).toEqual([1, 2, 3, 4, 5, 6]);
    });
  },
);

/** The part of a box's four edges that has the colour, give or take what JPEG does to thin lines. */
function shareOfEdges(
  pixels: Pixels,
  [x1, y1, x2, y2]: readonly [number, number, number, number],
  colour: Colour,
): number {
  const steps = Array.from({ length: 40 }, (_, i) => (i + 0.5) / 40);
  const places = steps.flatMap((t) => {
    const [x, y] = [x1 + t * (x2 - x1), y1 + t * (y2 - y1)];
    return [
      [x1, y],
      [x2, y],
      [x, y1],
      [x, y2],
    ] as const;
  });
  return places.filter(([x, y]) => colourDistance(pixels.at(x, y), colour) < 120).length / places.length;
}

/** The part of a column in which two pictures differ. */
function differingShare(a: Pixels, b: Pixels, x: number): number {
  const steps = Array.from({ length: 100 }, (_, i) => (i + 0.5) / 100);
  return steps.filter((y) => colourDistance(a.at(x, y), b.at(x, y)) > 40).length / steps.length;
}
