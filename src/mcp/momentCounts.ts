import type { EventType, LineDirection } from '../domain/event.ts';
import type { CameraId, ShapeId } from '../domain/ids.ts';
import type { Moment } from '../domain/moment.ts';

/** How many alike moments there are. */
export interface MomentCount {
  readonly camera: CameraId;
  readonly label: string;
  /** Absent: presences. */
  readonly type?: EventType;
  readonly shape?: ShapeId;
  readonly direction?: LineDirection;
  readonly count: number;
}

/** The most frequent first. */
export function countsOf(moments: readonly Moment[]): MomentCount[] {
  const counts = new Map<string, MomentCount>();
  for (const { camera, label, event } of moments) {
    const key = JSON.stringify([camera, label, event?.shape, event?.type, event?.direction]);
    counts.set(key, {
      camera,
      label,
      ...(event && {
        type: event.type,
        shape: event.shape,
        ...(event.direction && { direction: event.direction }),
      }),
      count: 1 + (counts.get(key)?.count ?? 0),
    });
  }
  return [...counts]
    .sort(([k, a], [l, b]) => b.count - a.count || (k < l ? -1 : 1))
    .map(([, count]) => count);
}

/** What happened, in the words of the event engine: "crossing door forward", "enter bay", "present". */
export const happeningText = ({ type, shape, direction }: Happening): string =>
  type === undefined ? 'present' : [type, shape, direction].filter((word) => word !== undefined).join(' ');

interface Happening {
  readonly type?: EventType | undefined;
  readonly shape?: ShapeId | undefined;
  readonly direction?: LineDirection | undefined;
}

/** "3 person crossing door forward". */
export const countText = (count: MomentCount): string =>
  `${count.count} ${count.label} ${happeningText(count)}`;

export const tracksOf = (moments: readonly Moment[]) => [...new Set(moments.map(({ trackId }) => trackId))];
