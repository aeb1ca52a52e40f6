import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { TrackEvent } from '../../src/domain/event.ts';
import type { FrameRecord } from '../../src/domain/frame.ts';
import { cameraId, eventId, runId, shapeId, trackId } from '../../src/domain/ids.ts';
import { parseSource } from '../../src/source/parseSource.ts';
import { CameraSession } from '../../src/station/cameraSession.ts';
import { RateMeter } from '../../src/station/rateMeter.ts';
import { readStationFile, removeStationFile, writeStationFile } from '../../src/station/stationFile.ts';
import { StillKeeper } from '../../src/station/stills.ts';
import { lockForWriting } from '../../src/store/database.ts';

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

/** How a track is seen at a second: the height of its box, and how sharp it is. */
interface Seen {
  readonly height: number;
  readonly sharpness?: number;
}

const person = trackId('gate-1-1');

/** A record in which the person is seen so, or not at all; in which its track may end. */
function record(second: number, seen?: Seen, ends = false): FrameRecord {
  const timeMs = t0 + second * 1000;
  const { height = 0, ...measured } = seen ?? {};
  const found = { label: 'person', box: { x1: 0.4, y1: 0.1, x2: 0.5, y2: 0.1 + height }, confidence: 0.9 };
  return {
    camera,
    frame: second,
    mediaTimeMs: second * 1000,
    timeMs,
    detections: seen ? [{ ...found, ...measured, trackId: person }] : [],
    tracks: seen ? [{ trackId: person, label: 'person', points: [{ ...found, timeMs }] }] : [],
    ended: ends ? [person] : [],
    dropped: 0,
  };
}

/** A camera of which stills are taken over; `shots` tells which have become a best shot since it was asked last. */
function watched() {
  const keeper = new StillKeeper(folderOf());
  const session = new CameraSession(
    { id: camera, name: 'Gate', source: parseSource('test:ball'), shapes: [] },
    keeper,
  );
  session.begin(runId(1), undefined, false);
  session.setRunning(4 / 3, undefined);
  const shots = async () =>
    (await keeper.save(refuse)).flatMap(({ timeMs, bestOf = [] }) =>
      bestOf.map((id) => `${id} at ${(timeMs - t0) / 1000}`),
    );
  return { session, shots, accept: (frame: FrameRecord) => session.accept(frame, frame.timeMs) };
}

const refuse = (error: unknown): never => {
  throw error;
};

const crossing = (timeMs: number): TrackEvent => ({
  camera: cameraId('gate'),
  shape: shapeId('line'),
  type: 'crossing',
  direction: 'forward',
  trackId: person,
  label: 'person',
  timeMs,
  box: { x1: 0.4, y1: 0.4, x2: 0.6, y2: 0.8 },
  confidence: 0.9,
});

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
    keeper.onEvent(eventId(1), crossing(t0 + 2400));
    keeper.onEvent(eventId(2), crossing(t0 + 1600));
    keeper.onEvent(eventId(3), crossing(t0 + 99_000));
    const kept = await keeper.save(refuse);
    expect(kept.map(({ timeMs, events }) => [timeMs - t0, events])).toEqual([
      [2000, ['e1', 'e2']],
      [4000, ['e3']],
    ]);
  });

  it('the one nearest when an event was found is kept, however many came before it got its id', async () => {
    const keeper = new StillKeeper(folderOf());
    for (let second = 0; second < 5; second++) keeper.add(still(second));
    const event = crossing(t0 + 2400);
    keeper.onFound(event);
    for (let second = 5; second < 40; second++) keeper.add(still(second));
    keeper.onEvent(eventId(1), event);
    const kept = await keeper.save(refuse);
    expect(kept.find(({ events }) => events?.length === 1)?.timeMs).toBe(t0 + 2000);
  });

  describe.each([
    ['before', ['still', 'record']],
    ['after', ['record', 'still']],
  ])('that come %s their records', (_, order) => {
    const look = (seconds: readonly Seen[]) => {
      const { session, shots, accept } = watched();
      return async (second: number) => {
        for (const what of order) {
          if (what === 'still') session.addStill(still(second));
          else accept(record(second, seconds[second], second === seconds.length));
        }
        return await shots();
      };
    };

    it('the first of a track is kept at once, and the largest of it when it ends', async () => {
      const at = look([0.2, 0.7, 0.3].map((height) => ({ height, sharpness: 100 })));
      expect(await at(0)).toEqual(['gate-1-1 at 0']);
      expect(await at(1)).toEqual([]);
      expect(await at(2)).toEqual([]);
      expect(await at(3)).toEqual(['gate-1-1 at 1']);
    });

    it('a sharp one is better than a blurred one that is a little larger', async () => {
      const at = look([
        { height: 0.2, sharpness: 100 },
        { height: 0.5, sharpness: 300 },
        { height: 0.6, sharpness: 50 },
      ]);
      for (const second of [0, 1, 2]) await at(second);
      expect(await at(3)).toEqual(['gate-1-1 at 1']);
    });

    it('one whose sharpness was not measured is only better than none', async () => {
      const at = look([{ height: 0.2 }, { height: 0.9 }, { height: 0.1, sharpness: 10 }, { height: 0.9 }]);
      expect([await at(0), await at(1), await at(2), await at(3)]).toEqual([['gate-1-1 at 0'], [], [], []]);
      expect(await at(4)).toEqual(['gate-1-1 at 2']);
    });
  });

  it('one that comes after its track has ended is not compared any more', async () => {
    const { session, shots, accept } = watched();
    session.addStill(still(0));
    accept(record(0, { height: 0.9, sharpness: 100 }));
    accept(record(1, { height: 0.1, sharpness: 100 }));
    accept(record(2, undefined, true));
    expect(await shots()).toEqual(['gate-1-1 at 0']);
    session.addStill(still(1));
    expect(await shots()).toEqual([]);
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
  it('names a station as long as it holds the data folder', () => {
    const folder = folderOf();
    expect(readStationFile(folder)).toBeUndefined();
    const station = { pid: process.pid, url: 'http://127.0.0.1:1', version: '1' };
    writeStationFile(folder, station);
    // Left behind by a station that died: the number of its process may by now be that of another.
    expect(readStationFile(folder)).toBeUndefined();
    const unlock = lockForWriting(folder);
    onTestFinished(unlock);
    expect(readStationFile(folder)).toEqual(station);
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
