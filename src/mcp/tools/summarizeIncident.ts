import * as z from 'zod';
import { ArgusError } from '../../domain/errors.ts';
import type { Reader } from '../../store/reader.ts';
import { defineTool } from '../contract.ts';
import { trackInput } from '../trackOfQuestion.ts';
import { camerasInput, windowInput } from '../inputs.ts';
import { joinedSpan } from '../eventQuestion.ts';
import { summarise, summaryFields, summaryText } from '../incidentSummary.ts';
import { incidentOf, incidentOfEvent } from '../incidents.ts';
import { keyPictures } from '../keyPictures.ts';
import { findCameras, presentCameras } from '../lookup.ts';
import { sceneOfIncident, sceneOfWindow, type Scene } from '../scene.ts';
import { localTime, resolveTimeZone, resolveWindow } from '../window.ts';
import { withoutMs } from '../coverageBrief.ts';

export const summarizeIncident = defineTool({
  name: 'summarize_incident',
  title: 'Summarise an incident',
  description:
    "Who did what where, of an incident, an event's incident, or a window: timeline, participants, where they " +
    'were seen before and after, what is certain, key pictures. State nothing from `uncertain` as a fact.',
  input: z.object({
    incident_id: z.string().optional().describe('Such as "i12"'),
    event_id: trackInput.event_id,
    ...windowInput,
    cameras: camerasInput,
    images: z.int().min(0).max(4).default(2),
    max_image_kb: z.int().min(10).max(600).default(300).describe('In all'),
    response_format: z.enum(['concise', 'detailed']).default('concise'),
  }),
  output: z.object({
    ...summaryFields,
    images: z.array(
      z.object({
        still_id: z.string(),
        camera: z.string(),
        time: z.string(),
        track_ids: z.array(z.string()),
      }),
    ),
  }),

  readsMuch: true,
  async handle(input, world) {
    const timeZone = resolveTimeZone(input.time_zone ?? world.timeZone);
    const reader = world.reader();
    const scene = sceneOf(reader, input, timeZone, world.now());
    const summary = summarise(reader, scene, { detail: input.response_format, timeZone });
    const { pictures, notes } = await keyPictures(reader, world, scene, {
      count: input.images,
      maxBytes: input.max_image_kb * 1000,
      timeZone,
    });
    const leftOut = [...(summary.left_out ?? []), ...notes];
    const structured = {
      ...summary,
      ...(leftOut.length > 0 && { left_out: leftOut }),
      images: pictures.map(({ still, tracks }) => ({
        still_id: still.id,
        camera: still.camera,
        time: withoutMs(localTime(still.timeMs, timeZone)),
        track_ids: [...tracks],
      })),
    };
    return { structured, text: summaryText(structured), pictures: pictures.map(({ jpeg }) => jpeg) };
  },
});

interface Asked {
  readonly incident_id?: string | undefined;
  readonly event_id?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly cameras?: readonly string[] | undefined;
}

function sceneOf(reader: Reader, asked: Asked, timeZone: string, nowMs: number): Scene {
  const { incident_id: incident, event_id: event, from, to, cameras } = asked;
  const isWindow = from !== undefined || to !== undefined;
  if ([incident !== undefined, event !== undefined, isWindow].filter(Boolean).length !== 1) {
    throw new ArgusError(
      'Give one of incident_id, event_id, or a window with from and to.',
      'Take an incident_id from list_incidents.',
    );
  }
  if (!isWindow && cameras !== undefined) {
    throw new ArgusError('cameras goes with a window only.', 'Leave it out, or give from and to instead.');
  }
  if (incident !== undefined) return sceneOfIncident(reader, incidentOf(reader, incident));
  if (event !== undefined) return sceneOfIncident(reader, incidentOfEvent(reader, event));
  const all = findCameras(reader, cameras);
  const window = resolveWindow(asked, joinedSpan(reader, all), timeZone, nowMs);
  const present = cameras ? all : presentCameras(reader, all, window);
  return sceneOfWindow(
    reader,
    window,
    present.map(({ id }) => id),
  );
}
