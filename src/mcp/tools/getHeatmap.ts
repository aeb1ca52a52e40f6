import * as z from 'zod';
import { heatmapPng } from '../../draw/heatmap.ts';
import { addPresence, createPresence, longestPlaces } from '../../events/presence.ts';
import { defineTool } from '../contract.ts';
import { fixturesNote, fixturesOf } from '../fixtures.ts';
import { cameraInput, classesInput, sureInput, windowInput } from '../inputs.ts';
import { coverageText, coverageOf } from '../coverage.ts';
import { findCamera } from '../lookup.ts';
import { aspectsOf } from '../pastEvents.ts';
import { shownStill } from '../shownPictures.ts';
import { localTime, resolveTimeZone, resolveWindow } from '../window.ts';
import { everywhere, leastPoints, storedGapMs } from '../wholePicture.ts';

const [columns, rows] = [64, 36];
/** Places are told in larger blocks. */
const [across, down] = [16, 9];
const placesListed = 5;
/** Hosts cut or refuse larger pictures. */
const maxPictureBytes = 150_000;

export const getHeatmap = defineTool({
  name: 'get_heatmap',
  title: 'Where they were',
  description:
    'Where objects spent time, as a heatmap over a picture, and the places with most. Use it before you draw a ' +
    'zone or line, and for "where do people wait?" (stops).',
  input: z.object({
    camera: cameraInput,
    ...windowInput,
    classes: classesInput,
    ...sureInput,
    kind: z.enum(['presence', 'stops']).default('presence'),
  }),
  output: z.object({
    camera: z.string(),
    window: z.object({ from: z.string(), to: z.string(), time_zone: z.string() }),
    total_seconds: z.number().describe('Of all tracks together'),
    tracks: z.int(),
    places: z
      .array(
        z.object({
          box: z.array(z.number()).length(4).describe('x1, y1, x2, y2 in 0–1'),
          seconds: z.number(),
          share: z.number(),
        }),
      )
      .describe('Where most time was spent'),
    untouched: z.number().describe('Share of the picture where nothing ever was'),
    coverage: z.number().describe('Share of the window really analysed, 0–1'),
    notes: z.array(z.string()).optional(),
  }),

  readsMuch: true,
  async handle(input, world) {
    const timeZone = resolveTimeZone(input.time_zone ?? world.timeZone);
    const reader = world.reader();
    const camera = findCamera(reader, input.camera);
    const window = resolveWindow(input, reader.span(camera.id), timeZone, world.now());
    const aspects = aspectsOf(reader, camera.id);
    const presence = createPresence(columns, rows);
    const fixtures = input.include_fixtures === true ? [] : fixturesOf(reader, camera.id, window);
    let totalMs = 0;
    let tracks = 0;
    let aspect = aspects.widest;
    for await (const track of reader.tracksThrough(camera.id, window, {
      area: everywhere,
      labels: input.classes,
    })) {
      if (track.points < leastPoints || fixtures.includes(track.id)) continue;
      if (track.maxConfidence < (input.min_confidence ?? 0)) continue;
      aspect = aspects.of(track.run);
      const points = track.pointsWithin(window.fromMs - storedGapMs, window.toMs + storedGapMs);
      const addedMs = addPresence(presence, points, { window, aspect, stopsOnly: input.kind === 'stops' });
      totalMs += addedMs;
      if (addedMs > 0) tracks++;
    }

    const places = longestPlaces(presence, across, down, placesListed);
    const coverage = coverageOf(reader, camera.id, window, timeZone);
    const still = reader.nearestStill(camera.id, window.toMs);
    const seen = input.classes ? reader.labels(camera.id) : [];
    const unseen = input.classes?.filter((label) => !seen.includes(label)) ?? [];
    const notes = [
      ...(unseen.length > 0
        ? [`Never seen here: ${unseen.join(', ')}. Seen: ${seen.join(', ') || 'nothing'}.`]
        : []),
      ...fixturesNote(fixtures),
      ...(still ? [] : ['No picture of the camera is stored yet: the heat is drawn on a blank ground.']),
    ];
    const [from, to] = [localTime(window.fromMs, timeZone), localTime(window.toMs, timeZone)];
    const png = await heatmapPng(
      still && (await shownStill(reader, world, still)),
      { columns, rows, values: presence.cellMs },
      {
        boxes: [],
        shapes: [],
        caption: `${camera.id}  ${input.kind}  ${from.slice(0, 16)} to ${to.slice(0, 16)}`,
        aspect,
        maxBytes: maxPictureBytes,
      },
    );
    const structured = {
      camera: camera.id,
      window: { from, to, time_zone: timeZone },
      total_seconds: round(totalMs / 1000, 1),
      tracks,
      places: places.map(({ x1, y1, x2, y2, ms }) => ({
        box: [x1, y1, x2, y2].map((edge) => round(edge, 4)),
        seconds: round(ms / 1000, 1),
        share: round(ms / totalMs, 3),
      })),
      untouched: round(presence.cellMs.filter((ms) => ms === 0).length / presence.cellMs.length, 3),
      coverage: coverage.share,
      ...(notes.length > 0 && { notes }),
    };
    const [most] = structured.places;
    const where = most ? `; most in [${most.box.join(', ')}] (${round(most.share * 100, 1)} %)` : '';
    const text = [
      `${tracks} track(s) spent ${structured.total_seconds} s in the picture of ${camera.id}${input.kind === 'stops' ? ' standing still' : ''}${where}; ${from} to ${to}.`,
      ...notes,
    ];
    const watched = coverageText(coverage);
    // Blind comes first: an empty picture must not be looked at before it.
    const lines = coverage.share === 0 ? [watched, ...text] : [...text, watched];
    return { structured, text: lines.join('\n'), pictures: [png] };
  },
});

const round = (value: number, digits: number): number => Number(value.toFixed(digits));
