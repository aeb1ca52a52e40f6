import type { Box } from '../../src/domain/box.ts';
import type { LineShape, Shape, ZoneShape } from '../../src/domain/event.ts';
import { cameraId, shapeId, trackId, type RunId, type TrackId } from '../../src/domain/ids.ts';
import type { TrackUpdate } from '../../src/domain/track.ts';
import type { CameraDefinition, FrameCommit, NewEvent, NewRun } from '../../src/store/types.ts';

export const dock = cameraId('dock');
export const gate = cameraId('gate');
/** A whole minute, so that rows of coverage are easy to count. */
export const t0 = Date.UTC(2026, 10, 22, 9, 0, 0);

export const line: LineShape = {
  kind: 'line',
  id: shapeId('door'),
  name: 'Door',
  line: { a: { x: 0.5, y: 0 }, b: { x: 0.5, y: 1 } },
};
export const zone: ZoneShape = {
  kind: 'zone',
  id: shapeId('bay'),
  name: 'Bay',
  polygon: [
    { x: 0, y: 0 },
    { x: 0.5, y: 0 },
    { x: 0.5, y: 1 },
  ],
  dwellMs: 5000,
};

export const camera = (id = dock, shapes: readonly Shape[] = [line, zone]): CameraDefinition => ({
  id,
  name: `Camera ${id}`,
  source: `rtsp://${id}/stream`,
  shapes,
});

export const newRun = (change: Partial<NewRun> = {}): NewRun => ({
  camera: dock,
  source: 'rtsp://dock/stream',
  detector: 'yolox-nano',
  live: true,
  startedAtMs: t0,
  mediaStartMs: t0,
  ...change,
});

interface FrameOptions {
  readonly camera?: typeof dock;
  readonly timeMs?: number;
  readonly tracks?: readonly TrackUpdate[];
  readonly ended?: readonly TrackId[];
  readonly dropped?: number;
  readonly events?: readonly NewEvent[];
}

/** A frame of a camera that runs at 10 frames a second from t0 on. */
export function frameOf(run: RunId, frame: number, options: FrameOptions = {}): FrameCommit {
  const { events = [], tracks = [], ended = [], dropped = 0 } = options;
  const timeMs = options.timeMs ?? t0 + frame * 100;
  return {
    run,
    events,
    record: {
      camera: options.camera ?? dock,
      frame,
      mediaTimeMs: frame * 100,
      timeMs,
      detections: [],
      tracks,
      ended,
      dropped,
    },
  };
}

export const boxAt = (x: number, y = 0.2): Box => ({ x1: x, y1: y, x2: x + 0.1, y2: y + 0.4 });

export const track1 = trackId('dock-1-1');
export const track2 = trackId('dock-1-2');

/** Where a track goes that turns at every frame, so that no point is on the way between two others. */
export const zigzag = (frame: number): Box => boxAt(frame / 10_000 + (frame % 2) / 100);

/** One point of a track, at the time of the frame that `frameOf` makes. */
export const update = (id: TrackId, frame: number, box = zigzag(frame)): TrackUpdate => ({
  trackId: id,
  label: 'person',
  points: [{ timeMs: t0 + frame * 100, box, confidence: 0.75 }],
});

/** The frames from `first` to `last`, each with a point of `track1`. */
export const walk = (run: RunId, first: number, last: number): FrameCommit[] =>
  Array.from({ length: last - first + 1 }, (_, i) =>
    frameOf(run, first + i, { tracks: [update(track1, first + i)] }),
  );

export const crossing = (change: Partial<NewEvent> = {}): NewEvent => ({
  camera: dock,
  shape: line.id,
  type: 'crossing',
  direction: 'forward',
  trackId: track1,
  label: 'person',
  timeMs: t0,
  box: boxAt(0.45),
  confidence: 0.75,
  ...change,
});
