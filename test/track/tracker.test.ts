import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Box } from '../../src/domain/box.ts';
import { iou } from '../../src/domain/box.ts';
import type { Detection } from '../../src/domain/detection.ts';
import { ArgusError } from '../../src/domain/errors.ts';
import { cameraId, runId, trackIdMaker } from '../../src/domain/ids.ts';
import type { TrackerOutput } from '../../src/track/contract.ts';
import { createTracker } from '../../src/track/tracker.ts';

const newTracker = () => createTracker({ nextId: trackIdMaker(cameraId('c'), runId(1)) });

const boxAt = (x: number, y: number, w = 0.08, h = 0.3): Box => ({
  x1: x - w / 2,
  y1: y - h / 2,
  x2: x + w / 2,
  y2: y + h / 2,
});
const person = (x: number, y: number, confidence = 0.9): Detection => ({
  box: boxAt(x, y),
  label: 'person',
  confidence,
});

/** Plays a scene (time in seconds → detections) from 0 to `seconds`. */
function play(framesPerSecond: number, seconds: number, scene: (t: number) => Detection[]): TrackerOutput[] {
  const tracker = newTracker();
  const frames = Math.round(seconds * framesPerSecond);
  return Array.from({ length: frames }, (_, k) =>
    tracker.update(scene(k / framesPerSecond), (k * 1000) / framesPerSecond),
  );
}
const idsOf = (outputs: TrackerOutput[]) => [
  ...new Set(outputs.flatMap((o) => o.tracks.map((t) => t.trackId))),
];
const pointsOf = (outputs: TrackerOutput[]) => outputs.flatMap((o) => o.tracks.flatMap((t) => t.points));

