import { Worker } from 'node:worker_threads';
import { ArgusError } from '../domain/errors.ts';
import type { Background, ToolAnswer } from './contract.ts';

/** A question for the thread. */
export interface BackgroundRequest {
  readonly id: number;
  readonly tool: string;
  readonly input: Record<string, unknown>;
}

export interface BackgroundSetup {
  readonly dataFolder: string;
  readonly stillsFolder: string;
  /** IANA name. */
  readonly timeZone: string;
}

export type BackgroundMessage =
  | { readonly type: 'answer'; readonly id: number; readonly answer: ToolAnswer<Record<string, unknown>> }
  | { readonly type: 'refused'; readonly id: number; readonly what: string; readonly next: string }
  | { readonly type: 'defect'; readonly id: number; readonly message: string };

interface Asked {
  resolve(answer: ToolAnswer<Record<string, unknown>>): void;
  reject(error: Error): void;
}

/** Between threads a Buffer becomes the bare array of bytes that it is. */
const withBuffers = <Structured>({
  pictures,
  ...answer
}: ToolAnswer<Structured>): ToolAnswer<Structured> => ({
  ...answer,
  ...(pictures && {
    pictures: pictures.map(({ buffer, byteOffset, length }) => Buffer.from(buffer, byteOffset, length)),
  }),
});

/**
 * A thread with a database connection of its own, in which tools that read much of the past are run. It is started by
 * the first question, and again by the next one should it die; it does not keep the process alive.
 */
export function createBackground(setup: BackgroundSetup): Background {
  const waiting = new Map<number, Asked>();
  let worker: Worker | undefined;
  let lastId = 0;

  function start(): Worker {
    const started = new Worker(new URL('./backgroundWorker.js', import.meta.url), { workerData: setup });
    const fail = (error: Error) => {
      if (worker !== started) return;
      worker = undefined;
      for (const asked of waiting.values()) asked.reject(error);
      waiting.clear();
    };
    started.on('message', (message: BackgroundMessage) => {
      const asked = waiting.get(message.id);
      waiting.delete(message.id);
      // Between questions it must not keep the process from ending.
      if (waiting.size === 0) started.unref();
      switch (message.type) {
        case 'answer':
          return asked?.resolve(withBuffers(message.answer));
        case 'refused':
          return asked?.reject(new ArgusError(message.what, message.next));
        case 'defect':
          return asked?.reject(new Error(message.message));
      }
    });
    started.on('error', fail);
    started.on('exit', (code) => fail(new Error(`the thread that reads the past ended with code ${code}`)));
    return started;
  }

  return {
    answer: (tool, input) =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        waiting.set(id, { resolve, reject });
        worker ??= start();
        worker.ref();
        worker.postMessage({ id, tool, input } satisfies BackgroundRequest);
      }),
  };
}
