import { describe, expect, it } from 'vitest';
import type { Box } from '../../src/domain/box.ts';
import type { Detection } from '../../src/domain/detection.ts';
import type { TrackEvent } from '../../src/domain/event.ts';
import { cameraId, runId, shapeId, trackIdMaker } from '../../src/domain/ids.ts';
import { createEventEngine } from '../../src/events/engine.ts';
import { createTracker } from '../../src/track/tracker.ts';

/** Of the persons in these scenes. */
const size = { width: 0.08, height: 0.3 } as const;
const person = (x: number, y: number, { label = 'person', scale = 1 } = {}): Detection => {
  const [halfWidth, halfHeight] = [(scale * size.width) / 2, (scale * size.height) / 2];
  const box: Box = { x1: x - halfWidth, y1: y - halfHeight, x2: x + halfWidth, y2: y + halfHeight };
  return { box, label, confidence: 0.9 };
};

/** Plays a scene (time in seconds → detections) for six seconds, with a line from top to bottom at x = 0.5. */
function play(framesPerSecond: number, scene: (t: number) => Detection[]) {
  const camera = cameraId('c');
  const tracker = createTracker({ nextId: trackIdMaker(camera, runId(1)) });
  const line = { a: { x: 0.5, y: 0 }, b: { x: 0.5, y: 1 } };
  const engine = createEventEngine(camera, [{ kind: 'line', id: shapeId('l'), name: 'l', line }], {
    aspect: 16 / 9,
    anchor: 'centre',
  });
  const ids = new Set<string>();
  const ended: string[] = [];
  const events: TrackEvent[] = [];
  for (let k = 0; k < 6 * framesPerSecond; k++) {
    const output = tracker.update(scene(k / framesPerSecond), (k * 1000) / framesPerSecond);
    for (const update of output.tracks) {
      ids.add(update.trackId);
      events.push(...engine.update(update));
    }
    ended.push(...output.ended);
  }
  ended.push(...tracker.finish());
  return { ids: [...ids], ended, directions: events.map((e) => e.direction) };
}

/** Walks right at half a width a second, is hidden for a time, and comes out again somewhat off the straight way. */
const hidden =
  (fromS: number, forS: number, startX: number, off: { x: number; y: number }, ...again: [] | [object]) =>
  (t: number): Detection[] => {
    const x = startX + 0.04 * t;
    if (t < fromS) return [person(x, 0.5)];
    if (t < fromS + forS) return [];
    return [person(x + off.x * size.width, 0.5 + off.y * size.height, ...again)];
  };

describe.each([7, 10, 25])('at %i frames a second, a person who is hidden for about a second', (fps) => {
  it('keeps the track when coming out off the predicted place, by less than the own size', () => {
    const { ids, ended } = play(fps, hidden(2, 1, 0.2, { x: 0.7, y: 0.6 }));
    expect(ids).toEqual(['c-1-1']);
    expect(ended).toEqual(['c-1-1']);
  });

  it('is another when coming out farther off than that', () =>
    expect(play(fps, hidden(2, 1, 0.2, { x: 1.3, y: 0.6 })).ids).toEqual(['c-1-1', 'c-1-2']));

  it('is another when coming out much greater', () =>
    expect(play(fps, hidden(2, 1, 0.2, { x: 0.7, y: 0.6 }, { scale: 1.6 })).ids).toHaveLength(2));

  it('is another when coming out as a dog', () =>
    expect(play(fps, hidden(2, 1, 0.2, { x: 0.7, y: 0.6 }, { label: 'dog' })).ids).toHaveLength(2));

  it('is counted once at a line passed meanwhile', () =>
    expect(play(fps, hidden(2, 1, 0.4, { x: 0.7, y: 0.6 })).directions).toEqual(['forward']));
});

describe('a track that breaks off just after a line', () => {
  it('is not counted again when it goes on just before it', () => {
    const { ids, directions } = play(10, hidden(3.6, 0.4, 0.38, { x: -0.69, y: 0.5 }));
    expect(ids).toEqual(['c-1-1']);
    expect(directions).toEqual(['forward']);
  });
});

describe('two persons', () => {
  it('who come out together each go on as the one who was nearest', () => {
    const scene = (t: number): Detection[] => {
      if (t >= 2 && t < 3) return [];
      const down = t < 2 ? 0 : 0.7 * size.height;
      return [person(0.2, 0.3 + down), person(0.2 + 1.5 * size.width, 0.3 + down)];
    };
    const { ids, ended } = play(10, scene);
    expect(ids).toEqual(['c-1-1', 'c-1-2']);
    expect(ended).toEqual(['c-1-1', 'c-1-2']);
  });

  it('are not joined when one was there already before the other was lost', () => {
    const scene = (t: number) => [
      ...(t < 2 ? [person(0.3, 0.5)] : []),
      ...(t < 1.8 ? [] : [person(0.3 + 0.9 * size.width, 0.5)]),
    ];
    expect(play(10, scene).ids).toEqual(['c-1-1', 'c-1-2']);
  });
});
