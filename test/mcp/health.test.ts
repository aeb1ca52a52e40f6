import { describe, expect, it } from 'vitest';
import type { CameraStatus, LiveStation, StationStatus } from '../../src/domain/live.ts';
import { ArgusError } from '../../src/domain/errors.ts';
import { problemsOf, type CameraHealth } from '../../src/mcp/healthProblems.ts';
import { outlookOf } from '../../src/mcp/storageOutlook.ts';
import { getHealth } from '../../src/mcp/tools/getHealth.ts';
import type { World } from '../../src/mcp/contract.ts';
import { dock, openStore, t0 } from '../store/fixture.ts';
import { record, worldOf } from './adhocRecording.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const nowMs = t0 + dayMs;
const roomy = { databaseBytes: 1e8, stillsBytes: 9e8, freeBytes: 1e11 };

const running: CameraStatus = {
  camera: dock,
  state: 'running',
  sinceMs: nowMs - hourMs,
  frames: 9_990,
  dropped: 10,
  fps: 10,
  lastFrameMs: nowMs - 100,
};
const station: StationStatus = {
  version: '1',
  startedMs: nowMs - hourMs,
  detector: { id: 'yolox-nano', reason: 'the default', provider: 'cpu', skipped: [] },
  visionRestarts: 0,
  cameras: [running],
};
const well: CameraHealth = {
  id: 'dock',
  live: true,
  state: 'running',
  status: running,
  hourShare: 1,
  dayShare: 1,
};

describe('problems', () => {
  it('are none where all is well', () => {
    expect(problemsOf([well], station, undefined, roomy, nowMs)).toEqual([]);
  });

  const status = (change: Partial<CameraStatus>): Partial<CameraHealth> => ({
    status: { ...running, ...change },
    ...(change.state && { state: change.state }),
  });
  it.each<[string, Partial<CameraHealth>, RegExp]>([
    ['failed', status({ state: 'failed', message: 'no such file' }), /It failed: "no such file" .*restart/],
    [
      'gives no pictures',
      status({ state: 'reconnecting', message: 'ends. Ignore "all"' }),
      /no pictures: "ends\. Ignore \\"all\\"" See that it is on/,
    ],
    ['has hung for long', status({ lastFrameMs: nowMs - 45_000 }), /last frame is 45 s old.*Restart/],
    ['never gave a frame', status({ lastFrameMs: undefined as never }), /gave no frame/],
    ['is ahead of the clock', status({ lastFrameMs: nowMs + 60_000 }), /60 s ahead of the clock/],
    ['drops frames', status({ dropped: 1_000 }), /9 % of its frames were dropped.*fps/],
    ['was blind in the last hour', { hourShare: 0.9 }, /Only 90 % of the last hour/],
    ['was blind in the last day', { dayShare: 0.5 }, /Only 50 % of the last day/],
  ])('are told of a camera that %s, with what to do', (_, change, words) => {
    const problems = problemsOf([{ ...well, ...change }], station, undefined, roomy, nowMs);
    expect(problems.map(({ camera, problem, next }) => `${camera ?? ''} ${problem} ${next}`)).toEqual([
      expect.stringMatching(words),
    ]);
  });

  it('are told of a camera of whose people few have an appearance', () => {
    const told = (tracks: number, seen: number) =>
      problemsOf([{ ...well, people: { tracks, seen } }], station, undefined, roomy, nowMs);
    expect(told(35, 0)).toMatchObject([
      { camera: 'dock', problem: expect.stringMatching(/^Only 0 of 35 people/) as string },
    ]);
    expect([told(10, 7).length, told(10, 8).length, told(4, 0).length]).toEqual([1, 0, 0]);
  });

  it.each<[string, Partial<CameraHealth>]>([
    ['connects just now', status({ state: 'connecting', sinceMs: nowMs - 5_000 })],
    ['started just now', status({ sinceMs: nowMs - 5_000, lastFrameMs: undefined as never })],
    ['dropped a few of few frames', status({ frames: 9, dropped: 5 })],
    ['is a file that was read', { ...status({ state: 'finished', lastFrameMs: 0 }), live: false }],
  ])('are not told of one that %s', (_, change) => {
    expect(problemsOf([{ ...well, ...change }], station, undefined, roomy, nowMs)).toEqual([]);
  });

  it('are told of the station and the disk', () => {
    const told = (...args: Parameters<typeof problemsOf>) =>
      problemsOf(...args).map(({ problem }) => problem);
    const stopped = { ...well, state: 'stopped' };
    expect(told([stopped], undefined, undefined, roomy, nowMs)).toEqual([
      expect.stringMatching(/No station is running/),
    ]);
    // "argus watch" runs none, and watches all the same.
    expect(told([{ id: 'dock', live: false, state: 'running' }], undefined, undefined, roomy, nowMs)).toEqual(
      [],
    );
    expect(told([well], undefined, 'It does not answer.', roomy, nowMs)).toEqual(['It does not answer.']);
    expect(
      told([well], { ...station, problem: 'disk full', visionRestarts: 9 }, undefined, roomy, nowMs),
    ).toEqual(['disk full', expect.stringMatching(/anew 9 times/)]);
    expect(told([well], station, undefined, { ...roomy, freeBytes: 2e8 }, nowMs)).toEqual([
      expect.stringMatching(/Only 200 MB/),
    ]);
    expect(told([well], station, undefined, { ...roomy, fullInDays: 3 }, nowMs)).toEqual([
      expect.stringMatching(/full in about 3 day/),
    ]);
  });
});

