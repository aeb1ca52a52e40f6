import type { CameraId } from '../domain/ids.ts';
import type { Interval } from '../domain/time.ts';
import type { Reader } from '../store/reader.ts';
import { leastPoints } from './wholePicture.ts';

/** Who moves farther than this from one frame to the next, in sizes of their box, no longer overlaps where they were. */
const farStep = 0.5;
/** Below this share of the tracks it is not worth a word. */
const leastShare = 0.05;

/**
 * Says where the frame rate was too low for what moved: of how many tracks, so that a count is known to be in doubt.
 *
 * @param framesPerSecond really analysed
 */
export function rateNote(
  reader: Reader,
  camera: CameraId,
  window: Interval,
  labels: readonly string[] | undefined,
  framesPerSecond: number | undefined,
): string[] {
  const filter = { cameras: [camera], labels, leastPoints };
  const all = reader.countTracksIn(window, filter);
  const fast = reader.countTracksIn(window, { ...filter, minMeanStep: farStep });
  if (fast === 0 || fast < leastShare * all) return [];
  const rate = framesPerSecond === undefined ? 'The frame rate' : `${framesPerSecond} frames/s`;
  return [
    `${rate} is low for what moved before ${camera}: ${fast} of ${all} tracks went farther than half their size between two ` +
      'frames. Such objects may be missed, split or confused; a higher fps counts better.',
  ];
}
