import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FrameRecord } from '../../src/domain/frame.ts';
import { cameraId, eventId, trackId } from '../../src/domain/ids.ts';
import { RateMeter } from '../../src/station/rateMeter.ts';
import { readStationFile, removeStationFile, writeStationFile } from '../../src/station/stationFile.ts';
import { StillKeeper } from '../../src/station/stills.ts';

const camera = cameraId('gate');
const t0 = Date.parse('2026-03-29T23:59:58Z');

function folderOf(): string {
  const folder = mkdtempSync(join(tmpdir(), 'argus-station-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** One still a second, each with its second as its content. */
const still = (second: number) => ({
  camera,
  timeMs: t0 + second * 1000,
  jpeg: Buffer.from(`picture ${second}`),
  width: 4,
  height: 3,
});

/** A record in which a track has a box of this height. */
const record = (second: number, track: string, height: number, ended: string[] = []): FrameRecord => ({
  camera,
  frame: second,
  mediaTimeMs: second * 1000,
  timeMs: t0 + second * 1000,
  detections: [],
  tracks: [
    {
      trackId: trackId(track),
      label: 'person',
      points: [
        {
          timeMs: t0 + second * 1000,
          box: { x1: 0.4, y1: 0.1, x2: 0.5, y2: 0.1 + height },
          confidence: 0.9,
        },
      ],
    },
  ],
  ended: ended.map(trackId),
  dropped: 0,
});

const refuse = (error: unknown): never => {
  throw error;
};

describe('of all stills', () => {
  it('one a minute is kept, in a folder for each camera and day', async () => {
    const folder = folderOf();
    const keeper = new StillKeeper(folder);
    for (let second = 0; second <= 125; second++) keeper.add(still(second));
    const kept = await keeper.save(refuse);
    expect(kept.map(({ timeMs }) => (timeMs - t0) / 1000)).toEqual([0, 60, 120]);
    expect(kept.map(({ path }) => path.replace(/\d+\.jpg$/, ''))).toEqual([
      'gate/2026-03-29/',
      'gate/2026-03-30/',
      'gate/2026-03-30/',
    ]);
    for (const [i, { path, bytes }] of kept.entries()) {
      const content = readFileSync(join(folder, path));
      expect([content.toString(), content.length]).toEqual([`picture ${i * 60}`, bytes]);
    }
    expect(await keeper.save(refuse)).toEqual([]);
  });

  it('the nearest to an event is kept with it', async () => {
    const keeper = new StillKeeper(folderOf());
    for (let second = 0; second < 5; second++) keeper.add(still(second));
    await keeper.save(refuse);
    keeper.onEvent(eventId(1), t0 + 2400);
    keeper.onEvent(eventId(2), t0 + 1600);
    keeper.onEvent(eventId(3), t0 + 99_000);
    const kept = await keeper.save(refuse);
    expect(kept.map(({ timeMs, events }) => [timeMs - t0, events])).toEqual([
      [2000, ['e1', 'e2']],
      [4000, ['e3']],
    ]);
  });

  it('the first of a track is kept at once, and the best of it when it ends', async () => {
    const keeper = new StillKeeper(folderOf());
    const shots = async (second: number, height: number, ended: string[] = []) => {
      keeper.add(still(second));
      keeper.onRecord(record(second, 'gate-1-1', height, ended));
      const kept = await keeper.save(refuse);
      return kept.flatMap(({ timeMs, bestOf = [] }) =>
        bestOf.map((id) => `${id} at ${(timeMs - t0) / 1000}`),
      );
    };
    expect(await shots(0, 0.2)).toEqual(['gate-1-1 at 0']);
    expect(await shots(1, 0.7)).toEqual([]);
    expect(await shots(2, 0.3)).toEqual([]);
    expect(await shots(3, 0.1, ['gate-1-1'])).toEqual(['gate-1-1 at 1']);
    expect(await shots(4, 0.1)).toEqual(['gate-1-1 at 4']);
  });

  it('those that cannot be written are told, and not stored', async () => {
    const folder = folderOf();
    writeFileSync(join(folder, 'gate'), 'a file where the folder should be');
    const keeper = new StillKeeper(folder);
    keeper.add(still(0));
    const told: unknown[] = [];
    expect(await keeper.save((error) => told.push(error))).toEqual([]);
    expect(told).toMatchObject([{ code: expect.stringMatching(/EEXIST|ENOTDIR/) as string }]);
  });
});

describe('the station file', () => {
  it('names a station as long as its process lives', () => {
    const folder = folderOf();
    expect(readStationFile(folder)).toBeUndefined();
    const station = { pid: process.pid, url: 'http://127.0.0.1:1', version: '1' };
    writeStationFile(folder, station);
    expect(readStationFile(folder)).toEqual(station);
    // Above the largest number that Linux gives.
    writeStationFile(folder, { ...station, pid: 4_194_305 });
    expect(readStationFile(folder)).toBeUndefined();
    writeFileSync(join(folder, 'station.json'), '{"pid":');
    expect(readStationFile(folder)).toBeUndefined();
    removeStationFile(folder);
    removeStationFile(folder);
    expect(existsSync(join(folder, 'station.json'))).toBe(false);
  });
});

describe('the rate', () => {
  it('is of the last five seconds, and none while too little has been seen', () => {
    const meter = new RateMeter();
    expect(meter.perSecond(0)).toBe(0);
    for (let ms = 0; ms <= 400; ms += 100) meter.count(ms);
    expect(meter.perSecond(400)).toBe(0);
    for (let ms = 500; ms <= 20_000; ms += 100) meter.count(ms);
    expect(meter.perSecond(20_000)).toBeCloseTo(10, 0);
    for (let ms = 20_500; ms <= 30_000; ms += 500) meter.count(ms);
    expect(meter.perSecond(30_000)).toBeCloseTo(2, 0);
    expect(meter.perSecond(60_000)).toBe(0);
  });
});
