import type { Shape, TrackEvent, ZoneShape } from '../domain/event.ts';
import type { FrameRecord } from '../domain/frame.ts';
import type { CameraId, TrackId } from '../domain/ids.ts';
import type { TrackUpdate } from '../domain/track.ts';
import type { Watch } from '../domain/watch.ts';
import type { EventEngine } from '../events/contract.ts';
import { createEventEngine } from '../events/engine.ts';
import { coverageGapMs } from '../domain/coverage.ts';
import type { Incident } from '../watches/contract.ts';
import { WatchEvaluator } from '../watches/evaluator.ts';

/** Of a watch and what it has just found. */
export interface Found {
  readonly watch: Watch;
  readonly incident: Incident<TrackEvent>;
}

interface Entry {
  readonly watch: Watch;
  readonly evaluator: WatchEvaluator<TrackEvent>;
}

/** What tells who is in a zone. */
interface Follower {
  readonly engine: EventEngine;
  /** Up to when it is told of each track whether it is in. */
  readonly decidedMs: Map<TrackId, number>;
  /** Who is in, and what they were taken for when they came. */
  readonly inside: Map<TrackId, string>;
}

/** Which watches are to be told of what; made anew when watches or shapes change. */
interface Plan {
  /** Those whose line or zone is there. */
  readonly placed: readonly (Entry & { readonly key: string | undefined })[];
  /** Those that look who is in the picture. */
  readonly picture: readonly Entry[];
  /** Those that look who is in a zone, or for visits of a length that only they ask for. */
  readonly followed: ReadonlyMap<string, { readonly zone: ZoneShape; readonly entries: Entry[] }>;
  /** Those that wait for what the camera's own engine tells. */
  readonly told: ReadonlyMap<Shape['id'], readonly Entry[]>;
}

interface SeenTrack {
  readonly firstMs: number;
  lastMs: number;
  points: number;
}

/** Fewer sightings may be a mistake of the detector. */
const leastPoints = 3;
/** That nobody is there is said so much later: somebody is known a moment after he was first seen, ms. */
const settleMs = 3_000;

/** The watches of one camera, driven by its frames. */
export class CameraWatches {
  readonly #camera: CameraId;
  readonly #entries = new Map<Watch['id'], Entry>();
  readonly #tracks = new Map<TrackId, SeenTrack>();
  /** One engine for each zone that somebody watches who is in, and for each length of visits. */
  readonly #followers = new Map<string, Follower>();
  #shapes: readonly Shape[];
  #aspect: number | undefined;
  #lastMs: number | undefined;
  #plan: Plan | undefined;
  /** Since when it should give pictures; undefined: it should not. */
  #expectedMs: number | undefined;

  constructor(camera: CameraId, shapes: readonly Shape[]) {
    this.#camera = camera;
    this.#shapes = shapes;
  }

  hasShape(shape: Shape['id'], kind: Shape['kind']): boolean {
    return this.#shapes.some((known) => known.id === shape && known.kind === kind);
  }

