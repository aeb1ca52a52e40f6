import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { databasePath } from '../../src/store/database.ts';
import { openReader } from '../../src/store/reader.ts';
import { openWriter } from '../../src/store/writer.ts';
import { trackId } from '../../src/domain/ids.ts';
import {
  complaintOf,
  crossing,
  dock,
  frameOf,
  newRun,
  t0,
  temporaryFolder,
  track1,
  update,
  tracksAt,
} from './fixture.ts';

const always = { fromMs: 0, toMs: t0 * 2 };

/**
 * Starts a process that writes one frame after the other; `kill` ends it with SIGKILL, and gives the last frame told,
 * and the last one told so long before.
 */
function startEndlessWriter(folder: string, holdBackMs?: number) {
  const child = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      join(import.meta.dirname, 'endlessWriter.ts'),
      folder,
      ...(holdBackMs === undefined ? [] : [String(holdBackMs)]),
    ],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  let told = -1;
  const toldAtMs: number[] = [];
  const lines = createInterface(child.stdout);
  lines.on('line', (line) => {
    told = Number(line);
    toldAtMs[told] = performance.now();
  });
  const atLeast = async (frame: number) => {
    while (told < frame) await once(lines, 'line');
  };
  const kill = async () => {
    const closed = once(child, 'close');
    const killedMs = performance.now();
    child.kill('SIGKILL');
    await closed;
    const toldBefore = (ms: number) => toldAtMs.findLastIndex((atMs) => killedMs - atMs >= ms);
    return { told, toldBefore };
  };
  return { atLeast, kill };
}

describe('a writer killed in the middle of writing', () => {
  it.each([1, 60, 333])(
    '(after frame %d) loses nothing it had stored and leaves a sound database',
    async (frames) => {
      const folder = temporaryFolder();
      const writing = startEndlessWriter(folder);
      await writing.atLeast(frames);
      expect(complaintOf(() => openWriter(folder, { nowMs: t0 }))).toMatch(/Another Argus station/);
      const watching = openReader(folder);
      const seenAlive = watching.latestRuns()[0]?.progress?.frame ?? -1;
      expect(seenAlive).toBeGreaterThanOrEqual(frames);
      watching.close();
      const { told } = await writing.kill();

      // Nobody has put the database in order yet, and a reader may come first.
      const early = openReader(folder);
      expect(early.latestRuns()[0]?.progress?.frame).toBeGreaterThanOrEqual(told);
      early.close();

      const writer = openWriter(folder, { nowMs: t0 });
      const db = new Database(databasePath(folder), { readonly: true });
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(db.pragma('foreign_key_check')).toEqual([]);
      expect(db.prepare("SELECT rtreecheck('segment_extents')").pluck().get()).toBe('ok');
      db.close();

      expect(writer.closeDangling()).toHaveLength(1);
      const last = writer.lastRun(dock)?.progress?.frame ?? -1;
      expect(last).toBeGreaterThanOrEqual(Math.max(told, seenAlive));
      expect(writer.lastRun(dock)).toMatchObject({ ended: { reason: 'crashed', atMs: t0 + last * 100 } });

      // Every table tells the same story: frames 0 to `last`, whole.
      const reader = openReader(folder);
      expect(reader.coverage(dock, always).reduce((sum, { frames }) => sum + frames, 0)).toBe(last + 1);
      expect(reader.countEvents({})).toEqual([{ count: 20 * (last + 1) }]);
      const tracks = await tracksAt(reader, dock);
      expect(tracks).toHaveLength(20);
      for (const track of tracks) {
        expect(reader.trackPoints(track.id)).toHaveLength(last + 1);
        expect(track).toMatchObject({
          ended: true,
          points: last + 1,
          lastMs: t0 + last * 100,
        });
      }
      expect(reader.nearestStill(dock, t0 * 2)?.timeMs).toBe(t0 + last * 100);

      const resumed = writer.beginRun(newRun());
      const next = [frameOf(resumed, last + 1, { tracks: [update(track1, last + 1)], events: [crossing()] })];
      // `dock-1-1` lived and ended in the killed process: its name is never given to another track.
      expect(() => writer.commit({ nowMs: t0, frames: next })).toThrow(/UNIQUE/);
      reader.close();
      writer.close();
    },
  );

  it('ten times over while much waits in memory loses at most the last five seconds, and nothing by halves', async () => {
    const folder = temporaryFolder();
    let stored = 0;
    // Most are killed soon after their start, two when there has been time for something older than five seconds.
    for (const aliveMs of [1, 300, 700, 6500, 1200, 1900, 50, 2500, 6000, 150]) {
      const writing = startEndlessWriter(folder, 2000);
      await writing.atLeast(0);
      await setTimeout(aliveMs);
      const { told, toldBefore } = await writing.kill();

      const db = new Database(databasePath(folder), { readonly: true });
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(db.pragma('foreign_key_check')).toEqual([]);
      expect(db.prepare("SELECT rtreecheck('segment_extents')").pluck().get()).toBe('ok');
      db.close();

      const reader = openReader(folder);
      const [run] = reader.latestRuns();
      const last = run?.progress;
      if (!run || !last) throw new Error('The first frame brings events, so it is stored at once');
      expect(last.frame).toBeGreaterThanOrEqual(toldBefore(5000));
      expect(last.frame).toBeLessThanOrEqual(told + 1);
      stored += last.frame + 1;
      const frames = reader
        .coverage(dock, { fromMs: 0, toMs: t0 * 2 })
        .reduce((sum, one) => sum + one.frames, 0);
      expect(frames).toBe(stored);
      for (let n = 0; n < 20; n++) {
        const id = trackId(`dock-${run.run}-${n}`);
        expect(reader.track(id)).toMatchObject({ points: last.frame + 1, lastMs: last.timeMs });
        expect(reader.trackPoints(id).at(-1)?.timeMs).toBe(last.timeMs);
        const events = reader.countEvents({ track: id })[0]?.count;
        expect(events).toBe(Math.floor(last.frame / 300) + 1);
      }
      reader.close();
    }
  }, 120_000);
});
