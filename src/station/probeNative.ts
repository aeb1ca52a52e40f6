import { fork } from 'node:child_process';
import type { DecodingChoice } from '../config/decoding.ts';
import type { ProbeReport } from '../vision/probeReport.ts';

export type { ProbeReport };

/** Asks a process of its own what the native libraries of this machine can do. Rejects when it dies without answering. */
export function probeNative(decoding: DecodingChoice): Promise<ProbeReport> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('../vision/probe.js', import.meta.url), [decoding], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.once('message', (report) => resolve(report as ProbeReport));
    child.once('exit', (code, signal) =>
      reject(new Error(`the probe ended with ${signal ?? `code ${code}`}`)),
    );
    child.once('error', reject);
  });
}
