import { rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sleep } from '../async/sleep.ts';
import { messageOf } from '../domain/errors.ts';
import type { Pruned, PruneRequest } from '../store/prune.ts';

/** How much of the past is kept. */
export interface RetentionLimits {
  readonly maxAgeMs: number;
  /** Of the database and the stills together. */
  readonly maxBytes: number;
  /** By which people can be recognised; absent: as old as all else. */
  readonly appearanceMaxAgeMs?: number;
}

export interface RetentionOptions {
  readonly limits: RetentionLimits;
  readonly prune: (request: PruneRequest) => Pruned;
  readonly stillsFolder: string;
  readonly now: () => number;
  /** Told once of each reason why something could not be deleted; it is tried again. */
  readonly onProblem: (problem: string) => void;
  /** Between looks whether there is anything to delete; a minute unless given. */
  readonly everyMs?: number;
}

/** Deleting shares the thread that takes frames in: so long at once, and then so long not. */
const sliceMs = 10;
const pauseMs = 40;

/** Deletes what is too old, or the oldest of what is too much, a little at a time until the signal aborts. */
export async function keepWithin(options: RetentionOptions, signal: AbortSignal): Promise<void> {
  const { everyMs = 60_000, onProblem } = options;
  let lastProblem: string | undefined;
  while (await sleep(everyMs, signal)) {
    try {
      await deleteSurplus(options, signal);
      lastProblem = undefined;
    } catch (error) {
      const problem = `What is no longer kept could not be deleted: ${messageOf(error)}`;
      if (problem !== lastProblem) onProblem(problem);
      lastProblem = problem;
    }
  }
}

async function deleteSurplus(
  { limits, prune, stillsFolder, now }: RetentionOptions,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const { stills, more } = prune({
      olderThanMs: now() - limits.maxAgeMs,
      maxBytes: limits.maxBytes,
      ...(limits.appearanceMaxAgeMs !== undefined && {
        appearancesBeforeMs: now() - limits.appearanceMaxAgeMs,
      }),
      budgetMs: sliceMs,
    });
    await deleteFiles(stills.map((path) => join(stillsFolder, path)));
    if (!more || !(await sleep(pauseMs, signal))) return;
  }
}

async function deleteFiles(paths: readonly string[]): Promise<void> {
  for (const path of paths) await rm(path, { force: true });
  for (const folder of new Set(paths.map(dirname))) {
    try {
      await rmdir(folder);
    } catch {
      // The day has other pictures.
    }
  }
}
