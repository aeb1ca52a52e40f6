import { Worker } from 'node:worker_threads';
import { ArgusError } from '../domain/errors.ts';
import type { Background, Call, ToolAnswer } from './contract.ts';

/** What the thread is told. */
export type BackgroundRequest =
  | {
      readonly type: 'ask';
      readonly id: number;
      readonly tool: string;
      readonly input: Record<string, unknown>;
    }
  | { readonly type: 'cancel'; readonly id: number };

export interface BackgroundSetup {
  readonly dataFolder: string;
  readonly stillsFolder: string;
  /** IANA name. */
  readonly timeZone: string;
}

export type BackgroundMessage =
  | { readonly type: 'answer'; readonly id: number; readonly answer: ToolAnswer<Record<string, unknown>> }
  | { readonly type: 'refused'; readonly id: number; readonly what: string; readonly next: string }
  | { readonly type: 'defect'; readonly id: number; readonly message: string }
  | {
      readonly type: 'progress';
      readonly id: number;
      readonly done: number;
      readonly total: number;
      readonly message: string;
    };

interface Asked {
  readonly progress: Call['progress'];
  resolve(answer: ToolAnswer<Record<string, unknown>>): void;
  reject(error: unknown): void;
}

/**
 * A thread with a database connection of its own, in which tools that read much of the past are run. It is started by
 * the first question, and again by the next one should it die; it does not keep the process alive.
 */
export function createBackground(setup: () => BackgroundSetup): Background {
  const waiting = new Map<number, Asked>();
  let worker: Worker | undefined;
  let lastId = 0;

  /** Takes the question off the list; undefined: it was cancelled before. */
  function settle(id: number): Asked | undefined {
    const asked = waiting.get(id);
    waiting.delete(id);
    // Between questions it must not keep the process from ending.
    if (waiting.size === 0) worker?.unref();
    return asked;
  }

  function hear(message: BackgroundMessage): void {
    switch (message.type) {
      case 'progress':
        return waiting.get(message.id)?.progress(message.done, message.total, message.message);
      case 'answer':
        return settle(message.id)?.resolve(withBuffers(message.answer));
      case 'refused':
        return settle(message.id)?.reject(new ArgusError(message.what, message.next));
      case 'defect':
        return settle(message.id)?.reject(new Error(message.message));
    }
  }

  function start(): Worker {
    const started = new Worker(new URL('../mcp/backgroundWorker.js', import.meta.url), {
      workerData: setup(),
    });
    const fail = (error: Error) => {
      if (worker !== started) return;
      worker = undefined;
      for (const asked of waiting.values()) asked.reject(error);
      waiting.clear();
    };
    started.on('message', hear);
    started.on('error', fail);
    started.on('exit', (code) => fail(new Error(`the thread that reads the past ended with code ${code}`)));
    return started;
  }

  return {
    answer: async (tool, input, { signal, progress }) => {
      signal.throwIfAborted();
      const id = ++lastId;
      const tell = (request: BackgroundRequest) => worker?.postMessage(request);
      const cancel = () => {
        tell({ type: 'cancel', id });
        settle(id)?.reject(signal.reason);
      };
      signal.addEventListener('abort', cancel, { once: true });
      try {
        return await new Promise<ToolAnswer<Record<string, unknown>>>((resolve, reject) => {
          waiting.set(id, { progress, resolve, reject });
          worker ??= start();
          worker.ref();
          tell({ type: 'ask', id, tool, input });
        });
      } finally {
        signal.removeEventListener('abort', cancel);
      }
    },
  };
}

/** A Buffer that was sent between threads arrives as plain bytes. */
function withBuffers({
  pictures,
  ...answer
}: ToolAnswer<Record<string, unknown>>): ToolAnswer<Record<string, unknown>> {
  return pictures
    ? {
        ...answer,
        pictures: pictures.map((bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
      }
    : answer;
}
