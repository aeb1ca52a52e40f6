import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DecodingChoice } from '../../src/config/decoding.ts';
import { similarityOf } from '../../src/domain/appearance.ts';
import { cameraId, runId } from '../../src/domain/ids.ts';
import { loadDetector, loadEmbedder } from '../../src/models/manifests.ts';
import { parseSource } from '../../src/source/parseSource.ts';
import type { DescriberSetup } from '../../src/vision/describer.ts';
import type { CameraJob, FromVision, ToVision } from '../../src/vision/messages.ts';
import { shared } from '../fixtures/shared.ts';

const weights = shared('models/yolox_nano.onnx');
const campus = shared('video/TUD-Campus.mp4');
const traffic = shared('video/traffic.mp4');
const missing = weights.missing || campus.missing || traffic.missing;
const main = resolve(import.meta.dirname, '../../dist/vision/main.js');
const mediaStartMs = Date.parse('2026-03-02T10:00:00Z');

const job = (source: string, more: Partial<CameraJob> = {}): CameraJob => ({
  camera: cameraId('gate'),
  run: runId(7),
  source: parseSource(source),
  mediaStartMs,
  ...more,
});

/** The vision process, told what the station would tell it. */
class Vision {
  readonly child: ChildProcess;
  readonly messages: FromVision[] = [];

  constructor(
    cameras: readonly CameraJob[],
    path = weights.path,
    decoding: DecodingChoice = 'auto',
    env = {},
    describer?: DescriberSetup,
  ) {
    if (!existsSync(main)) throw new Error(`${main} is missing: npm run build`);
    this.child = fork(main, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { ...process.env, UV_THREADPOOL_SIZE: '16', ...env },
    });
    onTestFinished(() => void this.child.kill('SIGKILL'));
    this.child.on('message', (message) => this.messages.push(message as FromVision));
    this.send({
      type: 'start',
      detector: { manifest: loadDetector('yolox-nano'), path, workers: 1, enginesFolder: tmpdir() },
      cameras,
      ...(describer && { describer }),
      decoding,
    });
  }

  send(message: ToVision): void {
    this.child.send(message);
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.child.exitCode !== null) throw new Error(`it ended: ${JSON.stringify(this.messages.at(-1))}`);
      await new Promise((wake) => setTimeout(wake, 20));
    }
  }

  /** What it said of its states, in order. */
  get states(): string[] {
    return this.messages.flatMap((message) =>
      message.type === 'camera' ? [message.state] : message.type === 'running' ? ['running'] : [],
    );
  }

  get records() {
    return this.messages.flatMap((message) => (message.type === 'frame' ? [message.record] : []));
  }

  get stills() {
    return this.messages.flatMap((message) => (message.type === 'still' ? [message.still] : []));
  }

  get appearances() {
    return this.messages.flatMap((message) => (message.type === 'appearances' ? message.appearances : []));
  }

  async untilOver(): Promise<void> {
    await this.until(() => ['finished', 'failed'].includes(this.states.at(-1) ?? ''));
  }
}

