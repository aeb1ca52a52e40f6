import { coverageGapMs } from '../domain/coverage.ts';
import type { TrackId } from '../domain/ids.ts';
import type { Watch, WatchCondition, WatchDefinition } from '../domain/watch.ts';
import type { Incident, SeenEvent } from './contract.ts';
import { Incidents } from './incidents.ts';
import { Schedule } from './schedule.ts';

/** Changes are told in order but for this much: a track is known a little after it was first seen, ms. */
const lateMs = 10_000;

/** Something that makes a condition begin or end to hold. */
type Change = { readonly timeMs: number } & (
  | { readonly kind: 'comes' | 'goes'; readonly trackId: TrackId }
  | { readonly kind: 'watched' | 'expected' | 'open'; readonly is: boolean }
);

/** How things are at a moment. */
interface State {
  timeMs: number;
  readonly present: Set<TrackId>;
  /** Who went at the very moment at which they came: the one is told before the other. */
  readonly gone: Set<TrackId>;
  watched: boolean;
  expected: boolean;
  open: boolean;
  /** Since when the condition holds without a break; undefined: it does not. */
  sinceMs: number | undefined;
  /** How many of the changes are in it. */
  changes: number;
}

/**
 * Tells when a watch fires. It is driven by facts alone, so that it says of a stored past what it would have said live:
 * who came and went, what happened, when the camera was watched, and up to which moment all of that is told.
 *
 * A condition holds at a moment when it is true, within the hours of the watch, and (but for `camera_down`) the camera
 * was watched: two frames further apart than 2 s leave a time that was not. It is fulfilled once it has held for `forMs`
 * without a break, and for as long as it goes on holding.
 */
export class WatchEvaluator<Ref> {
  readonly watch: WatchDefinition | Watch;
  readonly #schedule: Schedule;
  readonly #incidents: Incidents<Ref>;
  readonly #condition: WatchCondition;
  readonly #forMs: number;
  readonly #fromMs: number;
  readonly #changes: Change[] = [];
  /** The changes before this one are in order, and those after it are new. */
  #sorted = 0;
  /** As things are where all was told, and as they were a little before, where nothing changes any more. */
  #tail: State = blank();
  #base: State = blank();
  #watchedToMs: number | undefined;
  #hoursToMs: number | undefined;
  readonly #here = new Set<TrackId>();

  /**
   * @param resumed incidents of the watch that an earlier process found and that may go on
   * @param fromMs when the rule was made: what was before is nothing to it
   */
  constructor(watch: WatchDefinition, resumed: readonly Incident<Ref>[] = [], fromMs = -Infinity) {
    this.watch = watch;
    this.#fromMs = fromMs;
    this.#schedule = new Schedule(watch.hours);
    this.#incidents = new Incidents(watch.cooldownMs, resumed);
    this.#condition = watch.condition;
    this.#forMs = watch.condition.kind === 'event' ? 0 : watch.condition.forMs;
  }

