import { boxHeight, boxWidth } from '../domain/box.ts';
import type { SeenTrack } from './contract.ts';

/** After a longer absence the place says nothing. */
const longestGapMs = 10_000;
/** Reach of somebody who was lost from sight, body heights: at once, and for each second of walking. */
const reach = 0.5;
const reachPerSecond = 1.5;
/** Nobody runs faster, body heights per second. */
const runPerSecond = 5;
/** Beyond this and what the gap allows nobody is at all, body heights: boxes of a track that is lost may be wrong. */
const wrongBoxes = 4;
/** Width of an upright person's box in body heights. */
const bodyWidth = 0.4;
/** A place alone is never enough to join two tracks: that takes 9 : 1. */
const loudest = Math.log(8);
const tooFar = Math.log(1 / 50);

/**
 * Natural logarithm of how many times as likely the place where a person appears is if they are the one who was lost
 * before as if they are somebody else, −3.9 to 2.1; 0 across cameras, after 10 s, and for anything but people.
 *
 * Who was lost is somewhere within reach, anybody else anywhere in the picture.
 */
export function placeLogRatio(earlier: SeenTrack, later: SeenTrack): number {
  const way = wayBetween(earlier, later);
  if (!way) return 0;
  const { seconds, distance, bodyArea } = way;
  if (distance > reach + runPerSecond * seconds) return tooFar;
  const within = reach + reachPerSecond * seconds;
  if (distance > within) return 0;
  return Math.max(0, Math.min(loudest, -Math.log(Math.PI * within ** 2 * bodyArea)));
}

/** Whether a person of one camera cannot have got from where the one was lost to where the other appears. */
export function isTooFar(earlier: SeenTrack, later: SeenTrack): boolean {
  const way = wayBetween(earlier, later);
  return way !== undefined && way.shortest > wrongBoxes + runPerSecond * way.seconds;
}

interface Way {
  readonly seconds: number;
  /** Body heights. */
  readonly distance: number;
  /** The same if the larger box is the whole one: the other may be cut off. */
  readonly shortest: number;
  /** Square of the body height, in parts of the picture's area. */
  readonly bodyArea: number;
}

/** Of a person, within one camera; undefined where the place says nothing. */
function wayBetween(earlier: SeenTrack, later: SeenTrack): Way | undefined {
  const gapMs = later.fromMs - earlier.toMs;
  if (earlier.camera !== later.camera || earlier.label !== 'person' || gapMs > longestGapMs) return undefined;
  const [from, to] = [earlier.lastBox, later.firstBox];
  const height = (boxHeight(from) + boxHeight(to)) / 2;
  const width = (boxWidth(from) + boxWidth(to)) / 2 / bodyWidth;
  if (!(height > 0 && width > 0)) return undefined;
  const across = (to.x1 + to.x2 - from.x1 - from.x2) / 2 / width;
  const distance = Math.hypot(across, (to.y2 - from.y2) / height);
  const whole = bodyWidth / Math.max(boxWidth(from), boxWidth(to));
  const shortest = Math.hypot(
    ((to.x1 + to.x2 - from.x1 - from.x2) / 2) * whole,
    (to.y2 - from.y2) / Math.max(boxHeight(from), boxHeight(to)),
  );
  return { seconds: Math.max(0, gapMs) / 1000, distance, shortest, bodyArea: height * width };
}