describe('the outlook', () => {
  const limits = { maxAgeMs: 30 * dayMs, maxBytes: 20e9 };
  it.each([
    ['age is what ends the past', 2 * dayMs, limits, { keepsDays: 30 }],
    ['size is what ends it', dayMs / 2, limits, { keepsDays: 10 }],
    ['it is too early to tell', dayMs / 48, limits, {}],
    ['nothing is deleted', 2 * dayMs, undefined, { fullInDays: 200 }],
    [
      'the disk is smaller than what may be kept',
      dayMs,
      { maxAgeMs: 1000 * dayMs, maxBytes: 1e15 },
      { keepsDays: 1000, fullInDays: 100 },
    ],
  ])('where %s', (_, recordedMs, given, expected) => {
    expect(outlookOf(roomy, recordedMs, given)).toEqual({ ...roomy, ...expected });
  });
});

describe('get_health', () => {
  const ask = async (world: World) => {
    const { structured, text } = await getHealth.handle(
      getHealth.input.parse({ time_zone: 'Europe/Berlin' }),
      world,
    );
    return { ...getHealth.output.parse(structured), text };
  };
  /** Watched for the last two hours but for half an hour of the last one. */
  function watched() {
    const { writer, reader } = openStore();
    record(writer, dock, { fromMs: nowMs - 2 * hourMs, toMs: nowMs - 0.75 * hourMs }, [], []);
    record(writer, dock, { fromMs: nowMs - 0.25 * hourMs, toMs: nowMs }, [], []);
    return reader;
  }

  it('counts the people without an appearance, where any are to be taken', async () => {
    const { writer, reader } = openStore();
    const walks = Array.from({ length: 6 }, (_, n) => ({
      id: `dock-1-${n}`,
      fromMs: nowMs - 60_000 + 5_000 * n,
      toMs: nowMs - 57_000 + 5_000 * n,
      from: [0.1, 0.5] as const,
      to: [0.9, 0.5] as const,
    }));
    record(writer, dock, { fromMs: nowMs - 70_000, toMs: nowMs }, [], walks);
    const problems = async (status: StationStatus) => {
      const live = { status: () => Promise.resolve(status) } as LiveStation;
      const answer = await ask({ ...worldOf(reader, nowMs), live: () => Promise.resolve(live) });
      return answer.problems.map(({ problem }) => problem);
    };
    const identify = { descriptor: 'person-reid-0287', reason: 'the default' };
    const few = expect.stringMatching(/Only 0 of 6 people/) as string;
    expect(await problems({ ...station, identify })).toContainEqual(few);
    expect(await problems(station)).not.toContainEqual(few);
    const off = { ...station, identify, cameras: [{ ...running, identify: false as const }] };
    expect(await problems(off)).not.toContainEqual(few);
  });

  it('tells how much of the last hour and day was watched, with the longest gap, in the time zone asked for', async () => {
    const live = { status: () => Promise.resolve(station) } as LiveStation;
    const answer = await ask({ ...worldOf(watched(), nowMs), live: () => Promise.resolve(live) });
    const one = answer.cameras.find(({ id }) => id === 'dock');
    expect(one).toMatchObject({
      state: 'running',
      fps: 10,
      dropped: 10,
      last_frame_seconds_ago: 0.1,
      gaps_last_day: 2,
    });
    expect(one?.watched_last_hour).toBeCloseTo(0.5, 1);
    expect(one?.watched_last_day).toBeCloseTo(1.5 / 24, 2);
    expect(one?.longest_gap?.from).toBe('2026-11-22T10:00:00.000+01:00');
    expect(answer.problems.map(({ camera, problem }) => [camera, problem])).toEqual([
      ['dock', expect.stringMatching(/Only 4\d.* of the last hour/)],
    ]);
    expect(answer.text).toMatch(/^PROBLEM of dock: Only 4\d/);
    expect(answer.storage.database_mb).toBeGreaterThan(0);
    expect(answer.storage.oldest).toBe('2026-11-23T08:00:00.000+01:00');
  });

  it('tells of the past where no station runs, and of one that does not answer', async () => {
    const reader = watched();
    const alone = await ask(worldOf(reader, nowMs + dayMs));
    expect(alone.station).toEqual({ running: false });
    expect(alone.text).toMatch(/^PROBLEM: No station is running.*Start "argus serve"/);
    const stuck = () => Promise.reject(new ArgusError('The station does not answer.', 'Look.'));
    expect((await ask({ ...worldOf(reader, nowMs), live: stuck })).problems[0]?.problem).toMatch(
      /does not answer/,
    );
  });

  it('answers of a store without cameras', async () => {
    const { reader, writer } = openStore();
    writer.syncCameras([], t0);
    expect((await ask(worldOf(reader, nowMs))).cameras).toEqual([]);
  });
});
