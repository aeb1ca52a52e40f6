// The cameras of bench/station.ts, and what is true of their clips.
import type { Point } from '../../src/domain/geometry.ts';
import type { LineDirection, TrackEvent } from '../../src/domain/event.ts';
import { trueCrossings, verticalLines } from '../metrics/crossings.ts';
import { readSequences } from '../mot15.ts';
import { readPeople } from '../reid/gallery.ts';

/** A crossing of the vertical middle line, in seconds of the clip. */
export interface TrueCrossing {
  readonly atS: number;
  readonly direction: LineDirection;
}

export interface RigCamera {
  readonly id: string;
  readonly file: string;
  /** Of the clip as it is played. */
  readonly lengthS: number;
  /** `fps` of the camera's configuration: frames analysed a second at most. */
  readonly fps?: number;
  /** Played frames a second; without it the clip's own. */
  readonly playedFps?: number;
  readonly pauseS: number;
  /** Pixels cut off at the lower edge. */
  readonly cropBottom?: number;
  /** Classes that are asked about, and how far counts may be off, as a share. */
  readonly classes: readonly string[];
  readonly tolerance: number;
  readonly crossings?: readonly TrueCrossing[];
  /** A zone, and how many visits a pass through the clip makes to it. */
  readonly zone?: { readonly polygon: readonly Point[]; readonly visits: number };
  /** The longest stay of one person in a pass, in seconds of the clip. */
  readonly longest?: { readonly fromS: number; readonly seconds: number };
  /** Different people in a pass who visit the zone or cross the line, where that is known. */
  readonly people?: number;
}

const vehicles = ['car', 'truck', 'bus', 'train'];
const square = (x1: number, y1: number, x2: number, y2: number): Point[] => [
  { x: x1, y: y1 },
  { x: x2, y: y1 },
  { x: x2, y: y2 },
  { x: x1, y: y2 },
];

/** When a vehicle is in the middle of the picture of traffic.mp4, in seconds: by slit-scan of its middle column. */
const traffic = {
  forward: [1.35, 1.65, 3.7, 4.5, 5.55, 6.6, 7.55, 9.1, 10.0, 10.9, 13.3, 13.6, 15.3, 15.4, 17.5, 17.6],
  backward: [5.84, 7.8, 8.7, 8.85, 11.2, 11.6, 14.1, 16.8, 18.2],
} as const;

const [middle] = verticalLines([0.5]);

/** Crossings of the middle line by the ground truth of MOT15, by the foot of the box, at the rate of the clip. */
function middleCrossings(name: string, framesPerSecond: number): TrackEvent[] {
  const sequence = readSequences().find((one) => one.name === name);
  if (!sequence || !middle) throw new Error(`${name} is not there`);
  return trueCrossings({ ...sequence, framesPerSecond }, [middle], 'bottom');
}

const crossingsOf = (name: string, framesPerSecond: number): TrueCrossing[] =>
  middleCrossings(name, framesPerSecond).flatMap(({ timeMs, direction }) =>
    direction ? [{ atS: timeMs / 1000, direction }] : [],
  );

/** Different people who cross the middle line of vtest.avi, of whom some come back under another id. */
function peopleAcrossYard(): number {
  const people = readPeople();
  return new Set(middleCrossings('PETS09-S2L1', 10).map(({ trackId }) => people.personOf(Number(trackId))))
    .size;
}

export const rigCameras = (): RigCamera[] => [
  {
    id: 'yard',
    file: 'vtest.avi',
    lengthS: 79.5,
    pauseS: 4,
    classes: ['person'],
    tolerance: 0.05,
    crossings: crossingsOf('PETS09-S2L1', 10),
    // Person 1 of the ground truth.
    longest: { fromS: 22.3, seconds: 57.1 },
    people: peopleAcrossYard(),
  },
  {
    id: 'campus',
    file: 'TUD-Campus.mp4',
    lengthS: 2.84,
    fps: 12,
    pauseS: 5,
    classes: ['person'],
    tolerance: 0.05,
    crossings: crossingsOf('TUD-Campus', 25),
  },
  {
    // Feet are cut off by the lower edge, to which the zone reaches.
    id: 'hall',
    file: 'one-by-one-person-detection.mp4',
    lengthS: 139.4,
    fps: 6,
    pauseS: 4,
    cropBottom: 80,
    classes: ['person'],
    tolerance: 0.05,
    zone: { polygon: square(0.05, 0.5, 0.95, 1), visits: 6 },
    // Looked at frame by frame.
    longest: { fromS: 92.5, seconds: 27 },
    people: 6,
  },
  {
    id: 'road',
    file: 'traffic.mp4',
    lengthS: 20.02,
    fps: 12,
    pauseS: 4,
    classes: vehicles,
    tolerance: 0.08,
    crossings: (['forward', 'backward'] as const).flatMap((direction) =>
      traffic[direction].map((atS) => ({ atS, direction })),
    ),
  },
];
