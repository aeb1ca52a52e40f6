import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Box } from '../src/domain/box.ts';
import type { Detection } from '../src/domain/detection.ts';
import type { LabelledBox, LabelledFrames } from './metrics/frames.ts';

/** A sequence of MOT15 (Leal-Taixé et al., arXiv 1504.01942); boxes are normalised to the picture, 0–1. */
export interface Sequence {
  readonly name: string;
  readonly framesPerSecond: number;
  /** Of the picture, px. */
  readonly width: number;
  readonly height: number;
  readonly fixedCamera: boolean;
  /** Of each frame, from the first. */
  readonly detections: readonly (readonly Detection[])[];
  readonly truth: LabelledFrames;
}

/** Name, frames per second, frames, width and height in pixels, and whether the camera stands still. */
const sequences = [
  ['PETS09-S2L1', 7, 795, 768, 576, true],
  ['TUD-Campus', 25, 71, 640, 480, true],
  ['KITTI-17', 10, 145, 1224, 370, true],
  ['ADL-Rundle-6', 30, 525, 1920, 1080, true],
  ['ETH-Bahnhof', 14, 1000, 640, 480, false],
  ['ETH-Sunnyday', 14, 354, 640, 480, false],
] as const;

/** Reads the sequences from `shared/mot15`, or from the folder that `ARGUS_SHARED` names instead of `shared`. */
export function readSequences(): Sequence[] {
  const folder = resolve(
    process.env['ARGUS_SHARED'] ?? resolve(import.meta.dirname, '../../shared'),
    'mot15',
  );
  return sequences.map(([name, framesPerSecond, frames, width, height, fixedCamera]) => {
    const read = (file: string) => readRows(resolve(folder, name, file), frames, width, height);
    return {
      name,
      framesPerSecond,
      width,
      height,
      fixedCamera,
      detections: read('det.txt').map((rows) =>
        rows.map(({ box, confidence }) => ({ box, confidence, label: 'person' })),
      ),
      // Rows marked 0 are not to be considered, as the benchmark's own evaluation has it.
      truth: read('gt.txt').map((rows) => rows.filter((row) => row.confidence > 0)),
    };
  });
}

/** The rows of a file in MOT format, frame by frame: frame, id, left, top, width, height, confidence, … in pixels. */
function readRows(path: string, frames: number, width: number, height: number) {
  const rows = Array.from({ length: frames }, (): (LabelledBox & { confidence: number })[] => []);
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [frame, id, left, top, w, h, confidence] = line.split(',').map(Number);
    if (frame === undefined || id === undefined || confidence === undefined) continue;
    if (left === undefined || top === undefined || w === undefined || h === undefined) continue;
    const box: Box = { x1: left / width, y1: top / height, x2: (left + w) / width, y2: (top + h) / height };
    rows[frame - 1]?.push({ id, box, confidence });
  }
  return rows;
}