describe.skipIf(missing !== false)(`the vision process${missing ? ` (${missing})` : ''}`, () => {
  it('reads a file to its end: every frame, its tracks, and stills of the same times', async () => {
    const vision = new Vision([job(campus.path, { classes: ['person'] })]);
    await vision.untilOver();
    expect(vision.messages[0]).toMatchObject({ type: 'ready', provider: 'cpu' });
    expect(vision.states).toEqual(['connecting', 'running', 'finished']);
    const running = vision.messages.find((message) => message.type === 'running');
    expect(running).toMatchObject({ run: 7, camera: 'gate', aspect: 640 / 480 });
    const { records, stills } = vision;
    expect(records.map(({ frame }) => frame)).toEqual(Array.from({ length: 71 }, (_, n) => n));
    for (const { timeMs, mediaTimeMs, dropped } of records) {
      expect([timeMs, dropped]).toEqual([mediaStartMs + mediaTimeMs, 0]);
    }
    const seen = records.flatMap(({ detections }) => detections);
    expect(new Set(seen.map(({ label }) => label))).toEqual(new Set(['person']));
    const tracks = new Set(records.flatMap((record) => record.tracks.map(({ trackId }) => trackId)));
    expect(tracks.size).toBeGreaterThan(2);
    for (const id of tracks) expect(id).toMatch(/^gate-7-\d+$/);
    expect(stills).toHaveLength(3);
    const times = records.map(({ timeMs }) => timeMs);
    expect(stills.filter(({ timeMs }) => !times.includes(timeMs))).toEqual([]);
    expect(new Set(stills.map(({ width, height }) => `${width}×${height}`))).toEqual(new Set(['640×480']));
    for (const { timeMs } of stills) {
      const found = records.find((record) => record.timeMs === timeMs)?.detections ?? [];
      expect(found.length).toBeGreaterThan(0);
      expect(found.filter(({ sharpness = 0 }) => !(sharpness > 0))).toEqual([]);
    }
    // Measured where it may be wanted, not in all frames.
    const measured = records.filter(({ detections }) => detections[0]?.sharpness !== undefined);
    expect(measured.length).toBeLessThan(records.length / 2);
  });

  it('goes on after the frame that the station has', async () => {
    const whole = new Vision([job(campus.path, { maxFps: 5 })]);
    await whole.untilOver();
    const at = whole.records[6];
    if (!at) throw new Error('too short a video');
    const { frame, mediaTimeMs } = at;
    const rest = new Vision([job(campus.path, { maxFps: 5, resumeAfter: { frame, mediaTimeMs } })]);
    await rest.untilOver();
    const numbers = ({ records }: Vision) => records.map((record) => [record.frame, record.mediaTimeMs]);
    expect(numbers(rest)).toEqual(numbers(whole).slice(7));
    expect(rest.stills.every(({ timeMs }) => timeMs > at.timeMs)).toBe(true);
  });

  it('gives each of two cameras what it would see alone, though one asks for less sure detections', async () => {
    const curious = { confidence: { classes: new Map([['person', 0.05]]) } };
    const [plain, sharp] = [cameraId('plain'), cameraId('sharp')];
    const both = new Vision([
      job(campus.path, { camera: plain }),
      job(campus.path, { camera: sharp, ...curious }),
    ]);
    await both.until(() => both.states.filter((state) => state === 'finished').length === 2);
    const alone = new Vision([job(campus.path, { camera: plain })]);
    await alone.untilOver();
    const seenBy = (vision: Vision, camera: string) =>
      vision.records
        .filter((record) => record.camera === camera)
        .map(({ detections }) =>
          detections.map(({ box, label, confidence, trackId }) => ({ box, label, confidence, trackId })),
        );
    expect(seenBy(both, plain)).toEqual(seenBy(alone, plain));
    const faint = seenBy(both, sharp)
      .flat()
      .filter(({ confidence }) => confidence < loadDetector('yolox-nano').thresholds.low);
    expect(faint.length).toBeGreaterThan(50);
    expect(new Set(faint.map(({ label }) => label))).toEqual(new Set(['person']));
    expect(faint.filter(({ trackId }) => trackId !== undefined).length).toBeGreaterThan(0);
  });

  it('waits when the station does not keep up, and loses nothing', async () => {
    const vision = new Vision([job('test:ball?frames=300')]);
    await vision.until(() => vision.records.length >= 256);
    // Time in which the other 44 would come.
    await new Promise((wake) => setTimeout(wake, 1000));
    expect(vision.records).toHaveLength(256);
    vision.send({ type: 'ack', camera: cameraId('gate'), frame: 255 });
    await vision.untilOver();
    expect(vision.records.map(({ frame }) => frame)).toEqual(Array.from({ length: 300 }, (_, n) => n));
  });

  it('fails one camera without the others', async () => {
    const missingFile = job('/nowhere/gate.mp4', { camera: cameraId('gone') });
    const vision = new Vision([missingFile, job('test:ball?frames=20')]);
    await vision.until(() => vision.states.filter((state) => /finished|failed/.test(state)).length === 2);
    const ends = vision.messages.flatMap((message) =>
      message.type === 'camera' && /finished|failed/.test(message.state) ? [message] : [],
    );
    expect(ends.find(({ camera }) => camera === 'gone')).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/\/nowhere\/gate\.mp4 does not exist/) as string,
    });
    expect(ends.find(({ camera }) => camera === 'gate')).toMatchObject({ state: 'finished' });
    expect(vision.records).toHaveLength(20);
  });

  it('says what decodes each camera, and why nothing faster does', async () => {
    const vision = new Vision([job(campus.path)]);
    await vision.untilOver();
    const said = vision.messages.flatMap((message) => (message.type === 'decoding' ? [message] : [])).at(-1);
    expect(said).toMatchObject({ run: 7, camera: 'gate', decoding: { decoder: 'avdec_mpeg4' } });
    if (said?.decoding.chain === 'software')
      expect(said.decoding.skipped.join('; ')).toMatch(/^nvidia: .+; va: ./);
  });

  it('decodes by what the user ranks highest', async () => {
    const env = { GST_PLUGIN_FEATURE_RANK: 'openh264dec:MAX' };
    const vision = new Vision([job(traffic.path, { maxFps: 1 })], weights.path, 'auto', env);
    await vision.untilOver();
    expect(vision.states.at(-1)).toBe('finished');
    expect(vision.messages).toContainEqual(
      expect.objectContaining({
        type: 'decoding',
        decoding: expect.objectContaining({ decoder: 'openh264dec' }) as unknown,
      }),
    );
  });

  it.skipIf(existsSync('/dev/nvidiactl'))('is refused a chain that is not there', async () => {
    const vision = new Vision([job(campus.path)], weights.path, 'nvidia');
    await once(vision.child, 'exit');
    expect(vision.messages).toMatchObject([
      {
        type: 'fatal',
        message: expect.stringMatching(
          /^decoding: nvidia cannot be used: GStreamer has no nvh264dec, .*; or set decoding to auto\.$/,
        ) as string,
      },
    ]);
  });

  it('without usable weights says so and ends', async () => {
    const vision = new Vision([job('test:ball')], campus.path);
    await once(vision.child, 'exit');
    expect(vision.messages).toMatchObject([
      { type: 'fatal', message: expect.stringMatching(/TUD-Campus\.mp4.*not a whole ONNX model/) as string },
    ]);
  });

  it.each([
    ['is told to', (vision: Vision) => vision.send({ type: 'stop' }), [0, null]],
    // At once, as threads of a live source that plays on would keep it.
    ['its station is gone', (vision: Vision) => vision.child.disconnect(), [null, 'SIGKILL']],
  ])('ends when %s', async (_, end, how) => {
    const vision = new Vision([job('test:ball')]);
    await vision.until(() => vision.records.length > 3);
    const exit = once(vision.child, 'exit');
    end(vision);
    expect(await exit).toEqual(how);
  });

  it('ends when its station died before it was there to notice', async () => {
    const text = `
      const child = require('node:child_process').fork(${JSON.stringify(main)}, [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
      process.stdout.write(String(child.pid), () => process.kill(process.pid, 'SIGKILL'));`;
    const station = spawn(process.execPath, ['-e', text], { stdio: ['ignore', 'pipe', 'ignore'] });
    let told = '';
    station.stdout.on('data', (data: Buffer) => (told += data.toString()));
    await once(station, 'close');
    const pid = Number(told);
    onTestFinished(() => {
      if (isThere(pid)) process.kill(pid, 'SIGKILL');
    });
    while (isThere(pid)) await new Promise((wake) => setTimeout(wake, 50));
  });
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const reid = shared('models/person-reid-0287.onnx');
const missingReid = missing || reid.missing;

