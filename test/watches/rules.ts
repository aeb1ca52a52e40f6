import { cameraId, shapeId, trackId } from '../../src/domain/ids.ts';
import type { WatchDefinition } from '../../src/domain/watch.ts';
import type { Incident } from '../../src/watches/contract.ts';

export const yard = cameraId('yard');
export const bay = { kind: 'zone', shape: shapeId('bay') } as const;
export const door = { kind: 'line', shape: shapeId('door') } as const;
export const who = (n: number) => trackId(`yard-1-${n}`);

/** More than one at once in the bay, at once, every time. */
export const rule = (change: Partial<WatchDefinition> = {}): WatchDefinition => ({
  name: 'test',
  camera: yard,
  at: bay,
  condition: { kind: 'occupancy', moreThan: 1, forMs: 0 },
  cooldownMs: 0,
  ...change,
});

/** When they fired, and until when it was so. */
export const times = (incidents: readonly Incident<unknown>[]) =>
  incidents.map(({ timeMs, untilMs }) => [timeMs, untilMs]);
