import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Sandbox } from '../fixtures/argus.ts';
import { connectClient2 } from '../fixtures/mcpClients.ts';
import { shared } from '../fixtures/shared.ts';

const vtest = shared('video/vtest.avi');
const missing = vtest.missing || shared('models/yolox_nano.onnx').missing;
/** Of persons over the vertical middle line, by the ground truth: to the left, and to the right. */
const truth = { backward: 16, forward: 14 };

const answerSchema = z.object({
  count: z.int(),
  counts: z.array(z.object({ direction: z.string(), count: z.int() })),
  notes: z.array(z.string()).optional(),
});

describe.skipIf(missing !== false)(
  `persons in vtest.avi at low frame rates${missing ? ` (${missing})` : ''}`,
  { timeout: 240_000 },
  () => {
    let box: Sandbox;
    afterEach(() => box.close());

    it.each([
      [5, 1],
      [3, 2],
      [2, 5],
      [1, 5],
    ])(
      'at %i frames a second at most %i of 30 crossings are missed, none the wrong way',
      async (fps, missed) => {
        box = new Sandbox();
        const flags = ['--model=yolox-nano', '--identify=off', `--fps=${fps}`, '--line=middle:0.5,0,0.5,1'];
        const { code, stderr } = await box.run(['watch', vtest.path, ...flags]);
        if (code !== 0) throw new Error(stderr);
        const asker = await connectClient2({ box, args: ['mcp'] });
        const { structured, text } = await asker.call('count_zone_events', {
          line: 'middle',
          classes: ['person'],
        });
        await asker.close();
        const { count, counts, notes = [] } = answerSchema.parse(structured);
        expect(count).toBeGreaterThanOrEqual(30 - missed);
        for (const { direction, count: counted } of counts)
          expect(counted).toBeLessThanOrEqual(truth[direction as keyof typeof truth] + 1);
        const isLow = notes.some((note) => /\d+ of \d+ tracks went farther than half their size/.test(note));
        // At 2 some already go that far.
        if (fps !== 2) expect(isLow).toBe(fps === 1);
        expect(text.includes('frames/s is low for what moved before vtest')).toBe(isLow);
      },
    );
  },
);
