import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { DetectorManifest } from '../config/manifest.ts';
import type { Detection } from '../domain/detection.ts';
import type { Letterbox } from '../domain/letterbox.ts';
import type { Provider, SkippedProvider } from '../domain/provider.ts';
import { LongWait } from './longWait.ts';

export interface WorkerSetup {
  readonly manifest: DetectorManifest;
  readonly path: string;
  /** Execution providers to try, in order; undefined: as `openSession` has it. */
  readonly providers?: readonly Provider[];
  /** Less sure detections are not reported, 0–1. */
  readonly minConfidence: number;
}

export interface DetectRequest {
  readonly id: number;
  readonly planar: Uint8Array<ArrayBuffer>;
  readonly letterbox: Letterbox;
  /** Whether to measure how sharp each object is. */
  readonly withSharpness: boolean;
}

/** A frame, or that no more will come. */
export type WorkerRequest = DetectRequest | 'close';

export type WorkerMessage =
  | { readonly type: 'ready'; readonly provider: Provider; readonly skipped: readonly SkippedProvider[] }
  | { readonly type: 'detections'; readonly id: number; readonly detections: Detection[] }
  | { readonly type: 'note'; readonly line: string }
  /** The thread blocks until `what` is loaded; without it: it is. */
  | { readonly type: 'loading'; readonly what?: string }
  | { readonly type: 'failed'; readonly message: string };

interface Pending {
  readonly request: DetectRequest;
  readonly resolve: (detections: Detection[]) => void;
}

/** What the pool's owner hears of it. */
export interface PoolEvents {
  /** A thread failed after all were ready; `hasWorked`: any frame had been detected by then. */
  readonly onFailure: (message: string, hasWorked: boolean) => void;
  /** One line for whoever runs the station. */
  readonly onNote: (line: string) => void;
}

/** A GPU serves few threads as well as many, and each holds the network anew. */
const mostOnAccelerator = 2;

interface Seat {
  readonly worker: Worker;
  busy: Pending | undefined;
}

/** Worker threads that share one queue of frames, first come first served. */
export class DetectPool {
  readonly #seats: Seat[] = [];
  readonly #waiting: Pending[] = [];
  readonly #events: PoolEvents;
  readonly #noted = new Set<string>();
  #hasWorked = false;
  #nextId = 0;
  #closing = false;

  private constructor(events: PoolEvents) {
    this.#events = events;
  }

  /** Starts the workers and waits for their sessions. Rejects with the first reason why one could not be loaded. */
  static async open(
    setup: WorkerSetup & { readonly workers: number },
    events: PoolEvents,
  ): Promise<{ pool: DetectPool; provider: Provider; skipped: readonly SkippedProvider[] }> {
    const pool = new DetectPool(events);
    // The first finds out what works here, and what it takes long to build may be kept for the others.
    const { provider, skipped } = await pool.#addSeat(setup);
    const workers = provider === 'cpu' ? setup.workers : Math.min(setup.workers, mostOnAccelerator);
    const others = { ...setup, providers: [provider] };
    await Promise.all(Array.from({ length: workers - 1 }, () => pool.#addSeat(others)));
    return { pool, provider, skipped };
  }

  get size(): number {
    return this.#seats.length;
  }

  /** Detects the objects of one frame. The frame's memory is handed over: do not touch it afterwards. */
  detect(frame: Omit<DetectRequest, 'id'>): Promise<Detection[]> {
    return new Promise((resolve) => {
      this.#waiting.push({ request: { id: this.#nextId++, ...frame }, resolve });
      this.#assign();
    });
  }

  /** Every worker notes the same of the same model. */
  #note(line: string): void {
    if (!this.#noted.has(line)) this.#events.onNote(line);
    this.#noted.add(line);
  }

  async close(): Promise<void> {
    this.#closing = true;
    // Not `terminate`: the runtime aborts the whole process when its thread goes while it runs a network.
    await Promise.all(
      this.#seats.map(({ worker }) => {
        const ended = once(worker, 'exit');
        worker.postMessage('close' satisfies WorkerRequest);
        return ended;
      }),
    );
  }

  #assign(): void {
    for (const seat of this.#seats) {
      if (seat.busy) continue;
      const next = this.#waiting.shift();
      if (!next) return;
      seat.busy = next;
      seat.worker.postMessage(next.request, [next.request.planar.buffer]);
    }
  }

  #addSeat(setup: WorkerSetup): Promise<{ provider: Provider; skipped: readonly SkippedProvider[] }> {
    return new Promise((resolve, reject) => {
      const worker = new Worker(new URL('../vision/detectWorker.js', import.meta.url), {
        workerData: {
          manifest: setup.manifest,
          path: setup.path,
          ...(setup.providers && { providers: setup.providers }),
          minConfidence: setup.minConfidence,
        } satisfies WorkerSetup,
      });
      const wait = new LongWait((line) => this.#events.onNote(line));
      const seat: Seat = { worker, busy: undefined };
      let isReady = false;
      const fail = (message: string) => {
        if (this.#closing) return;
        if (isReady) this.#events.onFailure(message, this.#hasWorked);
        else reject(new Error(message));
      };
      worker.on('message', (message: WorkerMessage) => {
        switch (message.type) {
          case 'ready':
            isReady = true;
            this.#seats.push(seat);
            resolve({ provider: message.provider, skipped: message.skipped });
            break;
          case 'detections': {
            const done = seat.busy;
            seat.busy = undefined;
            this.#hasWorked = true;
            this.#assign();
            done?.resolve(message.detections);
            break;
          }
          case 'note':
            this.#note(message.line);
            break;
          case 'loading':
            if (message.what === undefined) wait.end();
            else wait.begin(message.what);
            break;
          case 'failed':
            fail(message.message);
        }
      });
      worker.on('error', (error) => fail(error.message));
      worker.on('exit', (code) => fail(`an inference thread ended with code ${code}`));
    });
  }
}
