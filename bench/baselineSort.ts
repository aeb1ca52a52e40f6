import type { Box } from '../src/domain/box.ts';
import { iou } from '../src/domain/box.ts';
import type { Detection } from '../src/domain/detection.ts';
import { assign } from '../src/track/assignment.ts';
import { AxisFilter } from '../src/track/kalman.ts';
import type { LabelledBox } from './metrics/frames.ts';

/** Takes the detections of the next frame, gives its tracked boxes. */
type FrameTracker = (detections: readonly Detection[]) => LabelledBox[];

const maxAge = 1;
const minHits = 3;
const minIou = 0.3;

interface SortTrack {
  readonly id: number;
  /** Centre x, centre y, area, aspect; the aspect is thought constant. */
  readonly state: readonly [AxisFilter, AxisFilter, AxisFilter, AxisFilter];
  hits: number;
  unseen: number;
}

/**
 * The yardstick of the benchmark: SORT as its paper tells it (Bewley et al., arXiv 1602.00763), with the parameters
 * of its authors (a track is given up after one missed frame, told of from its third hit on, IoU 0.3), noise in frames
 * and pixels as they chose it.
 */
export function baselineSort(width: number, height: number): FrameTracker {
  let tracks: SortTrack[] = [];
  let nextId = 1;
  let frame = 0;
  return (detections) => {
    frame++;
    for (const track of tracks) predict(track);
    const boxes = detections.map(({ box }) => box);
    const predicted = tracks.map(boxOf);
    const cost = Float64Array.from(predicted.flatMap((p) => boxes.map((box) => 1 - iou(inPixels(box), p))));
    const taken = new Set<number>();
    for (const { row, column } of assign(cost, tracks.length, boxes.length)) {
      const track = tracks[row];
      const box = boxes[column];
      if (!track || !box || (cost[row * boxes.length + column] ?? 1) > 1 - minIou) continue;
      correct(track, inPixels(box));
      taken.add(column);
    }
    boxes.forEach((box, k) => {
      if (!taken.has(k)) tracks.push(newTrack(nextId++, inPixels(box)));
    });
    const told = tracks.filter((t) => t.unseen === 0 && (t.hits >= minHits || frame <= minHits));
    tracks = tracks.filter((t) => t.unseen <= maxAge);
    return told.map((track) => ({ id: track.id, box: normalised(boxOf(track)) }));
  };

  function inPixels({ x1, y1, x2, y2 }: Box): Box {
    return { x1: x1 * width, y1: y1 * height, x2: x2 * width, y2: y2 * height };
  }
  function normalised({ x1, y1, x2, y2 }: Box): Box {
    return { x1: x1 / width, y1: y1 / height, x2: x2 / width, y2: y2 / height };
  }
}

const measured = ({ x1, y1, x2, y2 }: Box) => [(x1 + x2) / 2, (y1 + y2) / 2, (x2 - x1) * (y2 - y1), (x2 - x1) / (y2 - y1)] as const; // prettier-ignore

function newTrack(id: number, box: Box): SortTrack {
  const [x, y, area, aspect] = measured(box);
  const axis = (value: number, std: number, stdVelocity: number) => new AxisFilter(value, std, stdVelocity);
  const state = [axis(x, 3.2, 100), axis(y, 3.2, 100), axis(area, 3.2, 100), axis(aspect, 3.2, 0)] as const;
  return { id, state, hits: 0, unseen: 0 };
}

function predict(track: SortTrack): void {
  const [x, y, area, aspect] = track.state;
  if (area.value + area.velocity <= 0) area.velocity = 0;
  x.predict(1, 0.01, 1);
  y.predict(1, 0.01, 1);
  area.predict(1, 0.0001, 1);
  aspect.predict(1, 0, 1);
  track.unseen++;
}

function correct(track: SortTrack, box: Box): void {
  const stds = [1, 1, 3.2, 3.2] as const;
  measured(box).forEach((value, k) => track.state[k]?.correct(value, stds[k] ?? 1));
  track.hits = track.unseen > 1 ? 1 : track.hits + 1;
  track.unseen = 0;
}

function boxOf({ state: [x, y, area, aspect] }: SortTrack): Box {
  const w = Math.sqrt(Math.max(0, area.value * aspect.value));
  const h = w === 0 ? 0 : area.value / w;
  return { x1: x.value - w / 2, y1: y.value - h / 2, x2: x.value + w / 2, y2: y.value + h / 2 };
}
