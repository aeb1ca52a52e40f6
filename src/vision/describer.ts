import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { EmbedderManifest } from '../config/manifest.ts';
import type { Appearance } from '../domain/appearance.ts';
import type { Box } from '../domain/box.ts';
import type { TrackId } from '../domain/ids.ts';
import type { Provider } from '../domain/provider.ts';

export interface DescriberSetup {
  /** Makes vectors of people; absent: their colours do. */
  readonly model?: { readonly manifest: EmbedderManifest; readonly path: string };
  /** Execution providers to try, in order; undefined: as `openSession` has it. */
  readonly providers?: readonly Provider[];
}

export interface DescribeRequest {
  readonly jpeg: Uint8Array;
  readonly objects: readonly { readonly trackId: TrackId; readonly label: string; readonly box: Box }[];
}

export type Described = Pick<Appearance, 'trackId' | 'descriptor' | 'vector'>;

/** A still with the number of its request, or that no more will come. */
export type DescriberRequest = (DescribeRequest & { readonly id: number }) | 'close';

export type DescriberAnswer =
  /** Without a provider: no network runs. */
  | { readonly type: 'ready'; readonly provider?: Provider }
  /** The answer to the request of this number. A small still overtakes a large one, so their order says nothing. */
  | { readonly type: 'described'; readonly id: number; readonly described: Described[] }
  | { readonly type: 'note'; readonly line: string };

/** What the describer's owner hears of it. */
export interface DescriberEvents {
  /** What really describes people: the network on its provider, or colours where it is undefined. */
  readonly onReady: (provider: Provider | undefined) => void;
  /** One line for whoever runs the station. */
  readonly onNote: (line: string) => void;
}

/**
 * Makes vectors of what stills show, in a thread of its own. Should that thread fail, nothing is described any more: the
 * watching goes on.
 */
export class Describer {
  readonly #events: DescriberEvents;
  readonly #worker: Worker;
  /** By the number of the request. */
  readonly #waiting = new Map<number, (described: readonly Described[]) => void>();
  readonly #noted = new Set<string>();
  #lastId = 0;
  #isOver = false;

  constructor(setup: DescriberSetup, events: DescriberEvents) {
    this.#events = events;
    this.#worker = new Worker(new URL('../vision/appearanceWorker.js', import.meta.url), {
      workerData: setup,
    });
    this.#worker.on('message', (message: DescriberAnswer) => this.#hear(message));
    this.#worker.on('error', (error) => this.#fail(error.message));
    this.#worker.on('exit', (code) => this.#fail(`its thread ended with code ${code}`));
  }

  /** Vectors of the objects, in no order; none once the thread has failed. */
  describe(request: DescribeRequest): Promise<readonly Described[]> {
    if (this.#isOver) return Promise.resolve([]);
    return new Promise((resolve) => {
      const id = ++this.#lastId;
      this.#waiting.set(id, resolve);
      this.#worker.postMessage({ ...request, id } satisfies DescriberRequest);
    });
  }

  /** Resolves when the thread has ended, after what it is at: leaving while a network runs would abort the process. */
  async close(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    const ended = once(this.#worker, 'exit');
    this.#worker.postMessage('close' satisfies DescriberRequest);
    await ended;
  }

  #hear(message: DescriberAnswer): void {
    switch (message.type) {
      case 'ready':
        this.#events.onReady(message.provider);
        break;
      case 'described':
        this.#waiting.get(message.id)?.(message.described);
        this.#waiting.delete(message.id);
        break;
      case 'note':
        if (this.#noted.has(message.line)) return;
        this.#noted.add(message.line);
        this.#events.onNote(message.line);
    }
  }

  #fail(why: string): void {
    if (!this.#isOver) this.#events.onNote(`Nobody is recognised until the next start: ${why}.`);
    this.#isOver = true;
    for (const resolve of this.#waiting.values()) resolve([]);
    this.#waiting.clear();
  }
}
