import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundedQueue } from '../../src/async/boundedQueue.ts';

interface Item {
  readonly n: number;
}
const item = (n: number): Item => ({ n });
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('BoundedQueue, policy block', () => {
  it('gives the items in the order in which they were pushed', async () => {
    const queue = new BoundedQueue<Item>({ capacity: 3, policy: 'block' });
    for (const n of [1, 2, 3]) expect(await queue.push(item(n))).toBe(true);
    expect([await queue.pop(), await queue.pop(), await queue.pop()]).toEqual([item(1), item(2), item(3)]);
  });

  it('lets a push wait until there is room', async () => {
    const queue = new BoundedQueue<Item>({ capacity: 1, policy: 'block' });
    await queue.push(item(1));
    let accepted = false;
    const second = queue.push(item(2)).then((answer) => (accepted = answer));
    await settled();
    expect(accepted).toBe(false);
    expect(queue.size).toBe(1);
    expect(await queue.pop()).toEqual(item(1));
    await second;
    expect(accepted).toBe(true);
  });

  it('wakes a pop that waits', async () => {
    const queue = new BoundedQueue<Item>({ capacity: 1, policy: 'block' });
    const popped = queue.pop();
    await settled();
    await queue.push(item(1));
    expect(await popped).toEqual(item(1));
    expect(queue.size).toBe(0);
  });

  it('still gives what is inside, and what waits to get in, after close', async () => {
    const queue = new BoundedQueue<Item>({ capacity: 1, policy: 'block' });
    await queue.push(item(1));
    const waiting = queue.push(item(2));
    queue.close();
    expect(await queue.pop()).toEqual(item(1));
    expect(await waiting).toBe(true);
    expect(await queue.pop()).toEqual(item(2));
    expect(await queue.pop()).toBeUndefined();
  });

  it('answers pops that wait when it is closed', async () => {
    const queue = new BoundedQueue<Item>({ capacity: 1, policy: 'block' });
    const pops = [queue.pop(), queue.pop()];
    queue.close();
    expect(await Promise.all(pops)).toEqual([undefined, undefined]);
  });

  it('disposes of what is pushed after the end and says so', async () => {
    const disposed: Item[] = [];
    const queue = new BoundedQueue<Item>({ capacity: 1, policy: 'block', dispose: (i) => disposed.push(i) });
    queue.close();
    expect(await queue.push(item(1))).toBe(false);
    expect(disposed).toEqual([item(1)]);
  });

  it('rejects with the error once what was inside is popped', async () => {
    const queue = new BoundedQueue<Item>({ capacity: 2, policy: 'block' });
    await queue.push(item(1));
    queue.fail(new Error('broken stream'));
    expect(await queue.pop()).toEqual(item(1));
    await expect(queue.pop()).rejects.toThrow('broken stream');
    await expect(queue.pop()).rejects.toThrow('broken stream');
  });

  it('rejects pops that wait when it fails', async () => {
    const queue = new BoundedQueue<Item>({ capacity: 2, policy: 'block' });
    const pop = queue.pop();
    queue.fail(new Error('broken stream'));
    await expect(pop).rejects.toThrow('broken stream');
  });

  it('keeps the first way in which it ended', async () => {
    const queue = new BoundedQueue<Item>({ capacity: 2, policy: 'block' });
    queue.close();
    queue.fail(new Error('too late'));
    expect(await queue.pop()).toBeUndefined();
  });

  it('disposes of everything when the consumer cancels, and frees the producer', async () => {
    const disposed: Item[] = [];
    const queue = new BoundedQueue<Item>({ capacity: 1, policy: 'block', dispose: (i) => disposed.push(i) });
    await queue.push(item(1));
    const waiting = queue.push(item(2));
    queue.cancel();
    expect(await waiting).toBe(false);
    expect(disposed).toEqual([item(1), item(2)]);
    expect(await queue.pop()).toBeUndefined();
  });

  it('is iterated to its end', async () => {
    const queue = new BoundedQueue<Item>({ capacity: 2, policy: 'block' });
    const produced = (async () => {
      for (let n = 0; n < 10; n++) await queue.push(item(n));
      queue.close();
    })();
    const seen: number[] = [];
    for await (const { n } of queue) seen.push(n);
    await produced;
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('is cancelled when its iteration is left early', async () => {
    const disposed: Item[] = [];
    const queue = new BoundedQueue<Item>({ capacity: 3, policy: 'block', dispose: (i) => disposed.push(i) });
    for (const n of [1, 2, 3]) await queue.push(item(n));
    for await (const first of queue) {
      expect(first).toEqual(item(1));
      break;
    }
    expect(disposed).toEqual([item(2), item(3)]);
    expect(await queue.push(item(4))).toBe(false);
  });

  it('throws what it failed with out of the iteration', async () => {
    const queue = new BoundedQueue<Item>({ capacity: 3, policy: 'block' });
    await queue.push(item(1));
    queue.fail(new Error('broken stream'));
    const seen: number[] = [];
    const iterate = async () => {
      for await (const { n } of queue) seen.push(n);
    };
    await expect(iterate()).rejects.toThrow('broken stream');
    expect(seen).toEqual([1]);
  });

  it.each([0, -1, 1.5, NaN])('refuses a capacity of %s', (capacity) => {
    expect(() => new BoundedQueue<Item>({ capacity, policy: 'block' })).toThrow(/at least 1 \(got/);
  });
});

describe('BoundedQueue, policy drop-oldest', () => {
  it('drops the oldest items of a full queue, counts them and disposes of them', async () => {
    const disposed: Item[] = [];
    const queue = new BoundedQueue<Item>({
      capacity: 2,
      policy: 'drop-oldest',
      dispose: (i) => disposed.push(i),
    });
    for (const n of [1, 2, 3, 4]) expect(await queue.push(item(n))).toBe(true);
    expect(queue.dropped).toBe(2);
    expect(disposed).toEqual([item(1), item(2)]);
    expect([await queue.pop(), await queue.pop()]).toEqual([item(3), item(4)]);
  });

  it('does not count what is disposed of at the end as dropped', async () => {
    const queue = new BoundedQueue<Item>({ capacity: 2, policy: 'drop-oldest' });
    await queue.push(item(1));
    queue.cancel();
    await queue.push(item(2));
    expect(queue.dropped).toBe(0);
  });
});

type Step = 'push' | 'pop' | 'turn' | 'close' | 'fail' | 'cancel';
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom<Step>('push', 'pop') },
  { weight: 3, arbitrary: fc.constant<Step>('turn') },
  { weight: 1, arbitrary: fc.constantFrom<Step>('close', 'fail', 'cancel') },
);

/**
 * What the queue must do, without promises: pushes and pops are numbered, and for each the answer is written down when
 * it is due. It holds waiting pushes in the same list as the items inside.
 */
class Model {
  readonly pushes = new Map<number, boolean>();
  readonly pops = new Map<number, number | 'end' | 'error'>();
  readonly disposed: number[] = [];
  dropped = 0;
  readonly #line: number[] = [];
  readonly #poppers: number[] = [];
  #end: 'end' | 'error' | undefined;

  readonly capacity: number;
  readonly policy: 'block' | 'drop-oldest';

  constructor(capacity: number, policy: 'block' | 'drop-oldest') {
    this.capacity = capacity;
    this.policy = policy;
  }

  get size(): number {
    return Math.min(this.capacity, this.#line.length);
  }

  push(id: number): void {
    if (this.#end) {
      this.pushes.set(id, false);
      this.disposed.push(id);
      return;
    }
    this.#line.push(id);
    if (this.policy === 'drop-oldest' && this.#line.length > this.capacity) {
      this.dropped++;
      this.disposed.push(...this.#line.splice(0, 1));
    }
    this.#settle();
  }

  pop(id: number): void {
    this.#poppers.push(id);
    this.#settle();
  }

  finish(how: 'close' | 'fail' | 'cancel'): void {
    this.#end ??= how === 'fail' ? 'error' : 'end';
    if (how === 'cancel') {
      for (const id of this.#line.slice(this.capacity)) this.pushes.set(id, false);
      this.disposed.push(...this.#line.splice(0));
    }
    this.#settle();
  }

  #settle(): void {
    while (this.#line.length > 0 && this.#poppers.length > 0) {
      const [id = -1] = this.#line.splice(0, 1);
      this.pushes.set(id, true);
      this.pops.set(this.#poppers.shift() ?? -1, id);
    }
    for (const id of this.#line.slice(0, this.capacity)) this.pushes.set(id, true);
    if (this.#end) for (const id of this.#poppers.splice(0)) this.pops.set(id, this.#end);
  }
}

describe('BoundedQueue', () => {
  it('does what the model does, whatever the order of pushes, pops and ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom('block' as const, 'drop-oldest' as const),
        fc.array(step, { maxLength: 40 }),
        async (capacity, policy, steps) => {
          const model = new Model(capacity, policy);
          const disposed: number[] = [];
          const pushes = new Map<number, boolean>();
          const pops = new Map<number, number | 'end' | 'error'>();
          const queue = new BoundedQueue<Item>({ capacity, policy, dispose: ({ n }) => disposed.push(n) });
          for (const [id, what] of steps.entries()) {
            if (what === 'turn') {
              await settled();
            } else if (what === 'push') {
              model.push(id);
              void queue.push(item(id)).then((accepted) => pushes.set(id, accepted));
            } else if (what === 'pop') {
              model.pop(id);
              queue.pop().then(
                (popped) => pops.set(id, popped?.n ?? 'end'),
                () => pops.set(id, 'error'),
              );
            } else {
              model.finish(what);
              if (what === 'fail') queue.fail(new Error('broken stream'));
              else queue[what]();
            }
            expect(queue.size).toBe(model.size);
            expect(queue.dropped).toBe(model.dropped);
          }
          await settled();
          // Also what must still be waiting is compared: an answer that is missing here is a lost wake-up.
          expect(new Map([...pushes].sort(([a], [b]) => a - b))).toEqual(model.pushes);
          expect(pops).toEqual(model.pops);
          expect(disposed).toEqual(model.disposed);
        },
      ),
      { numRuns: 500 },
    );
  });
});
