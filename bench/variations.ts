import type { Box } from '../src/domain/box.ts';
import type { Detection } from '../src/domain/detection.ts';
import type { Sequence } from './mot15.ts';

/** Of 0 ≤ x < 1. */
export type Random = () => number;

/**
 * Numbers that are the same for the same seed: the multiplicative generator of Park and Miller ("Random number
 * generators: good ones are hard to find", 1988) with the multiplier 48271.
 */
export function randomFrom(seed: number): Random {
  const modulus = 2_147_483_647;
  let state = (seed * 7919) % modulus;
  return () => {
    state = (state * 48_271) % modulus;
    return state / modulus;
  };
}

/** The sequence with each box moved and resized by normal errors of this share of its size. */
export const tremble = (sequence: Sequence, share: number, random: Random): Sequence =>
  withDetections(sequence, (detections) =>
    detections.map((detection) => ({ ...detection, box: shaken(detection.box, share, random) })),
  );

/** The sequence without this share of its detections, at random. */
export const leaveOut = (sequence: Sequence, share: number, random: Random): Sequence =>
  withDetections(sequence, (detections) => detections.filter(() => random() >= share));

/** The sequence from a later frame on. */
export const from = (sequence: Sequence, firstFrame: number): Sequence => ({
  ...sequence,
  detections: sequence.detections.slice(firstFrame),
  truth: sequence.truth.slice(firstFrame),
});

/** The sequence at an n-th of its frame rate. */
export function everyNth(sequence: Sequence, n: number): Sequence {
  const isKept = (_: unknown, frame: number) => frame % n === 0;
  return {
    ...sequence,
    framesPerSecond: sequence.framesPerSecond / n,
    detections: sequence.detections.filter(isKept),
    truth: sequence.truth.filter(isKept),
  };
}

function withDetections(
  sequence: Sequence,
  change: (detections: readonly Detection[]) => readonly Detection[],
): Sequence {
  return { ...sequence, detections: sequence.detections.map(change) };
}

function shaken({ x1, y1, x2, y2 }: Box, share: number, random: Random): Box {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const x = (x1 + x2) / 2 + share * (x2 - x1) * normal();
  const y = (y1 + y2) / 2 + share * (y2 - y1) * normal();
  const halfWidth = ((x2 - x1) / 2) * Math.exp(share * normal());
  const halfHeight = ((y2 - y1) / 2) * Math.exp(share * normal());
  return { x1: x - halfWidth, y1: y - halfHeight, x2: x + halfWidth, y2: y + halfHeight };
}
