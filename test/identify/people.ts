import type { Appearance } from '../../src/domain/appearance.ts';
import { cameraId, trackId, type CameraId } from '../../src/domain/ids.ts';
import type { Identities, SeenTrack } from '../../src/identify/contract.ts';

const dimensions = 16;
const box = { x1: 0.4, y1: 0.3, x2: 0.5, y2: 0.6 };

export const yard = cameraId('yard');
export const door = cameraId('door');

/**
 * The look of a person, of length 1. Other persons look entirely different; `lookalike` is a share of the next one's look,
 * 0–1: of 0.5, the similarity to both is 0.71.
 */
export function lookOf(person: number, lookalike = 0): Float32Array {
  const vector = new Float32Array(dimensions);
  vector[person % dimensions] = Math.sqrt(1 - lookalike);
  vector[(person + 1) % dimensions] = Math.sqrt(lookalike);
  return vector;
}

export interface Passage {
  readonly person: number;
  readonly lookalike?: number;
  readonly camera?: CameraId;
  /** Seconds. */
  readonly from: number;
  readonly to: number;
  readonly label?: string;
  /** Without it nothing is known of the looks. */
  readonly descriptor?: string | undefined;
  /** Left edge of where it begins and ends, 0–1. */
  readonly at?: readonly [first: number, last: number];
}

/** Somebody who went by. */
export function track(id: string, passage: Passage): SeenTrack {
  const { person, lookalike = 0, camera = yard, from, to, label = 'person', at = [0.4, 0.4] } = passage;
  const descriptor = 'descriptor' in passage ? passage.descriptor : 'person-reid-0287';
  const look = (timeMs: number): Appearance[] =>
    descriptor === undefined
      ? []
      : [
          {
            camera,
            trackId: trackId(id),
            timeMs,
            descriptor,
            vector: lookOf(person, lookalike),
            quality: 1,
          },
        ];
  return {
    trackId: trackId(id),
    camera,
    label,
    fromMs: 1000 * from,
    toMs: 1000 * to,
    firstBox: { ...box, x1: at[0], x2: at[0] + 0.1 },
    lastBox: { ...box, x1: at[1], x2: at[1] + 0.1 },
    appearances: [...look(1000 * from), ...look(1000 * to)],
  };
}

/** The identities as lists of track ids. */
export const groupsOf = ({ identities }: Identities): string[][] =>
  identities.map(({ trackIds }) => [...trackIds]);
