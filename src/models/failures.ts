import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const failureSchema = z.object({ atMs: z.number(), reason: z.string() });

/** That a model could not be had: UTC ms and why. */
type Failure = z.infer<typeof failureSchema>;

/** How long a model that could not be had is not asked for again where another is at hand, ms. */
const retryAfterMs = 6 * 3600_000;

/** The failure to get a model, if it is so recent that trying again would only delay the start */
export function recentFailure(
  cacheFolder: string,
  modelId: string,
  nowMs: number,
): { readonly reason: string } | null {
  const failure = readFailure(cacheFolder, modelId);
  const sinceMs = failure === null ? Infinity : nowMs - failure.atMs;
  if (failure === null || sinceMs < 0 || sinceMs >= retryAfterMs) return null;
  const tried = `tried ${Math.round(sinceMs / 60_000)} min ago, again after ${retryAfterMs / 3600_000} h`;
  return { reason: `${failure.reason}; ${tried}` };
}

export async function rememberFailure(cacheFolder: string, modelId: string, failure: Failure): Promise<void> {
  await mkdir(cacheFolder, { recursive: true, mode: 0o700 });
  await writeFile(failureFile(cacheFolder, modelId), JSON.stringify(failure));
}

function readFailure(cacheFolder: string, modelId: string): Failure | null {
  try {
    return failureSchema.parse(JSON.parse(readFileSync(failureFile(cacheFolder, modelId), 'utf8')));
  } catch {
    // Missing or damaged: only a hint is lost.
    return null;
  }
}

const failureFile = (cacheFolder: string, modelId: string): string =>
  join(cacheFolder, `${modelId}.failed.json`);
