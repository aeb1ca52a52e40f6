export interface QueueOptions<T> {
  /** How many items may be inside, at least 1. */
  readonly capacity: number;
  /** What a push into a full queue does: wait for room, or throw the oldest item away. */
  readonly policy: 'block' | 'drop-oldest';
  /** Called once with every item that was pushed but will never be popped, e.g. to free its memory. */
  readonly dispose?: (item: T) => void;
}

/**
 * Hands items from producers to consumers, first in first out, with at most `capacity` of them inside.
 *
 * It ends in one of three ways, the first of which counts: the producer says `close()` (what is inside is still
 * popped, then pops give undefined), or `fail(error)` (what is inside is still popped, then pops reject), or the
 * consumer says `cancel()` (what is inside is disposed of).
 */
export class BoundedQueue<T extends object> implements AsyncIterable<T> {
  readonly capacity: number;
  readonly #policy: QueueOptions<T>['policy'];
  readonly #dispose: (item: T) => void;
  readonly #items: T[] = [];
  /** Pushes that wait for room; only while the queue is full. */
  readonly #pushes: { readonly item: T; readonly settle: (accepted: boolean) => void }[] = [];
  /** Pops that wait for an item; only while the queue is empty. */
  readonly #pops: { readonly resolve: (item: T | undefined) => void; readonly reject: (e: Error) => void }[] =
    [];
  #state: 'open' | 'closed' | 'cancelled' | { readonly error: Error } = 'open';
  #dropped = 0;

  constructor(options: QueueOptions<T>) {
    if (!Number.isInteger(options.capacity) || options.capacity < 1)
      throw new RangeError(`capacity must be a whole number of at least 1 (got ${options.capacity})`);
    this.capacity = options.capacity;
    this.#policy = options.policy;
    this.#dispose = options.dispose ?? (() => undefined);
  }

  /** Items inside, not counting those whose push still waits. */
  get size(): number {
    return this.#items.length;
  }

  /** Items thrown away since the queue was made, as newer ones came into a full queue. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Adds the item. Resolves with true when it is inside; with false when the queue had ended, or the consumer
   * cancelled while the push waited for room: the item was disposed of and the producer can stop.
   */
  async push(item: T): Promise<boolean> {
    if (this.#state !== 'open') {
      this.#dispose(item);
      return false;
    }
    const pop = this.#pops.shift();
    if (pop) {
      pop.resolve(item);
      return true;
    }
    if (this.#items.length < this.capacity) {
      this.#items.push(item);
      return true;
    }
    if (this.#policy === 'block')
      return new Promise<boolean>((settle) => this.#pushes.push({ item, settle }));
    const oldest = this.#items.shift();
    this.#items.push(item);
    this.#dropped++;
    if (oldest !== undefined) this.#dispose(oldest);
    return true;
  }

  /** The oldest item, as soon as there is one; undefined once the queue has ended and is empty. */
  async pop(): Promise<T | undefined> {
    const item = this.#items.shift();
    if (item !== undefined) {
      const waiting = this.#pushes.shift();
      if (waiting) {
        this.#items.push(waiting.item);
        waiting.settle(true);
      }
      return item;
    }
    if (typeof this.#state === 'object') throw this.#state.error;
    if (this.#state !== 'open') return undefined;
    return new Promise((resolve, reject) => this.#pops.push({ resolve, reject }));
  }

  /** No more items will come. Pushes that wait for room still get in as there is room. */
  close(): void {
    if (this.#state !== 'open') return;
    this.#state = 'closed';
    for (const pop of this.#pops.splice(0)) pop.resolve(undefined);
  }

  /** No more items will come, because of the error: the pops after the last item reject with it. */
  fail(error: Error): void {
    if (this.#state !== 'open') return;
    this.#state = { error };
    for (const pop of this.#pops.splice(0)) pop.reject(error);
  }

  /** Nobody will pop any more: everything inside and every waiting push is disposed of. */
  cancel(): void {
    this.#state = typeof this.#state === 'object' ? this.#state : 'cancelled';
    const pushes = this.#pushes.splice(0);
    for (const item of [...this.#items.splice(0), ...pushes.map((push) => push.item)]) this.#dispose(item);
    for (const push of pushes) push.settle(false);
    for (const pop of this.#pops.splice(0)) pop.resolve(undefined);
  }

  /** Pops until the end. Leaving the loop early cancels the queue; to share it among consumers, use `pop`. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    try {
      for (let item = await this.pop(); item !== undefined; item = await this.pop()) yield item;
    } finally {
      this.cancel();
    }
  }
}
