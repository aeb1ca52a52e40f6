import * as z from 'zod';
import type { Appearance } from '../../domain/appearance.ts';
import { ArgusError } from '../../domain/errors.ts';
import type { TrackId } from '../../domain/ids.ts';
import { calibratedDescriptors, logRatioOf } from '../../identify/calibration.ts';
import { defineTool } from '../contract.ts';
import { camerasInput, windowInput } from '../inputs.ts';
import { findCamera } from '../lookup.ts';
import { seenTracks } from '../people.ts';
import { storedLooks } from '../storedLooks.ts';
import { findTrack, trackInput, trackOfStill } from '../trackOfQuestion.ts';
import { localTime, resolveTimeZone, resolveWindow } from '../window.ts';

const mostAnswers = 50;

export const findSimilar = defineTool({
  name: 'find_similar',
  title: 'Find who looks alike',
  description:
    'Tracks that look like a given one, most alike first: "was this van here before?" By looks alone, unlike ' +
    'trace_person; among many, alike is far from the same.',
  input: z.object({
    ...trackInput,
    still_id: z.string().optional().describe('Such as "s7", a picture of one track'),
    ...windowInput,
    cameras: camerasInput,
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
    const track = input.still_id === undefined ? findTrack(reader, input) : trackOfStill(reader, input);
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
    const byId = new Map(others.map((other) => [other.id, other]));
    const descriptor = descriptorOf(example.appearances);
    const looks = example.appearances.filter((appearance) => appearance.descriptor === descriptor);
    const search = storedLooks(reader, descriptor);
    const best = search?.mostSimilar(looks, input.limit, (id) => byId.has(id)) ?? [];
    const structured = {
      class: track.label,
      compared_by: descriptor,
      compared_with: [...(search?.tracks ?? [])].filter((id) => byId.has(id)).length,
      tracks: best.flatMap(({ trackId, similarity }) => {
        const other = byId.get(trackId);
        if (!other) return [];
        const ratio = logRatioOf(descriptor, similarity);
        return [
          {
            track_id: other.id,
            camera: other.camera,
            from: localTime(other.firstMs, timeZone),
            to: localTime(other.lastMs, timeZone),
            similarity: round(similarity),
            ...(ratio !== undefined && { probability: round(1 / (1 + Math.exp(-ratio))) }),
            ...(other.bestStill !== undefined && { still_id: other.bestStill }),
          },
        ];
      }),
    };
    return { structured, text: textOf(track.id, structured) };
  },
});

/** The most telling one of which the example has looks. */
const descriptorOf = (appearances: readonly Appearance[]): string =>
  calibratedDescriptors.find((one) => appearances.some(({ descriptor }) => descriptor === one)) ??
  appearances[0]?.descriptor ??
  '';

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
