import { fork } from 'node:child_process';
import type { Provider } from '../domain/provider.ts';
import type { ProbeReport } from '../vision/probeReport.ts';

export type { ProbeReport };

/**
 * Asks a process of its own what the native libraries of this machine can do. Rejects when it dies without answering.
 * @param providers Execution providers to try, in order; none: those that are tried unless told.
 */
export function probeNative(providers: readonly Provider[] = []): Promise<ProbeReport> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('../vision/probe.js', import.meta.url), [...providers], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.once('message', (report) => resolve(report as ProbeReport));
    child.once('exit', (code, signal) =>
      reject(new Error(`the probe ended with ${signal ?? `code ${code}`}`)),
    );
    child.once('error', reject);
  });
}
