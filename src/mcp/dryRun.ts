import type { Shape, TrackEvent } from '../domain/event.ts';
import { insidePolygon, polygonArea } from '../domain/geometry.ts';
import type { CameraId } from '../domain/ids.ts';
import type { Interval } from '../domain/time.ts';
import { addPresence, createPresence } from '../events/presence.ts';
import { reachOf } from '../events/replay.ts';
import type { Reader } from '../store/reader.ts';
import { aspectsOf, pastEvents } from './pastEvents.ts';
import { leastPoints, storedGapMs } from './wholePicture.ts';

/** What a line or zone would have counted, and what speaks against it. */
export interface DryRun {
  readonly events: readonly TrackEvent[];
  readonly warnings: readonly string[];
}

/** Of the picture: smaller zones and shorter lines are passed over between two frames, or missed by a box that trembles. */
const tinyArea = 0.002;
const tinyLength = 0.04;
const [columns, rows] = [64, 36];
/** Of fewer cells nothing is said of how they are used. */
const leastCells = 8;
const leastUsed = 0.25;

export async function dryRun(
  reader: Reader,
  camera: CameraId,
  shape: Shape,
  window: Interval,
  wasWatched: boolean,
): Promise<DryRun> {
  const events = await pastEvents(reader, { camera, shape, window });
  const warnings =
    shape.kind === 'line' ? [] : await warningsOfZone(reader, camera, shape, window, wasWatched);
  if (shape.kind === 'line') {
    const { a, b } = shape.line;
    if (Math.hypot(b.x - a.x, b.y - a.y) < tinyLength)
      warnings.push('It is very short: who passes may miss it. Draw it across the whole way.');
    const beyond = await crossingsBeyond(reader, camera, shape, window);
    if (beyond > events.length * 1.2 + 1)
      warnings.push(
        `${beyond - events.length} more would cross it if it were half as long again: draw it across the whole way.`,
      );
  }
  if (wasWatched && events.length === 0)
    warnings.push(
      shape.kind === 'line'
        ? 'Nobody crossed it in the window. What counts is where feet cross it, the middle of the lower edge of a box.'
        : 'Nobody entered it in the window. What counts is where feet are, the middle of the lower edge of a box.',
    );
  return { events, warnings };
}

async function warningsOfZone(
  reader: Reader,
  camera: CameraId,
  shape: Extract<Shape, { kind: 'zone' }>,
  window: Interval,
  wasWatched: boolean,
): Promise<string[]> {
  const warnings: string[] = [];
  if (polygonArea(shape.polygon) < tinyArea)
    warnings.push('It is very small: who passes may not be seen in it.');
  const inside = cellsInside(shape);
  if (!wasWatched || inside.length < leastCells) return warnings;
  const aspects = aspectsOf(reader, camera);
  const presence = createPresence(columns, rows);
  const { area } = reachOf(shape, aspects.widest);
  for await (const track of reader.tracksThrough(camera, window, { area })) {
    if (track.points < leastPoints) continue;
    const points = track.pointsWithin(window.fromMs - storedGapMs, window.toMs + storedGapMs);
    addPresence(presence, points, { window, aspect: aspects.of(track.run) });
  }
  const used = inside.filter((cell) => (presence.cellMs[cell] ?? 0) > 0).length / inside.length;
  if (used > 0 && used < leastUsed)
    warnings.push(
      `In ${Math.round((1 - used) * 100)} % of it nothing ever was in the window: is it where you mean? get_heatmap shows.`,
    );
  return warnings;
}

/** The cells whose middle is in the zone. */
const cellsInside = ({ polygon }: Extract<Shape, { kind: 'zone' }>): number[] =>
  Array.from({ length: columns * rows }, (_, cell) => cell).filter((cell) =>
    insidePolygon(polygon, {
      x: ((cell % columns) + 0.5) / columns,
      y: (Math.floor(cell / columns) + 0.5) / rows,
    }),
  );

/** How many cross the line when it is longer by a quarter at either end. */
async function crossingsBeyond(
  reader: Reader,
  camera: CameraId,
  shape: Extract<Shape, { kind: 'line' }>,
  window: Interval,
): Promise<number> {
  const { a, b } = shape.line;
  const [dx, dy] = [(b.x - a.x) / 4, (b.y - a.y) / 4];
  const longer = { a: { x: a.x - dx, y: a.y - dy }, b: { x: b.x + dx, y: b.y + dy } };
  return (await pastEvents(reader, { camera, shape: { ...shape, line: longer }, window })).length;
}