  /**
   * @param resumed incidents that an earlier process found and that may go on
   * @param madeMs when the rule was made, of the wall clock; absent: before the camera was watched
   */
  add(watch: Watch, resumed: readonly Incident<TrackEvent>[] = [], madeMs?: number): void {
    const evaluator = new WatchEvaluator(
      watch,
      resumed,
      madeMs === undefined ? undefined : this.#fromMs(madeMs),
    );
    if (this.#expectedMs !== undefined) evaluator.expected(true, this.#expectedMs);
    if (this.#lastMs !== undefined) evaluator.watched(this.#lastMs, this.#lastMs + 1);
    this.#entries.set(watch.id, { watch, evaluator });
    this.#plan = undefined;
    this.#tellInside(watch, evaluator);
  }

  /** When a rule was made, of the clock of the camera's frames: of a file, how far it is read. */
  #fromMs(madeMs: number): number | undefined {
    const isLive = this.#expectedMs !== undefined;
    return isLive ? Math.max(madeMs, this.#lastMs ?? madeMs) : this.#lastMs;
  }

  has(id: Watch['id']): boolean {
    return this.#entries.has(id);
  }

  remove(id: Watch['id']): void {
    this.#entries.delete(id);
    this.#plan = undefined;
    for (const key of this.#followers.keys())
      if (!this.#planned.followed.has(key)) this.#followers.delete(key);
  }

  /** The camera's lines and zones are these from now on; who is in one that was drawn anew comes into it anew. */
  setShapes(shapes: readonly Shape[]): void {
    const changed = new Set(
      this.#shapes.filter((old) => !shapes.some((shape) => isSamePlace(shape, old))).map(({ id }) => id),
    );
    this.#shapes = shapes;
    this.#plan = undefined;
    for (const { watch, evaluator } of this.#entries.values()) {
      if (!watch.at || !changed.has(watch.at.shape)) continue;
      for (const id of evaluator.here) evaluator.goes(id, this.#tracks.get(id)?.lastMs ?? 0);
    }
    for (const key of this.#followers.keys()) if (changed.has(shapeOfKey(key))) this.#followers.delete(key);
  }

  /** A run gives pictures. @param aspect width of the picture by its height */
  begin(aspect: number): void {
    this.#aspect = aspect;
  }

  /** Whether the camera should give pictures; `timeMs` is of the wall clock. */
  expect(is: boolean, timeMs: number): void {
    this.#expectedMs = is ? timeMs : undefined;
    for (const { evaluator } of this.#entries.values()) evaluator.expected(is, timeMs);
  }

  /** @param events what happened at the camera's lines and zones by this frame */
  frame({ timeMs, tracks, ended }: FrameRecord, events: readonly TrackEvent[]): Found[] {
    this.#noteTime(timeMs);
    for (const update of tracks) this.#see(update);
    for (const id of ended) this.#end(id);
    this.#happened(events);
    // Said with a frame alone: a run that ends without one was not watched again.
    for (const { evaluator } of this.#planned.placed) evaluator.watched(timeMs, timeMs + 1);
    return this.#settle(timeMs);
  }

  /** The run is over, and with it all its tracks. @param events what that made happen */
  end(events: readonly TrackEvent[]): Found[] {
    for (const id of [...this.#tracks.keys()]) this.#end(id);
    this.#followers.clear();
    this.#happened(events);
    return this.#lastMs === undefined ? [] : this.#settle(this.#lastMs, this.#lastMs + 1);
  }

  /** Nothing that was seen or found before goes on. */
  startOver(): void {
    this.close();
    this.#lastMs = undefined;
    this.#tracks.clear();
    this.#followers.clear();
    for (const { watch } of [...this.#entries.values()]) this.add(watch);
  }

  /** Nobody will ever say that an incident is over: they all are. */
  close(): void {
    for (const { evaluator } of this.#entries.values())
      for (const incident of evaluator.incidents) incident.open = false;
  }

  /** Time goes by without a frame; of the wall clock. */
  tick(nowMs: number): Found[] {
    return [...this.#entries.values()].flatMap(({ watch, evaluator }) => {
      if (watch.condition.kind !== 'camera_down') return [];
      evaluator.unwatched(nowMs);
      // A frame of a moment ago may be on its way.
      return evaluator.settle(nowMs - coverageGapMs).map((incident) => ({ watch, incident }));
    });
  }

  /** Who came into the zone of a new watch before, and is told of no more: another watch has it followed already. */
  #tellInside(watch: Watch, evaluator: Entry['evaluator']): void {
    const zone = this.#followed(watch);
    if (!zone || watch.condition.kind === 'event' || this.#lastMs === undefined) return;
    for (const [trackId, label] of this.#followers.get(keyOf(zone))?.inside ?? [])
      if (isWanted(watch, label)) evaluator.comes(trackId, this.#lastMs);
  }

  /** After the clock was set back nothing would be told until the same time comes again. */
  #noteTime(timeMs: number): void {
    if (this.#lastMs !== undefined && timeMs < this.#lastMs) {
      if (this.#expectedMs !== undefined) this.#expectedMs = Math.min(this.#expectedMs, timeMs);
      this.startOver();
    }
    this.#lastMs = timeMs;
  }

  #see(update: TrackUpdate): void {
    const { trackId, label, points } = update;
    const [first] = points;
    const last = points.at(-1);
    if (!first || !last) return;
    const track = this.#tracks.get(trackId) ?? { firstMs: first.timeMs, lastMs: 0, points: 0 };
    this.#tracks.set(trackId, track);
    track.lastMs = last.timeMs;
    track.points += points.length;
    for (const { watch, evaluator } of this.#planned.picture) {
      if (track.points >= leastPoints && isWanted(watch, label)) evaluator.comes(trackId, track.firstMs);
    }
    for (const key of this.#planned.followed.keys()) {
      const follower = this.#follower(key);
      if (!follower) continue;
      this.#follow(key, follower.engine.update(update));
      const wasDecided = follower.decidedMs.has(trackId);
      if (follower.engine.isDecided(trackId)) follower.decidedMs.set(trackId, last.timeMs);
      else if (!wasDecided) follower.decidedMs.set(trackId, first.timeMs);
    }
  }

  #end(trackId: TrackId): void {
    const track = this.#tracks.get(trackId);
    if (!track) return;
    this.#tracks.delete(trackId);
    for (const [key, { engine, decidedMs, inside }] of this.#followers) {
      this.#follow(key, engine.end(trackId));
      decidedMs.delete(trackId);
      inside.delete(trackId);
    }
    for (const { evaluator } of this.#entries.values()) evaluator.goes(trackId, track.lastMs);
  }

  /** What a follower's engine told: who is in the zone, and visits of a length that only a watch asks for. */
  #follow(key: string, events: readonly TrackEvent[]): void {
    const inside = this.#followers.get(key)?.inside;
    for (const event of events) {
      const { type, trackId, timeMs, label } = event;
      if (type === 'enter') inside?.set(trackId, label);
      else if (type === 'exit') inside?.delete(trackId);
      for (const { watch, evaluator } of this.#planned.followed.get(key)?.entries ?? []) {
        if (watch.condition.kind === 'event') {
          if (type === 'dwell' && isWanted(watch, label)) evaluator.happened({ timeMs, trackId, ref: event });
        } else if (type === 'enter' && isWanted(watch, label)) evaluator.comes(trackId, timeMs);
        else if (type === 'exit') evaluator.goes(trackId, timeMs);
      }
    }
  }

  #happened(events: readonly TrackEvent[]): void {
    for (const event of events) {
      for (const { watch, evaluator } of this.#planned.told.get(event.shape) ?? []) {
        const { condition } = watch;
        if (condition.kind !== 'event' || condition.type !== event.type) continue;
        if ((condition.direction ?? event.direction) !== event.direction) continue;
        if (!isWanted(watch, event.label)) continue;
        evaluator.happened({ timeMs: event.timeMs, trackId: event.trackId, ref: event });
      }
    }
  }

  /** @param emptyToMs up to when it is known that nobody else was there */
  #settle(timeMs: number, emptyToMs = timeMs - settleMs): Found[] {
    return this.#planned.placed.flatMap(({ watch, evaluator, key }) => {
      const toldMs = this.#toldMs(watch, evaluator.here, key, timeMs, emptyToMs);
      return evaluator.settle(toldMs).map((incident) => ({ watch, incident }));
    });
  }

  /**
   * Up to when all is told. Who is there but hidden at the moment may have gone when he was last seen, and who stands on
   * the edge of a zone may have left it; for nobody to be there, nobody may be about to come either.
   */
  #toldMs(
    { condition }: Watch,
    here: ReadonlySet<TrackId>,
    key: string | undefined,
    timeMs: number,
    emptyToMs: number,
  ): number {
    if (condition.kind !== 'absence' && condition.kind !== 'occupancy') return timeMs;
    const decidedMs = key === undefined ? undefined : this.#followers.get(key)?.decidedMs;
    const isAbsence = condition.kind === 'absence';
    let leastMs = isAbsence ? emptyToMs : timeMs;
    for (const id of isAbsence ? this.#tracks.keys() : here) {
      const ofZoneMs = decidedMs?.get(id) ?? Infinity;
      leastMs = Math.min(leastMs, ofZoneMs, this.#tracks.get(id)?.lastMs ?? timeMs);
    }
    return leastMs;
  }

  /** Whether the line or zone of the watch is there. */
  #isPlaced({ at }: Watch): boolean {
    return !at || this.hasShape(at.shape, at.kind);
  }

  /** The zone that the watch has to be told of by an engine of ours: the camera's own tells of events at its shapes. */
  #followed({ at, condition }: Watch): ZoneShape | undefined {
    if (at?.kind !== 'zone' || condition.kind === 'camera_down') return undefined;
    const zone = this.#shapes.find(({ id }) => id === at.shape);
    if (zone?.kind !== 'zone') return undefined;
    const { dwellMs, ...place } = zone;
    if (condition.kind !== 'event') return place;
    const { type, forMs } = condition;
    if (type !== 'dwell' || forMs === undefined || forMs === dwellMs) return undefined;
    return { ...place, dwellMs: forMs };
  }

  #follower(key: string): Follower | undefined {
    const known = this.#followers.get(key);
    const zone = this.#planned.followed.get(key)?.zone;
    if (known || !zone || this.#aspect === undefined) return known;
    const engine = createEventEngine(this.#camera, [zone], { aspect: this.#aspect });
    const follower = { engine, decidedMs: new Map<TrackId, number>(), inside: new Map<TrackId, string>() };
    this.#followers.set(key, follower);
    return follower;
  }

  get #planned(): Plan {
    return (this.#plan ??= this.#makePlan());
  }

  #makePlan(): Plan {
    const placed = [...this.#entries.values()]
      .filter(({ watch }) => this.#isPlaced(watch))
      .map((entry) => ({ ...entry, zone: this.#followed(entry.watch) }));
    const followed = new Map<string, { zone: ZoneShape; entries: Entry[] }>();
    const told = new Map<Shape['id'], Entry[]>();
    for (const { zone, ...entry } of placed) {
      const { at, condition } = entry.watch;
      if (zone) {
        const same = followed.get(keyOf(zone)) ?? { zone, entries: [] };
        followed.set(keyOf(zone), same);
        same.entries.push(entry);
      } else if (at && condition.kind === 'event') told.set(at.shape, [...(told.get(at.shape) ?? []), entry]);
    }
    const isOfPicture = ({ watch: { at, condition } }: Entry) =>
      !at && (condition.kind === 'occupancy' || condition.kind === 'absence');
    const keyed = placed.map(({ zone, ...entry }) => ({ ...entry, key: zone && keyOf(zone) }));
    return { placed: keyed, picture: placed.filter(isOfPicture), followed, told };
  }
}

const isWanted = ({ labels }: Watch, label: string): boolean => !labels || labels.includes(label);

const isSamePlace = (a: Shape, b: Shape): boolean =>
  JSON.stringify({ ...a, name: '' }) === JSON.stringify({ ...b, name: '' });

const keyOf = ({ id, dwellMs }: ZoneShape): string => `${id} ${dwellMs ?? ''}`;
const shapeOfKey = (key: string): ZoneShape['id'] => key.slice(0, key.indexOf(' ')) as ZoneShape['id'];
