import { cameraId, eventId, firingId, trackId, watchId } from '../../src/domain/ids.ts';
import type { WatchNotice } from '../../src/domain/watch.ts';

export const notice = (change: Partial<WatchNotice> = {}): WatchNotice => ({
  firing: firingId(12),
  watch: watchId(3),
  name: 'crowd in dock',
  rule: 'more than 3 person in zone bay of dock for 30 s',
  camera: cameraId('dock'),
  cameraName: 'Laderampe',
  timeMs: Date.UTC(2026, 10, 22, 22, 0, 30),
  sinceMs: Date.UTC(2026, 10, 22, 22, 0, 0),
  untilMs: Date.UTC(2026, 10, 22, 22, 0, 30),
  storedMs: Date.UTC(2026, 10, 22, 22, 0, 31),
  count: 4,
  tracks: [trackId('dock-1-7')],
  events: [eventId(9)],
  open: true,
  ...change,
});