describe('a track', () => {
  it('is confirmed within a second, and then gives its tentative points too, oldest first', () => {
    const outputs = play(10, 1, (t) => [person(0.2 + 0.1 * t, 0.5)]);
    const first = outputs.findIndex((o) => o.tracks.length > 0);
    expect(first).toBeGreaterThan(0);
    expect(outputs[first]?.tracks[0]?.points.map((p) => p.timeMs)).toEqual(
      Array.from({ length: first + 1 }, (_, k) => k * 100),
    );
    expect(pointsOf(outputs)).toHaveLength(10);
  });

  it('is not made of a single detection, nor of weak ones', () => {
    expect(idsOf(play(10, 2, (t) => (t === 0.5 ? [person(0.5, 0.5)] : [])))).toEqual([]);
    expect(idsOf(play(10, 2, () => [person(0.5, 0.5, 0.3)]))).toEqual([]);
  });

  it('marks the detection it was matched to, and gives a box near it as its point', () => {
    const last = play(10, 1, (t) => [person(0.9, 0.5, 0.05), person(0.2 + 0.1 * t, 0.5)]).at(-1);
    expect(last?.detections.map((d) => d.trackId)).toEqual([undefined, 'c-1-1']);
    const [seen, told] = [last?.detections[1]?.box, last?.tracks[0]?.points[0]?.box];
    expect(seen && told && iou(seen, told)).toBeGreaterThan(0.95);
  });

  it('trembles less than its detections', () => {
    let sign = 1;
    const outputs = play(10, 5, () => [person(0.5 + 0.01 * (sign = -sign), 0.5)]);
    const centres = pointsOf(outputs)
      .slice(10)
      .map(({ box }) => (box.x1 + box.x2) / 2);
    expect(Math.max(...centres) - Math.min(...centres)).toBeLessThan(0.015);
  });

  it('is kept alive by weak detections', () => {
    const outputs = play(10, 5, (t) => [person(0.2 + 0.1 * t, 0.5, t > 1 ? 0.3 : 0.9)]);
    expect(idsOf(outputs)).toEqual(['c-1-1']);
    expect(pointsOf(outputs)).toHaveLength(50);
  });

  it.each([7, 10, 25])('survives one second of occlusion at %i frames per second, without points', (fps) => {
    const outputs = play(fps, 5, (t) => (t >= 2 && t < 3 ? [] : [person(0.2 + 0.1 * t, 0.5)]));
    expect(idsOf(outputs)).toEqual(['c-1-1']);
    expect(pointsOf(outputs).filter((p) => p.timeMs >= 2000 && p.timeMs < 3000)).toEqual([]);
  });

  it.each([7, 10, 25])('ends within three seconds of its last sight at %i frames per second', (fps) => {
    const outputs = play(fps, 6, (t) => (t < 2 ? [person(0.5, 0.5)] : []));
    const end = outputs.findIndex((o) => o.ended.length > 0) / fps;
    expect(outputs.flatMap((o) => o.ended)).toEqual(['c-1-1']);
    expect(end).toBeGreaterThan(3);
    expect(end).toBeLessThan(5);
  });

  it('of a parked car goes on when the car was hidden, for as long as it had stood, up to a minute', () => {
    const hidden = (fromS: number, toS: number) =>
      idsOf(play(5, toS + 5, (t) => (t >= fromS && t < toS ? [] : [{ ...person(0.5, 0.5), label: 'car' }])));
    expect(hidden(30, 50)).toHaveLength(1);
    expect(hidden(100, 155)).toHaveLength(1);
    expect(hidden(100, 165)).toHaveLength(2);
    expect(hidden(10, 25)).toHaveLength(2);
  });

  it('of a parked car is not taken by a car that stops beside it', () => {
    const car = (x: number): Detection => ({ box: boxAt(x, 0.5, 0.1, 0.1), label: 'car', confidence: 0.9 });
    expect(idsOf(play(5, 60, (t) => (t < 30 ? [car(0.5)] : t > 40 ? [car(0.57)] : [])))).toHaveLength(2);
  });

  it('never gets its id back once ended', () => {
    const outputs = play(10, 12, (t) => (t < 2 || t > 8 ? [person(0.5, 0.5)] : []));
    expect(idsOf(outputs)).toEqual(['c-1-1', 'c-1-2']);
  });

  it.each([7, 10, 25])('keeps to its object when two cross at %i frames per second', (fps) => {
    const outputs = play(fps, 4, (t) => [
      { ...person(0.2 + 0.15 * t, 0.45) },
      { ...person(0.8 - 0.15 * t, 0.55) },
    ]);
    const last = outputs.at(-1);
    expect(idsOf(outputs)).toHaveLength(2);
    const first = outputs.find((o) => o.tracks.length === 2);
    expect(last?.detections.map((d) => d.trackId)).toEqual(first?.detections.map((d) => d.trackId));
  });

  it('of a person does not go over to a dog in the same place', () => {
    const outputs = play(10, 4, (t) => [{ ...person(0.5, 0.5), label: t < 2 ? 'person' : 'dog' }]);
    expect(outputs.at(-1)?.tracks[0]).toMatchObject({ trackId: 'c-1-2', label: 'dog' });
  });

  it.each(['dog', 'airplane'])('of a person goes on when a few frames show a %s in its place', (label) => {
    const outputs = play(10, 4, (t) => [
      { ...person(0.5, 0.5), label: t >= 2 && t < 2.6 ? label : 'person' },
    ]);
    expect(idsOf(outputs)).toEqual(['c-1-1']);
    expect(outputs.at(-1)?.tracks[0]?.label).toBe('person');
  });

  it.each([
    ['car', 'truck'],
    ['bus', 'train'],
    ['person', 'bicycle'],
  ])('is one where the detector gives a %s and a %s for the same object', (surer, other) => {
    const outputs = play(10, 4, (t) => {
      const { box } = person(0.2 + 0.1 * t, 0.5);
      // Which of them is the surer changes.
      const sure = Math.round(t * 10) % 4 === 0;
      return [
        { box, label: surer, confidence: sure ? 0.65 : 0.8 },
        { box: { ...box, y1: box.y1 + 0.01 }, label: other, confidence: 0.7 },
      ];
    });
    expect(idsOf(outputs)).toEqual(['c-1-1']);
    expect(outputs.at(-1)?.tracks[0]?.label).toBe(surer);
  });

  it('keeps its object where the detector is surer of something else, and there is no track of that', () => {
    const outputs = play(10, 5, (t) => {
      const one = person(0.2 + 0.1 * t, 0.5, t > 2 && t < 3 ? 0.45 : 0.8);
      return t > 2 && t < 3 ? [{ ...one, label: 'fire hydrant', confidence: 0.6 }, one] : [one];
    });
    expect(idsOf(outputs)).toEqual(['c-1-1']);
    expect(pointsOf(outputs)).toHaveLength(50);
  });

  it('of a rider and one of the bicycle below are two', () => {
    const outputs = play(10, 3, (t) => [
      { box: boxAt(0.2 + 0.1 * t, 0.45, 0.08, 0.3), label: 'person', confidence: 0.8 },
      { box: boxAt(0.2 + 0.1 * t, 0.58, 0.14, 0.16), label: 'bicycle', confidence: 0.7 },
    ]);
    expect(
      outputs
        .at(-1)
        ?.tracks.map(({ label }) => label)
        .sort(),
    ).toEqual(['bicycle', 'person']);
  });

  it.each([
    [10, 0.9],
    [10, 1.2],
    [2, 1.2],
    [1, 2],
  ])('is made at %i frames a second of boxes that move %f of their width a frame', (fps, step) => {
    const width = 0.08;
    const outputs = play(fps, 9 / fps, (t) => [
      { ...person(0, 0), box: boxAt(0.05 + step * width * t * fps, 0.5, width, 0.08) },
    ]);
    expect(idsOf(outputs)).toEqual(['c-1-1']);
    const xs = pointsOf(outputs).map(({ box }) => box.x1);
    expect(xs).toEqual(xs.toSorted((a, b) => a - b));
  });

  it('begins with its earlier weak detections, once it is confirmed', () => {
    const outputs = play(10, 3, (t) => [person(0.2 + 0.1 * t, 0.5, t < 1.5 ? 0.3 : 0.9)]);
    expect(pointsOf(outputs)[0]?.timeMs).toBe(0);
    expect(pointsOf(outputs)).toHaveLength(30);
  });

  it('takes no weak detections that lead elsewhere, nor those of another track', () => {
    const outputs = play(10, 3, (t) => [
      ...(t < 1.5 ? [person(0.8 - 0.1 * t, 0.5, 0.3)] : [person(0.2 + 0.1 * t, 0.5)]),
    ]);
    expect(pointsOf(outputs)[0]?.timeMs).toBe(1500);
  });

  it('goes on when the detector takes a car for a truck, and is what most of its detections were', () => {
    const outputs = play(10, 4, (t) => [{ ...person(0.5, 0.5), label: t < 3 ? 'car' : 'truck' }]);
    expect(idsOf(outputs)).toEqual(['c-1-1']);
    expect(outputs.at(-1)?.tracks[0]?.label).toBe('car');
  });
});

