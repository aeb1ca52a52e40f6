import type { Channel } from '../deliver/contract.ts';
import { DeliveryError } from '../deliver/contract.ts';
import { messageOf } from '../domain/errors.ts';
import type { FiringId, WatchId } from '../domain/ids.ts';
import type { WatchNotice } from '../domain/watch.ts';
import type { Delivery, WatchRows } from '../store/watches.ts';
import type { StoredFiring } from '../store/watchQueries.ts';
import { parseWatch } from '../watches/definition.ts';
import { ruleText } from '../watches/words.ts';

export interface DispatcherOptions {
  readonly channels: readonly Channel[];
  readonly rows: WatchRows;
  readonly cameraName: (camera: string) => string;
  readonly now: () => number;
  readonly log: (line: string) => void;
}

type Outcome = Parameters<WatchRows['settle']>[2];

/** After the n-th failure it waits so long, ms; after the last it gives up: about a day in all. */
const waitsMs = [5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 28_800].map((s) => s * 1000);
/** That wait for a channel: the oldest of more are given up. */
const mostWaiting = 1000;
const atOnce = 20;

/**
 * Tells the channels of firings: each channel in order, one after another, each as often as it takes. What waits is in
 * the database, so that a restart goes on with it.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #stopping = new AbortController();
  readonly #working = new Map<string, Promise<void>>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** How the last try of each channel ended, where that could not be stored: it is not made again. */
  readonly #unsettled = new Map<string, { readonly firing: FiringId; readonly outcome: Outcome }>();
  /** How each watch was shown last. */
  readonly #shown = new Map<WatchId, string>();

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#giveUpOld();
    for (const channel of options.channels) {
      channel.onReady = () => {
        // Told anew; those that were deleted meanwhile as well.
        for (const id of this.#shown.keys()) this.#shown.set(id, 'unknown');
        this.#attempt(() => options.rows.hurry(channel.id, options.now()));
        this.wake();
      };
    }
    this.wake();
  }

  /** There may be something to tell. */
  wake(): void {
    this.#show();
    for (const channel of this.#options.channels) this.#wake(channel);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await Promise.all(this.#working.values());
    await Promise.all(this.#options.channels.map((channel) => channel.close()));
  }

  #wake(channel: Channel): void {
    if (this.#stopping.signal.aborted || this.#working.has(channel.id)) return;
    const work = this.#deliver(channel).finally(() => {
      this.#working.delete(channel.id);
      this.#sleep(channel);
    });
    this.#working.set(channel.id, work);
  }

  /** Until the next delivery of the channel is due. */
  #sleep(channel: Channel): void {
    clearTimeout(this.#timers.get(channel.id));
    const { rows, now } = this.#options;
    const dueMs = this.#attempt(() => rows.nextDue(channel.id));
    if (dueMs === undefined || this.#stopping.signal.aborted || !channel.ready) return;
    // Not at once again: where the database cannot be written, what is due stays so.
    const waitMs = Math.min(Math.max(dueMs - now(), 1000), 3_600_000);
    this.#timers.set(
      channel.id,
      setTimeout(() => this.#wake(channel), waitMs),
    );
  }

  async #deliver(channel: Channel): Promise<void> {
    const { rows, now } = this.#options;
    this.#giveUpOld();
    for (;;) {
      const due = this.#attempt(() => rows.due(channel.id, now(), atOnce)) ?? [];
      if (due.length === 0) return;
      for (const delivery of due) {
        if (!channel.ready || !(await this.#send(channel, delivery))) return;
      }
    }
  }

  /** False: not now any more. */
  async #send(channel: Channel, { firing, attempts }: Delivery): Promise<boolean> {
    const { rows, now, log } = this.#options;
    const { signal } = this.#stopping;
    const before = this.#unsettled.get(channel.id);
    let outcome: Outcome = before?.firing === firing ? before.outcome : 'delivered';
    try {
      const notice = before?.firing === firing ? undefined : this.#noticeOf(firing);
      if (notice) await channel.send(notice, signal);
    } catch (error) {
      if (signal.aborted) return false;
      const waitMs = error instanceof DeliveryError && error.final ? undefined : waitsMs[attempts];
      if (attempts === 0 || waitMs === undefined) {
        const next = waitMs === undefined ? 'It is given up' : `It is tried again in ${waitMs / 1000} s`;
        log(`${firing} could not be told to the ${channel.label}: ${messageOf(error)}. ${next}.`);
      }
      outcome = waitMs === undefined ? 'given up' : { nextMs: now() + waitMs };
    }
    const goesOn = this.#attempt(() => {
      rows.settle(firing, channel.id, outcome);
      this.#unsettled.delete(channel.id);
      // In order: what comes after it waits for it.
      return typeof outcome === 'string';
    });
    if (goesOn === undefined) this.#unsettled.set(channel.id, { firing, outcome });
    return goesOn ?? false;
  }

  /** Shows how the watches are that are not as they were shown last, where that is kept. */
  #show(): void {
    const channels = this.#options.channels.filter(({ show, ready }) => show && ready);
    if (channels.length === 0) return;
    this.#attempt(() => {
      const { stored } = this.#options.rows;
      const latest = new Map(stored.latestFirings().map((firing) => [firing.watch, firing]));
      const current = new Set(stored.current().map(({ id }) => id));
      for (const id of new Set([...current, ...this.#shown.keys()])) {
        const firing = latest.get(id);
        const how = !current.has(id) ? 'deleted' : firing ? `${firing.id} ${firing.open}` : 'quiet';
        if (this.#shown.get(id) === how) continue;
        const told = how === 'deleted' ? undefined : ((firing && this.#notice(firing)) ?? 'quiet');
        for (const channel of channels) channel.show?.(id, told);
        if (how === 'deleted') this.#shown.delete(id);
        else this.#shown.set(id, how);
      }
    });
  }

  #giveUpOld(): void {
    const { rows, channels, log } = this.#options;
    const ids = channels.map(({ id }) => id);
    const given = this.#attempt(() => rows.giveUp(ids, mostWaiting)) ?? 0;
    if (given > 0) log(`${given} firing(s) are given up: too many wait, or nobody is to be told any more.`);
  }

  #noticeOf(id: FiringId): WatchNotice | undefined {
    return this.#attempt(() => {
      const firing = this.#options.rows.stored.firing(id);
      return firing && this.#notice(firing);
    });
  }

  #notice(firing: StoredFiring): WatchNotice | undefined {
    const watch = this.#options.rows.stored.watch(firing.watch);
    if (!watch) return undefined;
    const definition = parseWatch(watch.definition);
    return {
      ...firing,
      firing: firing.id,
      name: definition.name,
      rule: ruleText(definition),
      cameraName: this.#options.cameraName(firing.camera),
    };
  }

  /** Undefined where the database cannot be used now: the station says why, and it is tried again. */
  #attempt<T>(action: () => T): T | undefined {
    try {
      return action();
    } catch (error) {
      this.#options.log(`What watches found cannot be told: ${messageOf(error)}`);
      return undefined;
    }
  }
}
