import fc from 'fast-check';
import type { Shape } from '../../src/domain/event.ts';
import type { Point } from '../../src/domain/geometry.ts';
import { shapeId } from '../../src/domain/ids.ts';
import type { TrackPoint } from '../../src/domain/track.ts';

/** One object's path and how its points are given to whoever watches live. */
export interface SceneTrack {
  readonly points: readonly TrackPoint[];
  /** Whether the point at the same index begins a new update. */
  readonly splits: readonly boolean[];
  readonly ended: boolean;
}

/** A shape drawn in front of a camera, what moved there, and a window; times are ms since the scene began. */
export interface Scene {
  readonly shape: Shape;
  readonly aspect: number;
  readonly tracks: readonly SceneTrack[];
  readonly window: { readonly fromMs: number; readonly toMs: number };
}

/** Evenly spread, unlike fc.double, most of whose numbers are tiny. */
const between = (least: number, most: number) =>
  fc.integer({ min: 0, max: 2 ** 24 }).map((n) => least + (n / 2 ** 24) * (most - least));
const unit = between(0, 1);
/** Often at or near the edge of the picture, where shapes usually end. */
const coordinate = fc.oneof({ weight: 3, arbitrary: unit }, fc.constantFrom(0, 0.006, 0.995, 1));
const place: fc.Arbitrary<Point> = fc.record({ x: coordinate, y: coordinate });

const line: fc.Arbitrary<Shape> = fc
  .tuple(place, place)
  .filter(([a, b]) => a.x !== b.x || a.y !== b.y)
  .map(([a, b]) => ({ kind: 'line', id: shapeId('line'), name: 'line', line: { a, b } }));

/** Corners around a middle, at growing angles: stars with dents, and slivers, but no crossing edges. */
const zone: fc.Arbitrary<Shape> = fc
  .record({
    middle: place,
    corners: fc.array(between(0.02, 0.5), { minLength: 3, maxLength: 8, size: 'max' }),
    dwellMs: fc.option(fc.integer({ min: 1, max: 20_000 }), { nil: undefined }),
  })
  .map(({ middle, corners, dwellMs }) => ({
    kind: 'zone',
    id: shapeId('zone'),
    name: 'zone',
    polygon: corners.map((radius, k) => {
      const angle = (2 * Math.PI * k) / corners.length;
      return { x: middle.x + radius * Math.cos(angle), y: middle.y + radius * Math.sin(angle) };
    }),
    ...(dwellMs !== undefined && { dwellMs }),
  }));

/** Where an object goes next: to a place at or near the shape's edge, on from where it is, anywhere, or hardly anywhere. */
const step = fc.record({
  kind: fc.constantFrom('edge', 'edge', 'near', 'on', 'on', 'anywhere', 'stop', 'stop', 'tremble', 'breathe'),
  along: unit,
  to: place,
  off: between(-2, 2),
  /** Usually a frame or a few; now and then unseen for some time. Not whole ms, as in real recordings. */
  afterMs: fc.oneof(
    { weight: 8, arbitrary: between(30, 1500) },
    { weight: 1, arbitrary: between(1500, 30_000) },
  ),
  split: fc.boolean(),
  confidence: unit,
});

const track = fc.record({
  start: place,
  bornAtEdge: fc.boolean(),
  bornMs: between(0, 60_000),
  width: between(0.005, 0.4),
  height: between(0, 0.6),
  steps: fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }),
  ended: fc.boolean(),
});

export const scenes: fc.Arbitrary<Scene> = fc
  .record({
    shape: fc.oneof(line, zone),
    aspect: between(0.5, 3),
    tracks: fc.array(track, { minLength: 1, maxLength: 3, size: 'max' }),
    window: fc.oneof(fc.constant<[number, number]>([0, 1]), fc.tuple(unit, unit)),
  })
  .map(({ shape, aspect, tracks, window }) => {
    const walked = tracks.map((one) => walk(shape, one));
    const lastMs = Math.max(...walked.flatMap(({ points }) => points.map(({ timeMs }) => timeMs)));
    const [fromMs = 0, toMs = 0] = window.map((share) => Math.round(share * (lastMs + 2000))).toSorted((a, b) => a - b); // prettier-ignore
    return { shape, aspect, tracks: walked, window: { fromMs, toMs } };
  });

type Steps = typeof track extends fc.Arbitrary<infer T> ? T : never;

function walk(shape: Shape, { start, bornAtEdge, bornMs, width, height, steps, ended }: Steps): SceneTrack {
  let timeMs = bornMs;
  let at = bornAtEdge ? edgePlace(shape, start.x) : start;
  let heading = { x: 0.02, y: 0 };
  const points: TrackPoint[] = [];
  for (const { kind, along, to, off, afterMs, confidence } of steps) {
    const before = at;
    const edge = edgePlace(shape, along);
    // The dead band is a quarter of the width.
    const band = width / 4;
    if (kind === 'edge') at = edge;
    if (kind === 'near') at = { x: edge.x + off * band, y: edge.y + (to.y - 0.5) * 4 * band };
    if (kind === 'on') at = { x: at.x + heading.x, y: at.y + heading.y };
    if (kind === 'anywhere') at = to;
    if (kind === 'tremble') at = { x: at.x + off * band * 0.2, y: at.y };
    // Less, or hardly more, than what the store takes for standing still.
    if (kind === 'breathe') at = { x: at.x + off / 2500, y: at.y + (to.y - 0.5) / 1000 };
    at = { x: Math.min(1.2, Math.max(-0.2, at.x)), y: Math.min(1.2, Math.max(-0.2, at.y)) };
    if (kind === 'anywhere') heading = { x: (at.x - before.x) / 8, y: (at.y - before.y) / 8 };
    points.push({
      timeMs,
      box: { x1: at.x - width / 2, y1: at.y - height, x2: at.x + width / 2, y2: at.y },
      confidence,
    });
    timeMs += afterMs;
  }
  return { points, splits: steps.map(({ split }) => split), ended };
}

/** The place on the line, or on the zone's outline, that is the share `along` of it. */
function edgePlace(shape: Shape, along: number): Point {
  const corners = shape.kind === 'line' ? [shape.line.a, shape.line.b] : shape.polygon;
  const edges = shape.kind === 'line' ? 1 : corners.length;
  const edge = Math.min(edges - 1, Math.floor(along * edges));
  const a = corners[edge] ?? { x: 0, y: 0 };
  const b = corners[(edge + 1) % corners.length] ?? a;
  const share = along * edges - edge;
  return { x: a.x + share * (b.x - a.x), y: a.y + share * (b.y - a.y) };
}