describe('the tracker', () => {
  it('ends all confirmed tracks at the end, and only those', () => {
    const tracker = newTracker();
    for (let k = 0; k < 10; k++) tracker.update([person(0.2, 0.5)], k * 100);
    tracker.update([person(0.2, 0.5), person(0.7, 0.5)], 1000);
    expect(tracker.finish()).toEqual(['c-1-1']);
    expect(tracker.finish()).toEqual([]);
  });

  it.each([1000, 999, NaN])('refuses a frame at %s ms after one at 1000 ms, naming both', (timeMs) => {
    const tracker = newTracker();
    tracker.update([], 1000);
    expect(() => tracker.update([], timeMs)).toThrow(ArgusError);
    expect(() => tracker.update([], timeMs)).toThrow(new RegExp(`${timeMs} ms.*1000 ms`));
  });

  it.each([
    ['NaN in the box', { ...person(0.5, 0.5), box: { ...boxAt(0.5, 0.5), x1: NaN } }],
    ['an inverted box', { ...person(0.5, 0.5), box: { x1: 0.6, y1: 0.6, x2: 0.4, y2: 0.4 } }],
    ['a box without area', { ...person(0.5, 0.5), box: { x1: 0.5, y1: 0.4, x2: 0.5, y2: 0.6 } }],
    ['NaN as confidence', { ...person(0.5, 0.5), confidence: NaN }],
  ])('passes a detection with %s through without a track, and follows the others', (_, bad) => {
    const outputs = play(10, 2, (t) => [bad, person(0.2 + 0.1 * t, 0.5)]);
    expect(outputs.at(-1)?.detections[0]).toBe(bad);
    expect(idsOf(outputs)).toEqual(['c-1-1']);
  });

  it('tells two detections apart that are one and the same object in memory', () => {
    const twice = person(0.5, 0.5);
    const last = play(10, 2, () => [twice, twice]).at(-1);
    expect(last?.detections.map((d) => d.trackId).sort()).toEqual(['c-1-1', 'c-1-2']);
  });

  it('does not join what was before a pause in the source to what comes after', () => {
    const tracker = newTracker();
    for (let k = 0; k < 10; k++) tracker.update([person(0.5, 0.5)], k * 100);
    const after = tracker.update([person(0.5, 0.5)], 60_000);
    expect(after.ended).toEqual(['c-1-1']);
    expect(after.tracks).toEqual([]);
  });

  it('confirms a track only once a detection of it was as strong as told, and then with all its points', () => {
    const tracker = createTracker({
      nextId: trackIdMaker(cameraId('c'), runId(1)),
      highConfidence: 0.5,
      confirmConfidence: 0.8,
    });
    const confidences = [0.6, 0.7, 0.7, 0.7, 0.6, 0.85, 0.6];
    const outputs = confidences.map((c, k) => tracker.update([person(0.5, 0.5, c)], k * 100));
    expect(outputs.map((o) => o.tracks[0]?.points.length ?? 0)).toEqual([0, 0, 0, 0, 0, 6, 1]);
  });

  describe('of a label with a threshold of its own', () => {
    const thresholds = (of: Record<string, number>) =>
      createTracker({
        nextId: trackIdMaker(cameraId('c'), runId(1)),
        highConfidence: 0.5,
        highConfidenceOf: new Map(Object.entries(of)),
      });
    const car = (x: number, y: number, confidence: number, label = 'car') => ({
      ...person(x, y, confidence),
      label,
    });
    /** The labels that came out, once each, of someone and a car that stand where they are. */
    const labelsSeen = (of: Record<string, number>, confidence: { person: number; car: number }) => {
      const tracker = thresholds(of);
      const outputs = Array.from({ length: 10 }, (_, k) =>
        tracker.update([person(0.2, 0.5, confidence.person), car(0.7, 0.5, confidence.car)], k * 100),
      );
      return [...new Set(outputs.flatMap(({ tracks }) => tracks.map(({ label }) => label)))];
    };

    it('begins when a detection reaches that, and others by the common threshold', () => {
      expect(labelsSeen({}, { person: 0.55, car: 0.55 })).toEqual(['person', 'car']);
      expect(labelsSeen({ car: 0.6 }, { person: 0.55, car: 0.55 })).toEqual(['person']);
      expect(labelsSeen({ car: 0.3 }, { person: 0.45, car: 0.35 })).toEqual(['car']);
    });

    it('begins also with detections weaker than the low threshold, when so weak ones are asked for', () => {
      expect(labelsSeen({}, { person: 0.05, car: 0.05 })).toEqual([]);
      expect(labelsSeen({ person: 0.04 }, { person: 0.05, car: 0.05 })).toEqual(['person']);
      expect(labelsSeen({ person: 0 }, { person: 0.001, car: 0 })).toEqual(['person']);
    });

    it('is kept alive by detections below it', () => {
      const tracker = thresholds({ person: 0.8 });
      const outputs = Array.from({ length: 20 }, (_, k) =>
        tracker.update([person(0.5, 0.5, k < 5 ? 0.85 : 0.6)], k * 100),
      );
      expect(idsOf(outputs)).toEqual(['c-1-1']);
      expect(pointsOf(outputs)).toHaveLength(20);
    });

    it('has no label that no detection was sure of, though most had it', () => {
      const labelOf = (of: Record<string, number>) => {
        const tracker = thresholds(of);
        const outputs = Array.from({ length: 20 }, (_, k) =>
          tracker.update([car(0.5, 0.5, 0.7, k < 5 ? 'truck' : 'car')], k * 100),
        );
        return outputs.at(-1)?.tracks[0]?.label;
      };
      expect(labelOf({})).toBe('car');
      expect(labelOf({ car: 0.9 })).toBe('truck');
    });
  });

  it('keeps its promises whatever the detections', () => {
    const detection = fc
      .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
      .chain(([x, y]) => fc.double({ min: 0, max: 1, noNaN: true }).map((c) => person(x, y, c)));
    const frames = fc.array(fc.array(detection, { maxLength: 6 }), { maxLength: 30 });
    fc.assert(
      fc.property(frames, (scene) => {
        const tracker = newTracker();
        const lastMs = new Map<string, number>();
        const ended = new Set<string>();
        scene.forEach((detections, k) => {
          const output = tracker.update(detections, k * 100);
          expect(output.detections.map(({ box }) => box)).toEqual(detections.map(({ box }) => box));
          for (const id of output.ended) ended.add(id);
          const seen = new Set<string>();
          for (const { trackId, points } of output.tracks) {
            expect(seen.has(trackId) || ended.has(trackId)).toBe(false);
            seen.add(trackId);
            for (const { timeMs } of points) {
              expect(timeMs).toBeGreaterThan(lastMs.get(trackId) ?? -1);
              lastMs.set(trackId, timeMs);
            }
            expect(points.at(-1)?.timeMs).toBe(k * 100);
          }
          const marked = output.detections.flatMap((d) => d.trackId ?? []);
          expect([...marked].sort()).toEqual([...seen].sort());
        });
      }),
    );
  });

  it('gives the same tracks at 7, 10 and 25 frames per second', () => {
    const scene = (t: number) => [
      ...(t > 1.5 && t < 2.2 ? [] : [person(0.1 + 0.12 * t, 0.4)]),
      person(0.9 - 0.1 * t, 0.7),
      ...(t > 3 ? [person(0.5, 0.2)] : []),
    ];
    const runs = [7, 10, 25].map((fps) => play(fps, 6, scene));
    for (const outputs of runs) {
      expect(idsOf(outputs)).toHaveLength(3);
      const lasts = outputs.at(-1)?.tracks.map((t) => t.points.at(-1)?.box);
      expect(lasts?.some((box) => box && iou(box, boxAt(0.5, 0.2)) > 0.9)).toBe(true);
    }
  });
});
