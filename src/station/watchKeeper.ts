import { ArgusError, messageOf } from '../domain/errors.ts';
import type { Shape, TrackEvent } from '../domain/event.ts';
import type { FrameRecord } from '../domain/frame.ts';
import { firingId, type CameraId, type EventId, type FiringId, type WatchId } from '../domain/ids.ts';
import type { WatchDefinition } from '../domain/watch.ts';
import type { Committed, NewEvent, NewFiring } from '../store/types.ts';
import type { StoredFiring } from '../store/watchQueries.ts';
import type { WatchRows } from '../store/watches.ts';
import type { Incident } from '../watches/contract.ts';
import { parseWatch } from '../watches/definition.ts';
import { CameraWatches, type Found } from './cameraWatches.ts';

/** More would be a mistake of whoever makes them. */
const mostWatches = 500;
/** How long an incident has gone on is stored so often: a process that is killed forgets at most this much, ms. */
const noteEveryMs = 10_000;

export interface WatchKeeperOptions {
  readonly rows: WatchRows;
  readonly cameras: readonly { readonly id: CameraId; readonly shapes: readonly Shape[] }[];
  /** To whom firings are to be told. */
  readonly channels: readonly string[];
  readonly now: () => number;
  readonly log: (line: string) => void;
  /** Something that those who are told want to know: a firing, the end of one, another watch. */
  readonly onNews: () => void;
}

/** An incident that goes on, and what is stored of it. */
interface OpenFiring {
  readonly watch: WatchId;
  readonly incident: Incident<TrackEvent>;
  readonly id: FiringId;
  notedMs: number;
}

/** The watches of a station: which there are, what they find, and what is stored of that. */
export class WatchKeeper {
  readonly #options: WatchKeeperOptions;
  readonly #cameras = new Map<CameraId, CameraWatches>();
  readonly #incidents = new WeakMap<NewFiring, Incident<TrackEvent>>();
  #open: OpenFiring[] = [];
  /** That no frame brought and that could not be stored yet. */
  #unstored: NewFiring[] = [];

