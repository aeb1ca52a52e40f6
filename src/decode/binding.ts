import { createRequire } from 'node:module';

/** The part of gstreamer-superficial that is used here; it ships no types. */
export interface BusMessage {
  readonly type: string;
  readonly message?: string;
  readonly _src_element_name?: string;
  /** Of `state-changed`, e.g. GST_STATE_PAUSED. */
  readonly 'old-state'?: string;
  readonly 'new-state'?: string;
}

export interface Element {
  [property: string]: unknown;
  pull(callback: (packet: Buffer | null) => void): void;
  /** Of an appsrc. */
  push?(bytes: Buffer): void;
}

export interface Pipeline {
  play(): void;
  pause(): void;
  stop(): void;
  pollBus(callback: (message: BusMessage) => void): void;
  findChild(name: string): Element | undefined;
  /** Seconds; −1 when not known. */
  queryDuration(): number;
}

interface Binding {
  readonly Pipeline: new (launch: string) => Pipeline;
}

let binding: Binding | undefined;

/** Loaded on first use: the binding keeps process-wide state and may live in one thread only. */
export function loadBinding(): Binding {
  binding ??= createRequire(import.meta.url)('gstreamer-superficial') as Binding;
  return binding;
}
