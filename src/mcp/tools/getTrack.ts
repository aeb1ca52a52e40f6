import * as z from 'zod';
import { defineTool } from '../contract.ts';
import { windowInput } from '../inputs.ts';
import { findTrack, trackInput } from '../trackOfQuestion.ts';
import { trackSummary, trackSummaryFields } from '../trackSummary.ts';
import { resolveTimeZone } from '../window.ts';

export const getTrack = defineTool({
  name: 'get_track',
  title: 'Look at one track',
  description:
    'Path, events, speed, pictures of a track, other passages of the same one, and who was beside it.',
  input: z.object({
    ...trackInput,
    response_format: z.enum(['concise', 'detailed']).default('concise').describe('detailed: up to 60 points'),
    time_zone: windowInput.time_zone,
  }),
  output: z.object(trackSummaryFields),

  readsMuch: true,
  async handle(input, world) {
    const timeZone = resolveTimeZone(input.time_zone ?? world.timeZone);
    const reader = world.reader();
    const track = findTrack(reader, input);
    const structured = await trackSummary(reader, track, { detail: input.response_format, timeZone });
    const { events, same, notes = [] } = structured;
    const did = events.map(({ event_id, what }) => `${event_id} ${what}`).join(', ') || 'no events';
    const text = [
      `${structured.class} ${structured.track_id} at ${structured.camera}, ${structured.from} to ${structured.to} (${structured.seconds} s): ${did}.`,
      ...(same.length > 0
        ? [
            `The same one: ${same.map(({ track_id, probability }) => `${track_id} (${Math.round(probability * 100)} %)`).join(', ')}.`,
          ]
        : []),
      ...notes,
    ].join('\n');
    return { structured, text };
  },
});
