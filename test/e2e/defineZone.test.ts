import { expect, describe, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { sandbox } from '../fixtures/argus.ts';
import { connectClient2, type Asker } from '../fixtures/mcpClients.ts';
import { pixelsOf } from '../fixtures/pixels.ts';
import { shared } from '../fixtures/shared.ts';

const video = shared('video/vtest.avi');
const model = shared('models/yolox_nano.onnx');
const missing = video.missing || model.missing;

const draftSchema = z.object({
  would_have_counted: z.array(z.object({ event: z.string(), count: z.int() })),
  coverage: z.number(),
});
const countSchema = z.object({
  count: z.int(),
  counts: z.array(z.looseObject({ count: z.int() })),
  evidence: z.array(z.object({ event_id: z.string().optional() })),
});
const camerasSchema = z.object({
  cameras: z.array(
    z.object({
      state: z.string(),
      recorded: z.object({ from: z.string(), to: z.string() }).optional(),
      progress: z.number().optional(),
      lines: z.array(z.object({ id: z.string(), name: z.string() })),
    }),
  ),
});

async function cameraOf(client: Asker) {
  const [camera] = camerasSchema.parse((await client.call('list_cameras')).structured).cameras;
  return camera;
}

async function until<T>(ask: () => Promise<T | false | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((wake) => setTimeout(wake, 200));
  }
}

const drawn = { from: [0.5, 0.1], to: [0.5, 0.9] };

describe.skipIf(missing)(
  `an agent that sets up a line${missing ? ` (${missing})` : ''}`,
  { timeout: 240_000 },
  () => {
    it('drafts it, sees it, confirms it while the video is read, and has it counted, over a restart', async () => {
      const box = sandbox();
      box.write(
        'argus.yaml',
        `detector: yolox-nano\ncameras: [{ id: plaza, source: ${JSON.stringify(video.path)}, startTime: "2026-03-29T08:00:00Z" }]\n`,
      );
      const station = box.start(['serve', '--port=0']);
      await station.untilSaid(/MCP: http/);
      const client = await connectClient2({ box, args: ['mcp', '--allow-write'] });
      onTestFinished(() => client.close());
      const ask = async (name: string, args = {}) => {
        const answer = await client.call(name, args);
        expect([answer.text, answer.isError]).toEqual([answer.text, false]);
        return answer;
      };

      await until(async () => ((await cameraOf(client))?.progress ?? 0) > 0.1);
      const heat = await ask('get_heatmap');
      expect(heat.pictures[0]?.subarray(1, 4).toString()).toBe('PNG');
      const draft = await ask('define_zone', { line: drawn, name: 'Mitte' });
      expect((await pixelsOf(draft.pictures[0] ?? Buffer.alloc(0))).width).toBe(768);
      expect(draftSchema.parse(draft.structured).coverage).toBeGreaterThan(0.9);

      const confirmed = await ask('define_zone', { action: 'confirm', line: drawn, name: 'Mitte' });
      expect(confirmed.structured).toMatchObject({ status: 'defined', id: 'mitte' });
      const camera = await cameraOf(client);
      expect(camera?.lines).toMatchObject([{ id: 'mitte', name: 'Mitte' }]);
      // Else it was not defined in the middle of anything.
      expect(camera?.progress).toBeLessThan(1);

      await until(async () => (await cameraOf(client))?.state === 'finished');
      const question = { evidence_limit: 50 };
      const counted = countSchema.parse(
        (await ask('count_zone_events', { ...question, line: 'Mitte' })).structured,
      );
      const asked = countSchema.parse(
        (await ask('count_zone_events', { ...question, line: drawn })).structured,
      );
      expect(counted.counts).toEqual(asked.counts);
      expect(counted.count).toBeGreaterThan(10);
      // Some was counted live, and what came before was not.
      const live = counted.evidence.filter(({ event_id: id }) => id !== undefined).length;
      expect(live).toBeGreaterThan(0);
      expect(live).toBeLessThan(counted.count);

      expect((await ask('get_health')).structured).toMatchObject({
        problems: [],
        station: { running: true },
      });
      expect(await box.run(['stop'])).toMatchObject({ code: 0 });
      await station.finished;
      const again = box.start(['serve', '--port=0']);
      await again.untilSaid(/MCP: http/);
      expect((await cameraOf(client))?.lines).toMatchObject([{ id: 'mitte' }]);
      await ask('define_zone', { action: 'delete', name: 'Mitte' });
      expect((await cameraOf(client))?.lines).toEqual([]);
    });
  },
);