  /** A track is in the zone, or in the picture, from this moment on; may be told late. */
  comes(trackId: TrackId, timeMs: number): void {
    if (this.#here.has(trackId)) return;
    this.#here.add(trackId);
    this.#add({ kind: 'comes', trackId, timeMs });
  }

  /** And is not any more. */
  goes(trackId: TrackId, timeMs: number): void {
    if (!this.#here.delete(trackId)) return;
    this.#add({ kind: 'goes', trackId, timeMs });
  }

  /** Who is there, as far as told. */
  get here(): ReadonlySet<TrackId> {
    return this.#here;
  }

  happened({ timeMs, trackId, ref }: SeenEvent<Ref>): void {
    if (timeMs < this.#fromMs || !this.#schedule.isOpen(timeMs)) return;
    this.#incidents.add(timeMs, timeMs, () => ({ sinceMs: timeMs, tracks: [trackId], event: ref }));
  }

  /** The camera was analysed from the one moment to the other; at least at both. In order of time. */
  watched(beginMs: number, toMs: number): void {
    const fromMs = Math.max(beginMs, this.#fromMs);
    if (toMs <= fromMs) return;
    const before = this.#watchedToMs;
    if (before === undefined || fromMs - before >= coverageGapMs) {
      if (before !== undefined) this.#add({ kind: 'watched', is: false, timeMs: before });
      this.#add({ kind: 'watched', is: true, timeMs: fromMs });
    }
    this.#watchedToMs = Math.max(before ?? toMs, toMs);
  }

  /** No frame has come until this moment. */
  unwatched(timeMs: number): void {
    const before = this.#watchedToMs;
    if (before === undefined || timeMs - before < coverageGapMs) return;
    this.#add({ kind: 'watched', is: false, timeMs: before });
    this.#watchedToMs = undefined;
  }

  /** From this moment on the camera should give pictures, or should not. */
  expected(is: boolean, timeMs: number): void {
    this.#add({ kind: 'expected', is, timeMs: Math.max(timeMs, this.#fromMs) });
  }

  /** All that happened up to this moment is told. Returns the incidents that this brought. */
  settle(toMs: number): Incident<Ref>[] {
    const { kind } = this.#condition;
    // Beyond the last frame nobody knows how things are.
    if (kind !== 'event')
      this.#walk(kind === 'camera_down' ? toMs : Math.min(toMs, this.#watchedToMs ?? -Infinity));
    this.#incidents.settle(toMs);
    return this.#incidents.take();
  }

  /** Incidents that go on, or ended not long ago. */
  get incidents(): readonly Incident<Ref>[] {
    return this.#incidents.recent;
  }

  #add(change: Change): void {
    if (this.#condition.kind !== 'event') this.#changes.push(change);
  }

  #walk(toMs: number): void {
    if (toMs <= this.#tail.timeMs) return;
    this.#addHours(toMs);
    if (this.#sorted < this.#changes.length) this.#sortIn();
    this.#advance(this.#tail, toMs, true);
    this.#advance(this.#base, toMs - lateMs, false);
    this.#forgetOld();
  }

  /** What was told late is put where it belongs; then all after it is told anew. */
  #sortIn(): void {
    const fresh = this.#changes.splice(this.#sorted);
    for (const change of fresh) {
      // Later than that nothing is changed any more.
      const timeMs = Math.max(change.timeMs, this.#base.timeMs + 1);
      this.#changes.push(timeMs === change.timeMs ? change : { ...change, timeMs });
    }
    const firstMs = fresh.reduce((least, { timeMs }) => Math.min(least, timeMs), Infinity);
    this.#changes.sort((a, b) => a.timeMs - b.timeMs || rank(a) - rank(b));
    this.#sorted = this.#changes.length;
    if (firstMs <= this.#tail.timeMs) this.#tail = copyOf(this.#base);
  }

  #advance(state: State, toMs: number, tells: boolean): void {
    for (; state.changes < this.#changes.length; state.changes++) {
      const change = this.#changes[state.changes];
      if (!change || change.timeMs > toMs) break;
      this.#hold(state, change.timeMs, tells);
      apply(state, change);
      const holds = this.#holds(state);
      if (!holds) state.sinceMs = undefined;
      else state.sinceMs ??= change.timeMs;
    }
    this.#hold(state, toMs, tells);
  }

  /** Nothing changes until `untilMs`: what holds goes on doing so. */
  #hold(state: State, untilMs: number, tells: boolean): void {
    const { sinceMs } = state;
    if (untilMs > state.timeMs) state.timeMs = untilMs;
    if (!tells || sinceMs === undefined) return;
    const fulfilledMs = sinceMs + this.#forMs;
    // Of no length: it was never so.
    if (untilMs < fulfilledMs || untilMs <= sinceMs) return;
    this.#incidents.add(fulfilledMs, untilMs, () => ({ sinceMs, tracks: [...state.present] }));
  }

  #holds({ present, watched, expected, open }: State): boolean {
    if (!open) return false;
    const condition = this.#condition;
    switch (condition.kind) {
      case 'occupancy':
        return watched && present.size > condition.moreThan;
      case 'absence':
        return watched && present.size === 0;
      case 'camera_down':
        return expected && !watched;
      case 'event':
        return false;
    }
  }

  /** The times at which the hours begin and end, up to `toMs`. */
  #addHours(toMs: number): void {
    if (this.#hoursToMs === undefined) {
      const firstMs = this.#changes.reduce((least, { timeMs }) => Math.min(least, timeMs), toMs);
      this.#add({ kind: 'open', is: this.#schedule.isOpen(firstMs), timeMs: firstMs });
      this.#hoursToMs = firstMs;
    }
    for (;;) {
      const nextMs = this.#schedule.nextChange(this.#hoursToMs);
      if (nextMs > toMs) return;
      this.#add({ kind: 'open', is: this.#schedule.isOpen(nextMs), timeMs: nextMs });
      this.#hoursToMs = nextMs;
    }
  }

  #forgetOld(): void {
    const old = this.#base.changes;
    if (old < 64) return;
    this.#changes.splice(0, old);
    this.#base.changes = 0;
    this.#tail.changes -= old;
    this.#sorted -= old;
  }
}

const blank = (): State => ({
  timeMs: -Infinity,
  present: new Set(),
  gone: new Set(),
  watched: false,
  expected: false,
  open: false,
  sinceMs: undefined,
  changes: 0,
});

const copyOf = (state: State): State => ({
  ...state,
  present: new Set(state.present),
  gone: new Set(state.gone),
});

/** At one moment, who leaves is not present together with who comes; the end of a time is not part of it. */
const rank = (change: Change): number => (change.kind === 'goes' || ('is' in change && !change.is) ? 0 : 1);

function apply(state: State, change: Change): void {
  switch (change.kind) {
    case 'comes':
      if (!state.gone.delete(change.trackId)) state.present.add(change.trackId);
      return;
    case 'goes':
      if (!state.present.delete(change.trackId)) state.gone.add(change.trackId);
      return;
    case 'watched':
    case 'expected':
    case 'open':
      state[change.kind] = change.is;
  }
}