  constructor(options: WatchKeeperOptions) {
    this.#options = options;
    for (const { id, shapes } of options.cameras) this.#cameras.set(id, new CameraWatches(id, shapes));
    const open = options.rows.stored.openFirings();
    for (const { id, camera, definition } of options.rows.stored.current()) {
      try {
        const watch = { ...parseWatch(definition), id };
        if (!this.#cameras.has(camera)) continue;
        const resumed = open.filter((firing) => firing.watch === id).map((firing) => this.#resume(firing));
        this.#cameras.get(camera)?.add(watch, resumed);
      } catch (error) {
        options.log(`Watch ${id} is left out: ${messageOf(error)}`);
      }
    }
    // Of cameras that are not watched any more: nobody would ever say that they are over.
    const orphans = open.filter(({ id }) => !this.#open.some((firing) => firing.id === id));
    if (orphans.length > 0)
      options.rows.note(orphans.map(({ id, untilMs }) => ({ id, untilMs, open: false })));
  }

  /** Throws ArgusError where it cannot be looked at. The same one again is not a second one. */
  add(asked: WatchDefinition): WatchId {
    const { rows, now, onNews } = this.#options;
    const definition = parseWatch(asked);
    const { camera, name, at } = definition;
    const known = rows.stored.current();
    const same = known.find((other) => nameOf(other.definition) === nameOf(definition));
    if (same && JSON.stringify(same.definition) === JSON.stringify(definition)) return same.id;
    if (same)
      throw new ArgusError(
        `There is a watch ${JSON.stringify(name)} already: ${same.id}.`,
        'Choose another name, or delete it first.',
      );
    if (known.length >= mostWatches)
      throw new ArgusError(`There are ${known.length} watches already.`, 'Delete some first.');
    const watches = this.#cameras.get(camera);
    if (!watches)
      throw new ArgusError(
        `The station does not watch camera "${camera}".`,
        `It watches: ${[...this.#cameras.keys()].join(', ')}.`,
      );
    if (at && !watches.hasShape(at.shape, at.kind))
      throw new ArgusError(
        `Camera ${camera} has no ${at.kind} "${at.shape}".`,
        'Ask list_cameras for what it has.',
      );
    const madeMs = now();
    const id = rows.add(definition, madeMs);
    watches.add({ ...definition, id }, [], madeMs);
    onNews();
    return id;
  }

  /** Throws ArgusError when there is no such watch. */
  remove(id: WatchId): void {
    const { rows, now, onNews } = this.#options;
    const known = rows.stored.current().find((watch) => watch.id === id);
    if (!known) throw new ArgusError(`There is no watch "${id}".`, 'List them with the tool watch.');
    rows.remove(id, now());
    this.#open = this.#open.filter((firing) => firing.watch !== id);
    this.#cameras.get(known.camera)?.remove(id);
    onNews();
  }

  /** A camera's lines and zones are these from now on. */
  setShapes(camera: CameraId, shapes: readonly Shape[]): void {
    this.#cameras.get(camera)?.setShapes(shapes);
  }

  /** A run of the camera gives pictures. */
  begin(camera: CameraId, aspect: number): void {
    this.#cameras.get(camera)?.begin(aspect);
  }

  /** A live camera should give pictures from now on, or should not. */
  expect(camera: CameraId, is: boolean): void {
    this.#cameras.get(camera)?.expect(is, this.#options.now());
  }

  /** What was stored of the camera is replaced. */
  startOver(camera: CameraId): void {
    this.#cameras.get(camera)?.startOver();
    this.#note(false);
  }

  /** What fires by a frame, to be stored with it. */
  frame(record: FrameRecord, events: readonly TrackEvent[]): NewFiring[] {
    return this.#firings(this.#cameras.get(record.camera)?.frame(record, events) ?? []);
  }

  /** What `frame` gave is stored. */
  stored(firings: Committed['firings']): void {
    for (const { id, firing } of firings) {
      const incident = this.#incidents.get(firing);
      // Deleted while it waited to be stored: nobody follows it any more.
      if (incident && !this.#cameras.get(firing.camera)?.has(firing.watch)) incident.open = false;
      if (incident) this.#open.push({ watch: firing.watch, incident, id, notedMs: firing.untilMs });
    }
    if (firings.length > 0) this.#options.onNews();
  }

  /**
   * The camera's run is over.
   *
   * @param events what its end made happen, with the ids under which they are stored
   * @param isLast no other run will go on with it
   */
  end(camera: CameraId, events: ReadonlyMap<NewEvent, EventId>, isLast: boolean): void {
    const watches = this.#cameras.get(camera);
    const found = watches?.end([...events.keys()]) ?? [];
    if (isLast) watches?.close();
    this.#store(this.#firings(found), events);
    this.#note(true);
  }

  /** To be called every second. */
  tick(): void {
    const nowMs = this.#options.now();
    const found = [...this.#cameras.values()].flatMap((watches) => watches.tick(nowMs));
    this.#store([...this.#unstored.splice(0), ...this.#firings(found)], new Map());
    this.#note(false);
  }

  #store(firings: readonly NewFiring[], ids: ReadonlyMap<NewEvent, EventId>): void {
    if (firings.length === 0) return;
    const { rows, now } = this.#options;
    try {
      const stored = rows.addAll(firings, now(), ids);
      this.stored(firings.map((firing, i) => ({ firing, id: stored[i] ?? firingId(0) })));
    } catch {
      // The store says by itself what is wrong with it; the next tick tries again.
      this.#unstored.push(...firings);
    }
  }

  /** Stores until when incidents have gone on: at their end, now and then, and when `all`. */
  #note(all: boolean): void {
    const changed = this.#open.filter(
      ({ incident: { open, untilMs }, notedMs }) =>
        !open || untilMs - notedMs >= noteEveryMs || (all && untilMs > notedMs),
    );
    if (changed.length === 0) return;
    try {
      this.#options.rows.note(changed.map(({ id, incident: { untilMs, open } }) => ({ id, untilMs, open })));
    } catch {
      // As above.
      return;
    }
    for (const one of changed) one.notedMs = one.incident.untilMs;
    if (changed.some(({ incident }) => !incident.open)) {
      this.#open = this.#open.filter(({ incident }) => incident.open);
      this.#options.onNews();
    }
  }

  #firings(found: readonly Found[]): NewFiring[] {
    return found.map(({ watch, incident }) => {
      const firing: NewFiring = {
        watch: watch.id,
        camera: watch.camera,
        timeMs: incident.timeMs,
        sinceMs: incident.sinceMs,
        untilMs: incident.untilMs,
        open: true,
        ...(watch.condition.kind === 'occupancy' && { count: incident.tracks.length }),
        tracks: incident.tracks,
        ...(incident.event && { event: incident.event }),
        channels: this.#options.channels,
      };
      this.#incidents.set(firing, incident);
      return firing;
    });
  }

  #resume({ id, watch, timeMs, sinceMs, untilMs }: StoredFiring): Incident<TrackEvent> {
    const incident = { timeMs, sinceMs, untilMs, tracks: [], open: true, resumed: true };
    this.#open.push({ watch, incident, id, notedMs: untilMs });
    return incident;
  }
}

const nameOf = (definition: unknown): string | undefined =>
  typeof definition === 'object' && definition !== null && 'name' in definition
    ? String(definition.name).trim().toLowerCase()
    : undefined;
