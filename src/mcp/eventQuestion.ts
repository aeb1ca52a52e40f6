import type { z } from 'zod';
import { ArgusError } from '../domain/errors.ts';
import type { EventType } from '../domain/event.ts';
import type { Interval } from '../domain/time.ts';
import type { Reader } from '../store/reader.ts';
import type { StoredCamera } from '../store/types.ts';
import type { Question } from './gather.ts';
import { findCamera } from './lookup.ts';
import { isDrawn, shapeText, type AskedShape, type lineInput, type zoneInput } from './shapes.ts';

/* What a question about events asks for, checked. */

interface Asked {
  readonly camera?: string | string[] | undefined;
  readonly line?: z.output<typeof lineInput> | undefined;
  readonly zone?: z.output<typeof zoneInput> | undefined;
  readonly classes?: string[] | undefined;
  readonly direction?: 'forward' | 'backward' | undefined;
  readonly event?: EventType | undefined;
  readonly min_dwell_seconds?: number | undefined;
  readonly min_confidence?: number | undefined;
  readonly min_speed_kmh?: number | undefined;
}

export function askedCameras(reader: Reader, asked: Asked): StoredCamera[] {
  const names = Array.isArray(asked.camera) ? [...new Set(asked.camera)] : [asked.camera];
  if (names.length > 1 && isDrawn(asked)) {
    throw new ArgusError(
      'camera: a line or zone drawn now lies in the picture of one camera.',
      'Give one camera, or the id of a line or zone that each of them has.',
    );
  }
  const cameras = new Map(names.map((name) => findCamera(reader, name)).map((camera) => [camera.id, camera]));
  const unscaled = [...cameras.values()].find(({ scale }) => !scale);
  if (asked.min_speed_kmh !== undefined && unscaled) {
    throw new ArgusError(
      `min_speed_kmh: camera ${unscaled.id} has no scale, so speeds are not known.`,
      'Leave it out, or give the camera a scale in argus.yaml and restart the station.',
    );
  }
  return [...cameras.values()];
}

/** Which kind of event is the count, and which are counted beside it. */
export function checkKinds(kind: 'line' | 'zone', asked: Asked): { main: EventType; types: EventType[] } {
  if (kind === 'zone' && asked.direction) {
    throw new ArgusError('A zone has no direction.', 'Leave direction out, or ask about a line.');
  }
  const byLength = asked.min_dwell_seconds !== undefined;
  if (kind === 'line' && byLength) {
    throw new ArgusError('A line has no visits.', 'Leave min_dwell_seconds out, or ask about a zone.');
  }
  const possible: EventType[] =
    kind === 'line' ? ['crossing'] : byLength ? ['dwell', 'exit'] : ['enter', 'exit', 'dwell'];
  if (asked.event && !possible.includes(asked.event)) {
    const what = byLength ? 'min_dwell_seconds does not go with' : `A ${kind} has no`;
    throw new ArgusError(`${what} ${asked.event} events.`, `Possible: ${possible.join(', ')}.`);
  }
  const [usual = 'crossing'] = possible;
  return { main: asked.event ?? usual, types: asked.event ? [asked.event] : possible };
}

/** Throws ArgusError when dwells alone are asked for where no length makes a visit one. */
export function checkDwell(shapes: readonly AskedShape[], asked: Asked): void {
  const isUnknown = ({ shape }: AskedShape) => shape.kind === 'zone' && shape.dwellMs === undefined;
  const unknown = shapes.find(isUnknown);
  if (asked.event !== 'dwell' || asked.min_dwell_seconds !== undefined || !unknown) return;
  throw new ArgusError(
    `event: ${shapeText(unknown)} has no dwell time, so no visit to it is a dwell.`,
    'Give min_dwell_seconds.',
  );
}

export function questionOf(
  camera: StoredCamera,
  at: AskedShape,
  window: Interval,
  types: readonly EventType[],
  asked: Asked,
): Question {
  return {
    camera,
    at,
    window,
    types,
    labels: asked.classes,
    direction: asked.direction,
    minDwellMs: asked.min_dwell_seconds && Math.round(asked.min_dwell_seconds * 1000),
    minConfidence: asked.min_confidence,
    minSpeedMps: asked.min_speed_kmh && asked.min_speed_kmh / 3.6,
  };
}

/** From the first to the last analysed frame of any of the cameras. */
export function joinedSpan(
  reader: Reader,
  cameras: readonly Pick<StoredCamera, 'id'>[],
): Interval | undefined {
  const spans = cameras.flatMap(({ id }) => reader.span(id) ?? []);
  if (spans.length === 0) return undefined;
  return {
    fromMs: Math.min(...spans.map(({ fromMs }) => fromMs)),
    toMs: Math.max(...spans.map(({ toMs }) => toMs)),
  };
}
