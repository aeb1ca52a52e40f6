import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { messageOf } from '../domain/errors.ts';
import type { FromVision, ToVision } from '../vision/messages.ts';

/** A start that lasted so long was a good one: the next restart waits the shortest time again. */
const goodAfterMs = 60_000;
const firstRestartMs = 200;
const longestRestartMs = 30_000;
/** Restarts in a row, each within a minute of the last and without a single frame, after which starting again is no use. */
const barrenRestarts = 5;
/** Between tries to start while the store cannot be written. */
const retryMs = 2_000;
/** A child that says nothing for so long hangs: it says that it is alive every five seconds. */
const silenceMs = 30_000;
/** How long the child may take to stop by itself. */
const stopPatienceMs = 5_000;
/** Last lines of the child's output, kept for the report of its death. */
const lastWordsKept = 20;

export interface SupervisorOptions {
  /** Threads of the child that may wait in native code: each playing camera needs a few. */
  readonly nativeThreads: number;
  /** What the child is told when it (re)starts. */
  readonly startMessage: () => Extract<ToVision, { type: 'start' }>;
  readonly onMessage: (message: FromVision) => void;
  /** The child died and will be started again `restartMs` after the promise has settled. */
  readonly onCrash: (what: string, restartMs: number) => Promise<void>;
  /** The child will not be started again. */
  readonly onGivenUp: (why: string) => void;
  /** One line that the child wrote. */
  readonly onOutput: (line: string) => void;
}

/** Keeps one vision process running: starts it, restarts it when it dies, stops it. */
export class VisionSupervisor {
  readonly #options: SupervisorOptions;
  #child: ChildProcess | undefined;
  #startedAtMs = 0;
  #restartMs = firstRestartMs;
  #barren = 0;
  #stopping = false;
  #fatal: string | undefined;
  #restartTimer: NodeJS.Timeout | undefined;
  #lastWords: string[] = [];
  #silence: NodeJS.Timeout | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  start(): void {
    let message: Extract<ToVision, { type: 'start' }>;
    try {
      message = this.#options.startMessage();
    } catch (error) {
      // The store cannot be written now, and where to go on cannot be known without it.
      this.#options.onOutput(messageOf(error));
      this.#restartTimer = setTimeout(() => this.start(), retryMs);
      return;
    }
    const child = fork(new URL('../vision/main.js', import.meta.url), [], {
      // stdout may belong to a protocol: the child's goes to our log, like its stderr.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
      env: { ...process.env, UV_THREADPOOL_SIZE: String(this.#options.nativeThreads) },
    });
    this.#child = child;
    this.#startedAtMs = Date.now();
    this.#lastWords = [];
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#hear(line));
    }
    this.#silence = setTimeout(() => {
      this.#hear(`it said nothing for ${silenceMs / 1000} s`);
      child.kill('SIGKILL');
    }, silenceMs);
    child.on('message', (message: FromVision) => {
      this.#silence?.refresh();
      if (message.type === 'fatal') this.#fatal = message.message;
      else if (message.type === 'frame') this.#barren = 0;
      this.#options.onMessage(message);
    });
    child.on('error', (error) => this.#hear(error.message));
    child.once('exit', (code, signal) => this.#onExit(signal ?? `exit code ${code}`));
    this.send(message);
  }

  send(message: ToVision): void {
    if (this.#child?.connected) this.#child.send(message, () => undefined);
  }

  /** Process id of the child, while it runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restartTimer);
    const child = this.#child;
    if (!child) return;
    const exited = once(child, 'exit');
    this.send({ type: 'stop' });
    const killer = setTimeout(() => child.kill('SIGKILL'), stopPatienceMs);
    await exited;
    clearTimeout(killer);
  }

  #hear(line: string): void {
    // GStreamer says so of each element that was only asked about.
    if (!line.startsWith('GstError: no element'))
      this.#lastWords = [...this.#lastWords, line].slice(-lastWordsKept);
    this.#options.onOutput(line);
  }

  #onExit(how: string): void {
    this.#child = undefined;
    clearTimeout(this.#silence);
    if (this.#stopping) return;
    if (this.#fatal !== undefined) {
      this.#options.onGivenUp(this.#fatal);
      return;
    }
    const words = this.#lastWords.at(-1);
    const what = `The vision process ended (${how}${words === undefined ? '' : `; it said: ${words}`})`;
    if (Date.now() - this.#startedAtMs > goodAfterMs) this.#barren = 0;
    if (++this.#barren > barrenRestarts) {
      this.#options.onGivenUp(`${what}, ${barrenRestarts} times in a row before it analysed a frame.`);
      return;
    }
    if (Date.now() - this.#startedAtMs > goodAfterMs) this.#restartMs = firstRestartMs;
    const restartMs = this.#restartMs;
    this.#restartMs = Math.min(longestRestartMs, this.#restartMs * 2);
    void this.#options.onCrash(what, restartMs).then(() => {
      if (!this.#stopping) this.#restartTimer = setTimeout(() => this.start(), restartMs);
    });
  }
}
