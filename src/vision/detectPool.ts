import { Worker } from 'node:worker_threads';
import type { Manifest } from '../config/manifest.ts';
import type { Detection } from '../domain/detection.ts';
import type { Letterbox } from '../domain/letterbox.ts';
import type { Provider, SkippedProvider } from '../inference/providers.ts';

export interface WorkerSetup {
  readonly manifest: Manifest;
  readonly path: string;
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

export type WorkerMessage =
  | { readonly type: 'ready'; readonly provider: Provider; readonly skipped: readonly SkippedProvider[] }
  | { readonly type: 'detections'; readonly id: number; readonly detections: Detection[] }
  | { readonly type: 'note'; readonly line: string }
  | { readonly type: 'failed'; readonly message: string };

interface Pending {
  readonly request: DetectRequest;
  readonly resolve: (detections: Detection[]) => void;
}

interface Seat {
  readonly worker: Worker;
  busy: Pending | undefined;
}

/** Worker threads that share one queue of frames, first come first served. */
export class DetectPool {
  readonly #seats: Seat[] = [];
  readonly #waiting: Pending[] = [];
  readonly #onFailure: (message: string, hasWorked: boolean) => void;
  readonly #noted = new Set<string>();
  #hasWorked = false;
  #nextId = 0;
  #closing = false;

  private constructor(onFailure: (message: string, hasWorked: boolean) => void) {
    this.#onFailure = onFailure;
  }

  /**
   * Starts the workers and waits for their sessions. Rejects with the first reason why one could not be loaded;
   * later failures go to `onFailure`, with whether any frame had been detected by then.
   */
  static async open(
    setup: WorkerSetup & { readonly workers: number },
    onFailure: (message: string, hasWorked: boolean) => void,
  ): Promise<{ pool: DetectPool; provider: Provider; skipped: readonly SkippedProvider[] }> {
    const pool = new DetectPool(onFailure);
    const ready = await Promise.all(Array.from({ length: setup.workers }, () => pool.#addSeat(setup)));
    const first = ready[0];
    if (!first) throw new Error('a pool needs at least one worker');
    return { pool, ...first };
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
    if (!this.#noted.has(line)) process.stderr.write(`${line}\n`);
    this.#noted.add(line);
  }

  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#seats.map((seat) => seat.worker.terminate()));
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
      const worker = new Worker(new URL('./detectWorker.js', import.meta.url), {
        workerData: {
          manifest: setup.manifest,
          path: setup.path,
          minConfidence: setup.minConfidence,
        } satisfies WorkerSetup,
      });
      const seat: Seat = { worker, busy: undefined };
      let isReady = false;
      const fail = (message: string) => {
        if (this.#closing) return;
        if (isReady) this.#onFailure(message, this.#hasWorked);
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
          case 'failed':
            fail(message.message);
        }
      });
      worker.on('error', (error) => fail(error.message));
      worker.on('exit', (code) => fail(`an inference thread ended with code ${code}`));
    });
  }
}