describe.skipIf(missingReid !== false)(`appearances${missingReid ? ` (${missingReid})` : ''}`, () => {
  const model = { manifest: loadEmbedder('person-reid-0287'), path: reid.path };

  it('come of people where there is a still, before the end of a file', async () => {
    const vision = new Vision([job(campus.path)], weights.path, 'auto', {}, { model });
    await vision.untilOver();
    const { appearances, records } = vision;
    expect(vision.messages).toContainEqual({ type: 'describing', provider: 'cpu' });
    expect(appearances.length).toBeGreaterThan(2);
    for (const { camera, trackId, timeMs, descriptor, vector, quality } of appearances) {
      expect([camera, descriptor, vector.length]).toEqual(['gate', 'person-reid-0287', 256]);
      expect(similarityOf(vector, vector)).toBeCloseTo(1, 5);
      expect(quality).toBeGreaterThan(0);
      // Of some the track was confirmed a little later.
      const points = records.flatMap(({ tracks }) => tracks.filter((track) => track.trackId === trackId));
      const timesMs = points.flatMap((track) => track.points.map((point) => point.timeMs));
      expect(timesMs[0]).toBeLessThanOrEqual(timeMs);
      expect(timesMs.at(-1)).toBeGreaterThanOrEqual(timeMs);
    }
  });

  it('are of colours where there is no model, and where it cannot be run, which is told', async () => {
    const broken = { model: { ...model, path: weights.path } };
    for (const describer of [{}, broken]) {
      const vision = new Vision([job(campus.path)], weights.path, 'auto', {}, describer);
      await vision.untilOver();
      expect(vision.messages).toContainEqual({ type: 'describing' });
      expect(new Set(vision.appearances.map(({ descriptor }) => descriptor))).toEqual(
        new Set(['colour-histogram']),
      );
      const notes = vision.messages.flatMap((message) => (message.type === 'note' ? [message.line] : []));
      const expected = 'person-reid-0287 is not used, but colour-histogram: ';
      expect(notes.filter((line) => line.startsWith(expected))).toHaveLength(describer === broken ? 1 : 0);
    }
  });

  it('are not taken of a camera whose people are not to be recognised', async () => {
    const vision = new Vision([job(campus.path, { identify: false })], weights.path, 'auto', {}, { model });
    await vision.untilOver();
    expect(vision.records).toHaveLength(71);
    expect(vision.appearances).toEqual([]);
  });
});
