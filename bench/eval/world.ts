/**
 * A store of seeded synthetic weeks with things put into its last day, and what is true of them: what the scripted agents
 * are examined on. Trajectories go through the program's own event engine and writer.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createCanvas } from '@napi-rs/canvas';
import type { Appearance } from '../../src/domain/appearance.ts';
import type { Box } from '../../src/domain/box.ts';
import type { Shape } from '../../src/domain/event.ts';
import {
  cameraId,
  shapeId,
  trackId,
  type CameraId,
  type EventId,
  type TrackId,
} from '../../src/domain/ids.ts';
import { createEventEngine } from '../../src/events/engine.ts';
import type { FrameCommit, NewStill } from '../../src/store/types.ts';
import { openWriter, type Writer } from '../../src/store/writer.ts';
import { randomFrom } from '../storeWorld.ts';

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** A Monday. */
const firstDayMs = Date.UTC(2026, 8, 7);
const days = 24;
/** The last day, a Wednesday, on which it happens. */
export const theDayMs = firstDayMs + (days - 1) * dayMs;

export const gate = cameraId('gate');
export const dock = cameraId('dock');
/** Recorded on the last day only. */
const yard = cameraId('yard');

const [width, height] = [640, 360];
const aspect = width / height;
const pictureColours = { person: '#2f6fde', bush: '#2fae4a' } as const;
type Drawn = keyof typeof pictureColours;

const shapes: Readonly<Record<string, readonly Shape[]>> = {
  gate: [
    { kind: 'line', id: shapeId('door'), name: 'Door', line: { a: { x: 0.5, y: 0 }, b: { x: 0.5, y: 1 } } },
  ],
  dock: [
    {
      kind: 'zone',
      id: shapeId('bay'),
      name: 'Loading bay',
      dwellMs: 5 * minuteMs,
      polygon: [
        { x: 0.35, y: 0.3 },
        { x: 0.65, y: 0.3 },
        { x: 0.65, y: 1 },
        { x: 0.35, y: 1 },
      ],
    },
  ],
  yard: [],
};

/** Somebody who passes from one side to the other, and may stay in the middle. */
interface Passage {
  readonly camera: CameraId;
  readonly fromMs: number;
  readonly leftToRight: boolean;
  readonly stayMs: number;
  /** What was really there. */
  readonly is: Drawn;
  /** Which of the people it is, where somebody has to be known again. */
  readonly who?: number;
  /** How much they look like that one, 0–1; absent: 1. */
  readonly alike?: number;
  /** Height of the feet in the picture, 0–1. */
  readonly y: number;
}

export interface Truth {
  /** Where the store is: what agents were to change is looked up there. */
  readonly dataFolder: string;
  readonly passages: readonly Passage[];
  /** Crossings of the gate's door, forward being from left to right. */
  readonly crossings: (
    fromMs: number,
    toMs: number,
  ) => { readonly forward: number; readonly backward: number };
  /** Entries into the dock's bay. */
  readonly entries: (fromMs: number, toMs: number) => number;
  readonly spike: { readonly fromMs: number; readonly toMs: number };
  readonly loiterer: { readonly fromMs: number; readonly toMs: number };
  readonly blind: { readonly fromMs: number; readonly toMs: number };
  /** One person's way, in order, and when it began. */
  readonly journey: readonly CameraId[];
  readonly journeyMs: number;
  /** From the one to the other, of whom it cannot be told whether they are one. */
  readonly doubtful: { readonly fromMs: number; readonly toMs: number };
  /** An hour in which some of those counted at the door were bushes. */
  readonly audited: { readonly fromMs: number; readonly toMs: number };
}

const walkMs = 8 * secondMs;

const at = (hours: number, minutes = 0): number => theDayMs + hours * hourMs + minutes * minuteMs;
const spike = { fromMs: at(14), toMs: at(15) };
const audited = { fromMs: at(10), toMs: at(11) };
const journeyMs = at(16, 5);
const blind = { fromMs: at(2), toMs: at(3, 30) };
/** Somebody at the gate, and a minute later in the yard one of whom it cannot be told. */
const doubtful = { fromMs: at(12, 20), toMs: at(12, 21) };
const loiterer = { fromMs: at(22, 10), toMs: at(22, 35) };

