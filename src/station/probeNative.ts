import { fork } from 'node:child_process';
import type { Provider } from '../domain/provider.ts';
import type { DecodingChoice } from '../config/decoding.ts';
import type { ProbeReport } from '../vision/probeReport.ts';

export type { ProbeReport };

/** What to find out, as a configuration asks for it. */
export interface Probed {
  readonly decoding: DecodingChoice;
  /** Execution providers to try, in order; none: those that are tried unless told. */
  readonly providers: readonly Provider[];
}

/** Asks a process of its own what the native libraries of this machine can do. Rejects when it dies without answering. */
export function probeNative({ decoding, providers }: Probed): Promise<ProbeReport> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('../vision/probe.js', import.meta.url), [decoding, ...providers], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.once('message', (report) => resolve(report as ProbeReport));
    child.once('exit', (code, signal) =>
      reject(new Error(`the probe ended with ${signal ?? `code ${code}`}`)),
    );
    child.once('error', reject);
  });
}
