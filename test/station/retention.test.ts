import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { trackId } from '../../src/domain/ids.ts';
import { keepWithin, type RetentionLimits } from '../../src/station/retention.ts';
import type { PruneRequest } from '../../src/store/prune.ts';
import type { Writer } from '../../src/store/writer.ts';
import { dock, frameOf, newRun, openStore, t0, temporaryFolder, tracksAt, update } from '../store/fixture.ts';

const dayMs = 86_400_000;
const days = 10;

/** Each day a track, and a picture of it in the folder. */
function watchDays(writer: Writer, stillsFolder: string, pictureBytes: number): void {
  for (let day = 0; day < days; day++) {
    const timeMs = t0 + day * dayMs;
    const id = trackId(`day${day}`);
    const run = writer.beginRun(newRun({ startedAtMs: timeMs }));
    const point = { timeMs, box: { x1: 0.1, y1: 0.1, x2: 0.2, y2: 0.5 }, confidence: 0.8 };
    const path = `dock/day${day}/still.jpg`;
    mkdirSync(dirname(join(stillsFolder, path)), { recursive: true });
    writeFileSync(join(stillsFolder, path), Buffer.alloc(pictureBytes));
    writer.commit({
      nowMs: timeMs,
      frames: [frameOf(run, 0, { timeMs, tracks: [{ ...update(id, 0), points: [point] }], ended: [id] })],
      stills: [{ camera: dock, timeMs, path, width: 1, height: 1, bytes: pictureBytes, bestOf: [id] }],
      appearances: [
        { camera: dock, trackId: id, timeMs, descriptor: 'd', vector: Float32Array.of(1), quality: 0.5 },
      ],
    });
    writer.endRun(run, 'stopped', timeMs);
  }
}

function keeping(
  writer: Writer,
  stillsFolder: string,
  limits: RetentionLimits,
  prune = writer.prune.bind(writer),
) {
  const stopping = new AbortController();
  const problems: string[] = [];
  const over = keepWithin(
    {
      limits,
      prune,
      stillsFolder,
      now: () => t0 + days * dayMs,
      onProblem: (problem) => problems.push(problem),
      everyMs: 5,
    },
    stopping.signal,
  );
  onTestFinished(async () => {
    stopping.abort();
    await over;
  });
  return { problems };
}

describe('retention', () => {
  it('deletes what tracks looked like before it deletes the tracks', async () => {
    const { writer, reader } = openStore();
    const stills = temporaryFolder();
    watchDays(writer, stills, 100);
    keeping(writer, stills, { maxAgeMs: 100 * dayMs, maxBytes: Infinity, appearanceMaxAgeMs: 3 * dayMs });
    await expect
      .poll(() => reader.appearances().map((look) => look.trackId))
      .toEqual(['day7', 'day8', 'day9']);
    expect(await tracksAt(reader, dock)).toHaveLength(days);
  });

  it('deletes what is older, its pictures, and the folders that held them', async () => {
    const { writer, reader } = openStore();
    const stills = temporaryFolder();
    watchDays(writer, stills, 100);
    keeping(writer, stills, { maxAgeMs: 3.5 * dayMs, maxBytes: Infinity });
    await expect.poll(() => readdirSync(join(stills, 'dock'))).toEqual(['day7', 'day8', 'day9']);
    await expect
      .poll(async () => (await tracksAt(reader, dock)).map(({ id }) => id))
      .toEqual(['day7', 'day8', 'day9']);
  });

  it('deletes the oldest of what is more than there is room for', async () => {
    const { writer, reader } = openStore();
    const stills = temporaryFolder();
    watchDays(writer, stills, 1_000_000);
    keeping(writer, stills, { maxAgeMs: Infinity, maxBytes: 4_500_000 });
    await expect.poll(() => existsSync(join(stills, 'dock/day5'))).toBe(false);
    await expect.poll(() => reader.track(trackId('day5'))).toBeUndefined();
    expect(existsSync(join(stills, 'dock/day7/still.jpg'))).toBe(true);
    expect(reader.track(trackId('day9'))).toBeDefined();
  });

  it('says once why it cannot delete, and goes on trying', async () => {
    const { writer } = openStore();
    const stills = temporaryFolder();
    watchDays(writer, stills, 100);
    let tries = 0;
    const failing = (request: PruneRequest) => {
      if (++tries <= 3) throw new Error('the disk is full');
      return writer.prune(request);
    };
    const { problems } = keeping(writer, stills, { maxAgeMs: dayMs / 2, maxBytes: Infinity }, failing);
    await expect.poll(() => readdirSync(join(stills, 'dock')), { timeout: 5000 }).toEqual([]);
    expect(problems).toEqual(['What is no longer kept could not be deleted: the disk is full']);
  });
});
