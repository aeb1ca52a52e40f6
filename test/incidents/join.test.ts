import { expect, test } from 'vitest';
import { cameraId, eventId, shapeId, trackId } from '../../src/domain/ids.ts';
import type { Moment } from '../../src/domain/moment.ts';
import type { Strand, Tie } from '../../src/incidents/contract.ts';
import { handleOf, parseHandle, usualGapMs } from '../../src/incidents/handle.ts';
import { joinStrands } from '../../src/incidents/join.ts';
import { strandsOf } from '../../src/incidents/strands.ts';

const minuteMs = 60_000;
const event = (camera: string, number: number, timeMs: number): Moment => ({
  camera: cameraId(camera),
  trackId: trackId(`${camera}-1-${number}`),
  label: 'person',
  timeMs,
  toMs: timeMs,
  event: { id: eventId(number), type: 'enter', shape: shapeId('bay'), confidence: 0.8 },
});
const tie = (from: string, to: string, probability = 0.95): Tie => ({
  from: trackId(from),
  to: trackId(to),
  because: 'appearance',
  probability,
  seconds: 20,
});
const idsOf = (strands: readonly Strand[], ties: readonly Tie[]) =>
  joinStrands(strands, ties).map((incident) => handleOf(incident.strands, { gapMs: usualGapMs }));

test('strands of cameras are one incident where the same person was in both, and named after all of them', () => {
  const strands = strandsOf(
    [event('gate', 1, 0), event('yard', 2, 20_000), event('dock', 3, 30_000)],
    minuteMs,
  );
  expect(idsOf(strands, [])).toEqual(['i1', 'i2', 'i3']);
  expect(idsOf(strands, [tie('gate-1-1', 'yard-1-2')])).toEqual(['i1.2', 'i3']);
  expect(idsOf(strands, [tie('yard-1-2', 'dock-1-3'), tie('gate-1-1', 'yard-1-2')])).toEqual(['i1.2.3']);
});

test('ties join no more than six strands, and nothing over more than two hours, the surest first', () => {
  const cameras = Array.from({ length: 8 }, (_, n) => `cam${n}`);
  const many = strandsOf(
    cameras.map((camera, n) => event(camera, n, n * 1000)),
    minuteMs,
  );
  const chain = cameras
    .slice(1)
    .map((camera, n) => tie(`cam${n}-1-${n}`, `${camera}-1-${n + 1}`, 0.9 + n / 100));
  expect(idsOf(many, chain)).toEqual(['i0.1', 'i2.3.4.5.6.7']);
  const far = strandsOf([event('gate', 1, 0), event('yard', 2, 121 * minuteMs)], minuteMs);
  expect(idsOf(far, [tie('gate-1-1', 'yard-1-2')])).toEqual(['i1', 'i2']);
});

test('an id says how its incident is found again', () => {
  const withoutEvent: Moment = { ...event('gate', 7, 0), trackId: trackId('gate-1-7') };
  delete (withoutEvent as { event?: unknown }).event;
  const strands = strandsOf([withoutEvent, event('yard-2', 40, 10)], minuteMs);
  const id = handleOf(strands, { gapMs: 30_000, labels: ['traffic light', 'person'] });
  expect(id).toBe('i.gate-1-7.40-g30~person,traffic%20light');
  expect(parseHandle(id)).toEqual({
    beginnings: [{ track: 'gate-1-7' }, { event: 'e40' }],
    grouping: { gapMs: 30_000, labels: ['person', 'traffic light'] },
  });
  expect(parseHandle('i12')).toEqual({ beginnings: [{ event: 'e12' }], grouping: { gapMs: 60_000 } });
  for (const text of ['', 'i', 'e12', 'i12-g0', 'i12 or 1', '12']) expect(parseHandle(text)).toBeUndefined();
});
