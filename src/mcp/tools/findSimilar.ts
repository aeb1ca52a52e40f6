import { z } from 'zod';
import { ArgusError } from '../../domain/errors.ts';
import type { TrackId } from '../../domain/ids.ts';
import { logRatioOf } from '../../identify/calibration.ts';
import { compareTracks } from '../../identify/compareTracks.ts';
import { defineTool } from '../contract.ts';
import { findCamera } from '../lookup.ts';
import { seenTracks } from '../people.ts';
import { findTrack, trackInput } from '../trackOfQuestion.ts';
import { localTime, resolveTimeZone, resolveWindow } from '../window.ts';
import { windowInput } from '../windowInput.ts';

const mostAnswers = 50;

export const findSimilar = defineTool({
  name: 'find_similar',
  title: 'Find who looks alike',
  description:
    'Finds tracks that look like a given one, the most alike first: "who else wore such a jacket", "was this van here ' +
    'before". Looks alone decide: unlike trace_person it knows nothing of ways and times. The probability is that of the ' +
    'same one if it were one of two equally likely; among many, alike is far from the same.',
  input: z.object({
    ...trackInput,
    ...windowInput,
    cameras: z.array(z.string()).optional().describe('Ids or names; default: all'),
    limit: z.int().min(1).max(mostAnswers).default(10),
  }),
  output: z.object({
    class: z.string(),
    compared_by: z.string().describe('What made the descriptions of looks'),
    compared_with: z.int().describe('Tracks of that class in the window of which looks are kept'),
    tracks: z.array(
      z.object({
        track_id: z.string(),
        camera: z.string(),
        from: z.string(),
        to: z.string(),
        similarity: z.number().describe('−1 to 1'),
        probability: z.number().optional().describe('Absent where the descriptor was never calibrated'),
        still_id: z.string().optional(),
      }),
    ),
  }),

  readsMuch: true,
  handle(input, world) {
    const timeZone = resolveTimeZone(input.time_zone ?? world.timeZone);
    const reader = world.reader();
    const track = findTrack(reader, input);
    const [example] = seenTracks(reader, [track]);
    if (!example || example.appearances.length === 0) {
      throw new ArgusError(
        `Nothing is kept of how track ${track.id} looked.`,
        'It was too small, hidden or cut off, its camera has identify switched off, or it is older than identify.days.',
      );
    }
    const span = { fromMs: 0, toMs: world.now() + 1 };
    const window = resolveWindow(input, span, timeZone, world.now());
    const cameras = input.cameras?.map((asked) => findCamera(reader, asked).id);
    const others = reader
      .tracksIn(window, { labels: [track.label], ...(cameras && { cameras }) })
      .filter(({ id }) => id !== track.id);
    const stills = new Map<TrackId, string | undefined>(others.map(({ id, bestStill }) => [id, bestStill]));
    const compared = seenTracks(reader, others).flatMap((other) => {
      const comparison = compareTracks(example.appearances, other.appearances);
      return comparison ? [{ other, ...comparison }] : [];
    });
    const best = compared.toSorted((a, b) => b.similarity - a.similarity).slice(0, input.limit);
    const structured = {
      class: track.label,
      compared_by: best[0]?.descriptor ?? example.appearances[0]?.descriptor ?? '',
      compared_with: compared.length,
      tracks: best.map(({ other, descriptor, similarity }) => {
        const ratio = logRatioOf(descriptor, similarity);
        const still = stills.get(other.trackId);
        return {
          track_id: other.trackId,
          camera: other.camera,
          from: localTime(other.fromMs, timeZone),
          to: localTime(other.toMs, timeZone),
          similarity: round(similarity),
          ...(ratio !== undefined && { probability: round(1 / (1 + Math.exp(-ratio))) }),
          ...(still !== undefined && { still_id: still }),
        };
      }),
    };
    return { structured, text: textOf(track.id, structured) };
  },
});

function textOf(
  id: TrackId,
  answer: {
    class: string;
    compared_by: string;
    compared_with: number;
    tracks: readonly {
      track_id: string;
      camera: string;
      from: string;
      similarity: number;
      probability?: number;
    }[];
  },
): string {
  const found = answer.tracks.map(({ track_id, camera, from, similarity, probability }) => {
    const likely =
      probability === undefined ? `similarity ${similarity}` : `${Math.round(probability * 100)} %`;
    return `${track_id} in ${camera} at ${from} (${likely})`;
  });
  return (
    `${answer.compared_with} ${answer.class} track(s) compared with ${id} by ${answer.compared_by}. ` +
    (found.length > 0 ? `Most alike: ${found.join('; ')}.` : 'None to compare with.')
  );
}

const round = (value: number): number => Number(value.toFixed(3));