/** Writes the store into the data folder, and tells what is true of it. */
export function writeWorld(dataFolder: string): Truth {
  const passages = plan();
  const writer = openWriter(dataFolder, { nowMs: firstDayMs });
  writer.syncCameras(
    [
      { id: gate, name: 'Front gate', source: 'rtsp://gate/stream', shapes: shapes['gate'] ?? [] },
      { id: dock, name: 'Loading dock', source: 'rtsp://dock/stream', shapes: shapes['dock'] ?? [] },
      { id: yard, name: 'Yard', source: 'rtsp://yard/stream', shapes: [] },
    ],
    firstDayMs,
  );
  for (const camera of [gate, dock, yard]) {
    const of = passages.filter((passage) => passage.camera === camera);
    record(writer, join(dataFolder, 'stills'), camera, of);
  }
  writer.close();
  const within = (camera: CameraId, fromMs: number, toMs: number) =>
    passages.filter(({ camera: of, fromMs: atMs }) => of === camera && atMs >= fromMs && atMs < toMs);
  return {
    dataFolder,
    passages,
    crossings: (fromMs, toMs) => {
      const of = within(gate, fromMs, toMs);
      const forward = of.filter(({ leftToRight }) => leftToRight).length;
      return { forward, backward: of.length - forward };
    },
    entries: (fromMs, toMs) => within(dock, fromMs, toMs).length,
    spike,
    loiterer,
    blind,
    journey: [gate, yard, dock],
    journeyMs,
    doubtful,
    audited,
  };
}

/** All passages, in order of time: none begins where it would reach into another hour, or into time not watched. */
function plan(): Passage[] {
  const random = randomFrom(7);
  const passages: Passage[] = [];
  const add = (camera: CameraId, hourStartMs: number, count: number, rest: Partial<Passage> = {}) => {
    for (let n = 0; n < count; n++) {
      const fromMs = hourStartMs + Math.floor(random() * 57 * 60) * secondMs;
      const stayMs = camera === dock ? Math.round((20 + random() * 60) * secondMs) : 0;
      passages.push({
        ...{ camera, fromMs, leftToRight: random() < 0.5, stayMs, is: 'person' as const },
        ...{ y: 0.6 + random() * 0.35, ...rest },
      });
    }
  };
  for (let day = 0; day < days; day++) {
    const weekend = new Date(firstDayMs + day * dayMs).getUTCDay() % 6 === 0;
    for (let hour = 7; hour < 20; hour++) {
      const startMs = firstDayMs + day * dayMs + hour * hourMs;
      const isSpecial = [spike, audited].some(({ fromMs }) => fromMs === startMs);
      if (!isSpecial) add(gate, startMs, poisson(weekend ? 4 : 12, random));
      add(dock, startMs, poisson(weekend ? 1 : 4, random));
    }
  }
  add(gate, audited.fromMs, 16);
  add(gate, audited.fromMs, 4, { is: 'bush' });
  add(gate, spike.fromMs, 55);
  passages.push({
    ...{ camera: dock, fromMs: loiterer.fromMs, leftToRight: true, is: 'person', y: 0.8 },
    stayMs: loiterer.toMs - loiterer.fromMs,
  });
  for (const [n, camera] of [gate, yard, dock].entries())
    passages.push({
      ...{ camera, fromMs: journeyMs + n * 70 * secondMs, leftToRight: true, stayMs: 0, is: 'person' },
      ...{ who: 1, y: 0.9 },
    });
  const somebody = { leftToRight: true, stayMs: 0, is: 'person', who: 2, y: 0.9 } as const;
  passages.push({ camera: gate, fromMs: doubtful.fromMs, ...somebody });
  passages.push({ camera: yard, fromMs: doubtful.toMs, ...somebody, alike: 0.45 });
  return passages.sort((a, b) => a.fromMs - b.fromMs);
}

/** Knuth's method: fine for small means. */
function poisson(mean: number, random: () => number): number {
  const limit = Math.exp(-mean);
  let n = 0;
  for (let product = random(); product > limit; product *= random()) n++;
  return n;
}

interface Walker extends Passage {
  readonly id: TrackId;
  readonly toMs: number;
}

