import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Sandbox } from '../fixtures/argus.ts';
import { connectClient2, type Asker } from '../fixtures/mcpClients.ts';
import { shared } from '../fixtures/shared.ts';

const clips = { traffic: shared('video/traffic.mp4'), vtest: shared('video/vtest.avi') };
const missing =
  Object.values(clips).find((clip) => clip.missing)?.missing ?? shared('models/yolox_nano.onnx').missing;

const answerSchema = z.object({
  count: z.int(),
  audit: z.object({
    total: z.int(),
    least_count: z.int(),
    doubtful_pairs: z.array(z.object({ classes: z.array(z.string()), why: z.string() })),
  }),
});

describe.skipIf(missing !== false)(
  `the audit of counts of footage${missing ? ` (${missing})` : ''}`,
  { timeout: 240_000 },
  () => {
    let box: Sandbox;
    let asker: Asker;
    beforeAll(async () => {
      box = new Sandbox();
      for (const [id, clip] of Object.entries(clips)) {
        const shapes = ['--line=middle:0.5,0,0.5,1', '--zone=lawn:0.3,0.4,0.9,0.4,0.9,0.95,0.3,0.95'];
        const flags = ['--model=yolox-nano', `--id=${id}`, '--start=2026-01-01T00:00:00Z', ...shapes];
        const { code, stderr } = await box.run(['watch', clip.path, ...flags]);
        if (code !== 0) throw new Error(stderr);
      }
      asker = await connectClient2({ box, args: ['mcp'] });
    }, 240_000);
    afterAll(async () => {
      await asker.close();
      await box.close();
    });

    const audited = async (camera: keyof typeof clips, at: { line: string } | { zone: string }) => {
      const asked = { camera, ...at, audit: true, time_zone: 'UTC' };
      return answerSchema.parse((await asker.call('count_zone_events', asked)).structured);
    };

    it('doubts no crossing of the middle, as none is counted twice', async () => {
      for (const camera of ['traffic', 'vtest'] as const) {
        const { count, audit } = await audited(camera, { line: 'middle' });
        expect(audit).toEqual({ total: 0, least_count: count, doubtful_pairs: [] });
      }
    });

    it('finds the car that is an airplane, too, in the zone of its lane', async () => {
      const { audit } = await audited('traffic', { zone: 'lawn' });
      const found = audit.doubtful_pairs.map(({ classes, why }) => [classes.toSorted(), why]);
      expect(found).toEqual([[['airplane', 'car'], expect.stringMatching(/^boxes overlap \d\d % at/)]]);
    });

    it('doubts few entries where people are hidden by each other and by a sign', async () => {
      const { count, audit } = await audited('vtest', { zone: 'lawn' });
      expect(audit.total).toBeGreaterThan(0);
      expect(audit.total).toBeLessThanOrEqual(count / 6);
      expect(audit.least_count).toBe(count - audit.total);
    });
  },
);
