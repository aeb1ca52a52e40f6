import { z } from 'zod';
import { ArgusError } from '../../domain/errors.ts';
import { trackId } from '../../domain/ids.ts';
import { defineTool } from '../contract.ts';

export const correctIdentity = defineTool({
  name: 'correct_identity',
  title: 'Say who is the same',
  description:
    'Notes that two tracks are of the same person, or that they are not, after you or the user looked at both pictures. ' +
    'It binds trace_person from then on, also through others (the same as the same is the same), and the newest word on ' +
    'two tracks holds. Nothing that was seen is changed. Do it only when the user agrees.',
  input: z.object({
    track_a: z.string().describe('A track_id'),
    track_b: z.string().describe('Another track_id'),
    same: z.boolean().describe('True: one person; false: two'),
  }),
  output: z.object({ track_a: z.string(), track_b: z.string(), same: z.boolean() }),

  writes: true,
  async handle(input, world) {
    const station = await world.live();
    if (!station) {
      throw new ArgusError(
        'No station is running, and nothing else may write.',
        `Start "argus serve", or say it on the command line: argus correct ${input.track_a} ${input.track_b} --${input.same ? 'same' : 'different'}`,
      );
    }
    await station.correct(trackId(input.track_a), trackId(input.track_b), input.same);
    const text = `Noted: ${input.track_a} and ${input.track_b} are ${input.same ? 'one' : 'two'}.`;
    return { structured: input, text };
  },
});