/** One run of a camera: a frame a second while somebody is in view, else one each 1.9 s, which is no gap yet. */
function record(writer: Writer, stillsFolder: string, camera: CameraId, passages: readonly Passage[]): void {
  const fromMs = camera === yard ? theDayMs : firstDayMs;
  const toMs = firstDayMs + days * dayMs;
  const of = { camera, source: 'synthetic', detector: 'synthetic', live: true };
  const run = writer.beginRun({ ...of, startedAtMs: fromMs, mediaStartMs: fromMs });
  writer.noteAspect(run, aspect);
  const engine = createEventEngine(camera, shapes[camera] ?? [], { aspect });
  const waiting = passages.map((passage, n): Walker => ({
    ...passage,
    id: trackId(`${camera}-${run}-${n + 1}`),
    toMs: passage.fromMs + walkMs + passage.stayMs,
  }));
  let present: Walker[] = [];
  let frames: FrameCommit[] = [];
  let ofBatch: Walker[] = [];
  let number = 0;
  let next = 0;
  const commit = (nowMs: number) => {
    const seen = ofBatch.filter(({ fromMs: sinceMs }) => sinceMs >= theDayMs);
    const appearances = seen.map((walker) => look(camera, walker));
    const { events } = writer.commit({ nowMs, frames, appearances });
    const pictures = [
      ...events.flatMap(({ id, event }) => {
        const walker = seen.find((one) => one.id === event.trackId);
        return walker ? [picture(stillsFolder, camera, event.timeMs, [walker], { events: [id] })] : [];
      }),
      ...seen.map((walker) => {
        const middleMs = Math.round((walker.fromMs + walker.toMs) / 2);
        return picture(stillsFolder, camera, middleMs, [walker], { bestOf: [walker.id] });
      }),
    ];
    if (pictures.length > 0) writer.commit({ nowMs, frames: [], stills: pictures });
    frames = [];
    ofBatch = ofBatch.filter(({ toMs: untilMs }) => untilMs > nowMs);
  };
  for (let timeMs = fromMs; timeMs < toMs; timeMs += present.length > 0 ? secondMs : 1900) {
    if (camera === gate && timeMs >= blind.fromMs && timeMs < blind.toMs) timeMs = blind.toMs;
    for (let one = waiting[next]; one && one.fromMs <= timeMs; one = waiting[++next]) {
      present.push(one);
      ofBatch.push(one);
    }
    const ended = present.filter((one) => one.toMs < timeMs).map(({ id }) => id);
    present = present.filter((one) => one.toMs >= timeMs);
    const tracks = present.map((one) => ({
      trackId: one.id,
      label: 'person',
      points: [{ timeMs, box: boxAt(one, timeMs), confidence: 0.8 }],
    }));
    const events = [
      ...tracks.flatMap((update) => engine.update(update)),
      ...ended.flatMap((id) => engine.end(id)),
    ];
    const mediaTimeMs = timeMs - fromMs;
    const seen = { camera, frame: number++, mediaTimeMs, timeMs, detections: [], tracks, ended, dropped: 0 };
    frames.push({ run, record: seen, events });
    if (frames.length >= 20_000 && present.length === 0) commit(timeMs);
  }
  commit(toMs);
  writer.endRun(run, 'stopped', toMs, []);
}

/** Walks in from one side to the middle, stays there, and walks on. */
function boxAt({ fromMs, leftToRight, stayMs, y }: Passage, timeMs: number): Box {
  const walked = Math.min(timeMs - fromMs, walkMs / 2) + Math.max(0, timeMs - fromMs - walkMs / 2 - stayMs);
  const along = Math.min(1, walked / walkMs);
  const x = 0.1 + 0.8 * (leftToRight ? along : 1 - along);
  return { x1: x - 0.03, y1: y - 0.3, x2: x + 0.03, y2: y };
}

/** Unlike anybody else's, but for those who are to be known again. */
function look(camera: CameraId, { id, who, alike = 1, fromMs }: Walker): Appearance {
  const own = randomVector(hashOf(id));
  const theirs = who === undefined ? own : randomVector(1_000_000 + who);
  const vector = unit(theirs.map((value, n) => alike * value + Math.sqrt(1 - alike ** 2) * (own[n] ?? 0)));
  const of = { camera, trackId: id, timeMs: fromMs + walkMs / 4, quality: 0.9 };
  return { ...of, descriptor: 'person-reid-0287', vector };
}

/** In so many dimensions nearly at a right angle to any other. */
function randomVector(seed: number): Float32Array {
  const vector = new Float32Array(256);
  const random = randomFrom(seed);
  for (let n = 0; n < vector.length; n++) vector[n] = random() - 0.5;
  return unit(vector);
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

const hashOf = (text: string): number =>
  Array.from(text).reduce((hash, letter) => (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0, 7);

/** Writes a picture of a grey place with somebody, or a bush, in it. */
function picture(
  stillsFolder: string,
  camera: CameraId,
  timeMs: number,
  walkers: readonly Walker[],
  of: { readonly events?: readonly EventId[]; readonly bestOf?: readonly TrackId[] },
): NewStill {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  context.fillStyle = '#8a8a8a';
  context.fillRect(0, 0, width, height);
  for (const walker of walkers) {
    const { x1, y1, x2, y2 } = boxAt(walker, timeMs);
    context.fillStyle = pictureColours[walker.is];
    context.fillRect(x1 * width, y1 * height, (x2 - x1) * width, (y2 - y1) * height);
  }
  const jpeg = canvas.toBuffer('image/jpeg', 80);
  const path = join(camera, `${timeMs}.jpg`);
  mkdirSync(dirname(join(stillsFolder, path)), { recursive: true });
  writeFileSync(join(stillsFolder, path), jpeg);
  return { camera, timeMs, path, width, height, bytes: jpeg.length, ...of };
}
