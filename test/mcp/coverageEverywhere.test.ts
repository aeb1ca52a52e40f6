import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Tool } from '../../src/mcp/contract.ts';
import { tools } from '../../src/mcp/tools/index.ts';
import { openReader } from '../../src/store/reader.ts';
import { openWriter } from '../../src/store/writer.ts';
import { camera, dock, frameOf, newRun, t0, temporaryFolder } from '../store/fixture.ts';
import { worldOf } from './adhocRecording.ts';

const hourMs = 3_600_000;
const nowMs = t0 + 30 * hourMs;

/** What each tool says of how much of a window was watched, asked as a client would. */
const shareIn: Readonly<Record<string, [args: Record<string, unknown>, path: string]>> = {
  count_zone_events: [{ line: 'door' }, 'coverage.share'],
  get_occupancy: [{}, 'coverage.share'],
  find_tracks: [{}, 'coverage.share'],
  list_incidents: [{}, 'coverage.share'],
  summarize_incident: [{}, 'coverage.share'],
  flag_anomaly: [{}, 'coverage.share'],
  get_heatmap: [{}, 'coverage'],
  define_zone: [{ line: { from: [0.5, 0], to: [0.5, 1] } }, 'coverage'],
  watch: [{ action: 'dry_run', when: 'occupancy', more_than: 0 }, 'dry_run.watched_share'],
};

const answerOf = async (
  name: string,
  args: Record<string, unknown>,
  world: Parameters<Tool['handle']>[1],
) => {
  const tool = tools.find((one) => one.name === name);
  if (!tool) throw new Error(`There is no tool ${name}`);
  return tool.handle(tool.input.parse(args), world);
};

const at = (structured: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((value, key) => z.record(z.string(), z.unknown()).parse(value)[key], structured);

/** A store whose one camera was watched in these stretches, seconds before now. */
function watchedIn(stretches: readonly (readonly [fromS: number, lengthS: number])[], createdMs: number) {
  const folder = temporaryFolder();
  const writer = openWriter(folder, { nowMs: createdMs });
  writer.syncCameras([camera(dock)], createdMs);
  for (const [fromS, lengthS] of stretches.toSorted(([a], [b]) => b - a)) {
    const fromMs = nowMs - fromS * 1000;
    const run = writer.beginRun(newRun({ startedAtMs: fromMs, mediaStartMs: fromMs }));
    const frames = Array.from({ length: Math.floor(lengthS) }, (_, n) =>
      frameOf(run, n, { timeMs: fromMs + n * 1000 }),
    ).filter(({ record }) => record.timeMs < nowMs);
    writer.commit({ nowMs, frames });
    writer.endRun(run, 'stopped', nowMs, []);
  }
  writer.close();
  return openReader(folder);
}

const stretches = fc.array(fc.tuple(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 1, max: 1500 })), {
  maxLength: 4,
});

describe('how much of a window was watched', () => {
  it('is the same in every tool', async () => {
    await fc.assert(
      fc.asyncProperty(stretches, async (watched) => {
        const reader = watchedIn(watched, t0);
        try {
          const world = worldOf(reader, nowMs);
          const window = { from: '-1h', to: 'now' };
          const told: Record<string, unknown> = {};
          for (const [name, [args, path]] of Object.entries(shareIn)) {
            const noTo = name === 'summarize_incident' ? { ...window } : window;
            const { structured } = await answerOf(name, { ...args, ...noTo }, world).catch(
              (error: unknown) => {
                // Of an hour in which nothing happened there is no story.
                if (name === 'summarize_incident') return { structured: undefined };
                throw error;
              },
            );
            if (structured) told[name] = at(structured, path);
          }
          const { structured } = await answerOf('get_health', {}, world);
          const [health] = z.object({ cameras: z.array(z.looseObject({ watched_last_hour: z.number(), watched_last_day: z.number() })) }).parse(structured).cameras; // prettier-ignore
          told['get_health'] = health?.watched_last_hour;
          const { structured: hour } = await answerOf('get_occupancy', { ...window, bucket: 'hour' }, world);
          told['bucket'] = z.object({ buckets: z.tuple([z.object({ watched: z.number() })]) }).parse(hour).buckets[0].watched; // prettier-ignore
          expect(new Set(Object.values(told)), JSON.stringify(told)).toHaveProperty('size', 1);
          const { structured: day } = await answerOf(
            'count_zone_events',
            { line: 'door', from: '-24h', to: 'now' },
            world,
          );
          expect(at(day, 'coverage.share')).toBe(health?.watched_last_day);
        } finally {
          reader.close();
        }
      }),
      { numRuns: 25 },
    );
  });

  it('is 0.8 % of the last day, and all of its own time, for a camera that was added twelve minutes ago', async () => {
    const reader = watchedIn([[12 * 60, 12 * 60]], nowMs - 12 * 60_000);
    const { structured, text } = await answerOf('get_health', {}, worldOf(reader, nowMs));
    const [health] = z.object({ cameras: z.array(z.looseObject({})) }).parse(structured).cameras;
    expect(health).toMatchObject({
      watched_last_hour: 0.1997,
      watched_last_day: 0.0083,
      watched_since_added: 1,
      gaps_last_day: 0,
    });
    expect(text).toContain('watched 20 % of the last hour, 0.8 % of the last day, 100 % since it was added');
    expect(text).not.toContain('PROBLEM of dock');
    reader.close();
  });
});
