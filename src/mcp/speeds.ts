import * as z from 'zod';
import { createPauses } from '../async/slices.ts';
import { homographyOf } from '../domain/homography.ts';
import { medianOf, quantileOf } from '../domain/quantiles.ts';
import { motionOf, type Motion } from '../events/motion.ts';
import type { Reader } from '../store/reader.ts';
import type { StoredCamera } from '../store/types.ts';
import type { CountedEvent } from './tally.ts';

/** To both sides of an event: long enough to even out the trembling of boxes, short enough to be of that moment. */
const aroundMs = 1000;
/** Enough for quantiles; each moment is a look into the trajectories. */
export const mostMeasured = 1000;

/**
 * How the tracks of the events moved over the ground within a second of them; undefined for each that it cannot be told
 * of: its camera has no scale, or it was seen for too short. Works in slices, so that others have their turn.
 */
export async function motionsAt(
  reader: Reader,
  cameras: readonly StoredCamera[],
  events: readonly CountedEvent[],
  signal?: AbortSignal,
): Promise<(Motion | undefined)[]> {
  const grounds = new Map(cameras.map(({ id, scale }) => [id, scale && homographyOf(scale)]));
  const pause = createPauses(undefined, { signal });
  const motions = [];
  for (const { camera, trackId, timeMs } of events) {
    const toGround = grounds.get(camera);
    // The last moment counts, too: of one point a second there are three then.
    const around = { fromMs: timeMs - aroundMs, toMs: timeMs + aroundMs + 1 };
    motions.push(
      toGround && motionOf(reader.trackPoints(trackId, around.fromMs, around.toMs), around, toGround),
    );
    await pause();
  }
  return motions;
}

/** What is told of the motion at an event. */
export const motionFields = {
  speed_kmh: z
    .number()
    .optional()
    .describe(
      'Over the ground, from 1 s before to 1 s after; absent without a scale, or when it cannot be told',
    ),
  heading_deg: z
    .int()
    .optional()
    .describe(
      "On the ground: 0 along the Y axis of the camera's scale, 90 along its X axis; absent when it stood",
    ),
};

export const motionAnswer = (motion: Motion | undefined) => ({
  ...(motion && { speed_kmh: kmh(motion.speedMps) }),
  ...(motion?.headingDeg !== undefined && { heading_deg: Math.round(motion.headingDeg) % 360 }),
});

export const speedSchema = z
  .object({
    told_for: z.int().describe('Events that it could be told for'),
    of: z.int().describe(`Counted events looked at: all, or ${mostMeasured} spread over the window`),
    median_kmh: z.number().optional(),
    p85_kmh: z.number().optional().describe('85 of 100 were at most so fast'),
  })
  .describe('Over the ground, at the counted events; absent without a scale');

export type SpeedSummary = z.output<typeof speedSchema>;

export function summariseSpeeds(motions: readonly (Motion | undefined)[]): SpeedSummary {
  const sorted = motions.flatMap((motion) => motion?.speedMps ?? []).sort((a, b) => a - b);
  const told = { told_for: sorted.length, of: motions.length };
  if (sorted.length === 0) return told;
  return { ...told, median_kmh: kmh(medianOf(sorted)), p85_kmh: kmh(quantileOf(sorted, 0.85)) };
}

export const speedText = ({ told_for: n, of, median_kmh: median, p85_kmh: p85 }: SpeedSummary): string =>
  median === undefined || p85 === undefined
    ? 'The speed cannot be told of any.'
    : `Speed: median ${median} km/h, 85 % at most ${p85} km/h; told for ${n} of ${of}.`;

const kmh = (mps: number): number => Number((mps * 3.6).toFixed(1));
