import { copyFileSync, mkdirSync } from 'node:fs';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { cameraId, shapeId } from '../../src/domain/ids.ts';
import { databasePath } from '../../src/store/database.ts';
import { openReader, type Reader } from '../../src/store/reader.ts';
import { sandbox, Sandbox, type Finished, type Running } from '../fixtures/argus.ts';
import { shared } from '../fixtures/shared.ts';

const vtest = shared('video/vtest.avi');
const campus = shared('video/TUD-Campus.mp4');
const yoloxNano = shared('models/yolox_nano.onnx');
const yolov10n = shared('models/yolov10n.onnx');
const missing = vtest.missing || campus.missing || yoloxNano.missing || yolov10n.missing;

const camera = cameraId('vtest');
const line = '--line=middle:0.5,0,0.5,1';
const start = '--start=2026-03-02T10:00:00Z';
const startMs = Date.parse('2026-03-02T10:00:00Z');
const everything = { fromMs: 0, toMs: 8.64e15 };

const part = z.number().min(0).max(1);
const frameSchema = z.strictObject({
  camera: z.string(),
  frame: z.int().min(0),
  mediaTimeMs: z.number().min(0),
  wallTime: z.iso.datetime(),
  detections: z.array(
    z.strictObject({
      box: z.tuple([part, part, part, part]).refine(([x1, y1, x2, y2]) => x1 < x2 && y1 < y2),
      label: z.string().min(1),
      confidence: z.number().gt(0).max(1),
      trackId: z.string().optional(),
    }),
  ),
});
type FrameLine = z.infer<typeof frameSchema>;

/** Every line of stdout, each of which must be a frame. */
function framesOf(stdout: string): FrameLine[] {
  expect(stdout.endsWith('\n')).toBe(true);
  return stdout
    .slice(0, -1)
    .split('\n')
    .map((text) => frameSchema.parse(JSON.parse(text)));
}

function expectFrames(frames: readonly FrameLine[], count: number, stepMs: number): void {
  expect(frames.map(({ frame }) => frame)).toEqual(Array.from({ length: count }, (_, n) => n));
  expect(frames.map(({ mediaTimeMs }) => mediaTimeMs)).toEqual(
    Array.from({ length: count }, (_, n) => n * stepMs),
  );
  expect(frames.map(({ wallTime }) => Date.parse(wallTime))).toEqual(
    frames.map(({ mediaTimeMs }) => startMs + mediaTimeMs),
  );
}

function asked<T>(data: string, question: (reader: Reader) => T): T {
  const reader = openReader(data);
  try {
    return question(reader);
  } finally {
    reader.close();
  }
}

const framesStored = (data: string, of = camera): number =>
  asked(data, (reader) => reader.coverage(of, everything).reduce((sum, { frames }) => sum + frames, 0));

const crossings = (data: string) =>
  asked(data, (reader) => reader.countEvents({ camera, shape: shapeId('middle') }, ['direction']));

function expectSound(data: string): void {
  const db = new Database(databasePath(data), { readonly: true });
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(db.pragma('foreign_key_check')).toEqual([]);
  db.close();
}

const runsStored = (data: string): { end_reason: string | null }[] => {
  const db = new Database(databasePath(data), { readonly: true });
  const runs = db
    .prepare<[], { end_reason: string | null }>('SELECT end_reason FROM runs ORDER BY number')
    .all();
  db.close();
  return runs;
};

/** Everything of the tracks but their ids, which count all labels. */
function tracksStored(data: string): { label: string; max_confidence: number }[] {
  const db = new Database(databasePath(data), { readonly: true });
  const tracks = db
    .prepare<[], { label: string; max_confidence: number }>(
      'SELECT label, first_ms, last_ms, points, max_confidence FROM tracks ORDER BY first_ms, last_ms, points',
    )
    .all();
  db.close();
  return tracks;
}

const isPerson = ({ label }: { readonly label: string }): boolean => label === 'person';

/** Nobody is near the line from 36 s to 46 s of vtest.avi, so an interruption there costs no crossing. */
const quietFrame = '"frame":190,';
const fifth = ['watch', vtest.path, '--fps=5', line, start];
const framesOfFifth = 398;

describe.skipIf(missing !== false)(
  `watching a file${missing ? ` (${missing})` : ''}`,
  { timeout: 240_000 },
  () => {
    let reference: Sandbox;
    let undisturbed: Finished;
    beforeAll(async () => {
      reference = new Sandbox();
      undisturbed = await reference.run([...fifth, '--jsonl']);
      return () => reference.close();
    }, 240_000);

    it('follows only what is as sure as was asked for its class, and all else as before', async () => {
      const watched = async (confidence: string) => {
        const box = sandbox();
        const { code, stderr } = await box.run([...fifth, `--confidence=${confidence}`]);
        expect({ code, stderr }).toMatchObject({ code: 0 });
        return tracksStored(box.data);
      };
      const usual = tracksStored(reference.data);
      const [persons, others] = [usual.filter(isPerson), usual.filter((track) => !isPerson(track))];
      expect(persons.length).toBeGreaterThan(10);
      expect(others.map(({ label }) => label)).toContain('car');

      const surePersons = await watched('person=0.99');
      expect(surePersons).toEqual(others);
      const sureCars = await watched('car=0.99');
      expect(sureCars.filter(isPerson)).toEqual(persons);
      expect(sureCars.filter(({ label }) => label === 'car')).toEqual([]);
      const allButPersons = await watched('0.99,person=0.4');
      expect(allButPersons).toEqual(persons);
    });

    it('prints one line for each frame, and nothing else, on stdout', async () => {
      const { code, stdout, stderr } = await sandbox().run(['watch', vtest.path, '--jsonl', start]);
      expect({ code, stderr }).toMatchObject({ code: 0 });
      const frames = framesOf(stdout);
      expectFrames(frames, 795, 100);
      const labels = frames.flatMap(({ detections }) => detections.map(({ label }) => label));
      expect(labels.filter((label) => label === 'person').length).toBeGreaterThan(795);
      expect(new Set(frames.map((frame) => frame.camera))).toEqual(new Set(['vtest']));
    });

    it('does so with a detector that the user names', async () => {
      const args = ['watch', vtest.path, '--jsonl', start, '--model=yolov10n', '--fps=1', '--classes=person'];
      const { code, stdout, stderr } = await sandbox().run(args);
      expect(code).toBe(0);
      // Its licence is said aloud.
      expect(stderr).toMatch(/yolov10n .*AGPL/);
      const frames = framesOf(stdout);
      expectFrames(frames, 80, 1000);
      const labels = frames.flatMap(({ detections }) => detections.map(({ label }) => label));
      expect(new Set(labels)).toEqual(new Set(['person']));
      expect(labels.length).toBeGreaterThan(80);
    });

    it('thins a file to the frames asked for, and stores them all', () => {
      expect(undisturbed).toMatchObject({ code: 0 });
      expectFrames(framesOf(undisturbed.stdout), framesOfFifth, 200);
      expect(framesStored(reference.data)).toBe(framesOfFifth);
      expect(crossings(reference.data).every(({ count }) => count > 5)).toBe(true);
      expectSound(reference.data);
    });

    it('ends quietly when whoever reads its lines has had enough', async () => {
      const watching = sandbox().start(['watch', 'test:ball', '--jsonl']);
      await watching.until(() => watching.stdout.includes('"frame":3,'));
      watching.process.stdout?.destroy();
      const { code, stderr } = await watching.finished;
      expect({ code, stderr }).toMatchObject({ code: 0 });
      expect(stderr).not.toMatch(/EPIPE|Error/);
    });

    it('goes on after its vision process was killed, with no frame missing or twice', async () => {
      const box = sandbox();
      const watching = box.start([...fifth, '--jsonl']);
      await watching.until(() => watching.stdout.includes(quietFrame));
      const [vision, ...others] = watching.children();
      expect(others).toEqual([]);
      process.kill(vision ?? 0, 'SIGKILL');

      const { code, stdout, stderr } = await watching.finished;
      expect(code).toBe(0);
      expect(stderr).toMatch(/vision process ended \(SIGKILL\).*going on with vtest after \d+\.\d s/);
      expectFrames(framesOf(stdout), framesOfFifth, 200);
      expect(runsStored(box.data)).toEqual([{ end_reason: 'crashed' }, { end_reason: 'finished' }]);
      expect(framesStored(box.data)).toBe(framesOfFifth);
      expect(crossings(box.data)).toEqual(crossings(reference.data));
      expectSound(box.data);
    });

    it('goes on in a station after all of it was killed, and does not read a finished file again', async () => {
      const box = sandbox();
      const watching = box.start([...fifth, '--jsonl'], { detached: true });
      await watching.until(() => watching.stdout.includes(quietFrame));
      // What is stored lags behind what is printed: without a halt a fast machine goes on from before the quiet stretch.
      process.kill(watching.children()[0] ?? 0, 'SIGSTOP');
      await watching.until(() => framesStored(box.data) === watching.stdout.trimEnd().split('\n').length);
      process.kill(-watching.pid, 'SIGKILL');
      await watching.finished;
      expectSound(box.data);
      expect(framesStored(box.data)).toBeLessThan(framesOfFifth);

      const config = box.write(
        'argus.yaml',
        `cameras:
  - id: vtest
    source: ${vtest.path}
    fps: 5
    startTime: 2026-03-02T10:00:00Z
    lines: [{ id: middle, from: [0.5, 0], to: [0.5, 1] }]
`,
      );
      const serving = box.start(['serve', '--config', config, '--port=0']);
      await serving.untilSaid(/vtest: finished/);
      await stop(serving);
      expect(runsStored(box.data)).toEqual([{ end_reason: 'crashed' }, { end_reason: 'finished' }]);
      expect(framesStored(box.data)).toBe(framesOfFifth);
      expect(crossings(box.data)).toEqual(crossings(reference.data));
      expectSound(box.data);

      const again = box.start(['serve', '--config', config, '--port=0']);
      await again.untilSaid(/Stop with/);
      expect(again.children()).toEqual([]);
      await stop(again);
      expect(runsStored(box.data)).toHaveLength(2);
    });

    it('replaces what was stored of a file that is watched again, and keeps files of one name apart', async () => {
      const box = sandbox();
      mkdirSync(box.path('other'));
      const [first, second] = [box.path('gate.mp4'), box.path('other', 'gate.mp4')];
      for (const path of [first, second]) copyFileSync(campus.path, path);
      const watch = async (path: string, fps: number) => {
        const { code, stderr } = await box.run(['watch', path, `--fps=${fps}`]);
        expect(code).toBe(0);
        return stderr;
      };
      const stored = () =>
        asked(box.data, (reader) => reader.cameras().map(({ id, source }) => ({ id, source })));

      await watch(first, 5);
      expect(framesStored(box.data, cameraId('gate'))).toBe(15);
      const earlier = asked(box.data, (reader) => reader.span(cameraId('gate')));
      expect(await watch('gate.mp4', 10)).toMatch(/gate: read before; what was stored of it is replaced/);
      expect(framesStored(box.data, cameraId('gate'))).toBe(29);
      const later = asked(box.data, (reader) => reader.span(cameraId('gate')));
      expect(later?.fromMs).toBeGreaterThan(earlier?.fromMs ?? Infinity);
      expect(stored()).toEqual([{ id: 'gate', source: first }]);

      await watch(second, 5);
      expect(stored()).toEqual([
        { id: 'gate', source: first },
        { id: 'gate-2', source: second },
      ]);
      expect(framesStored(box.data, cameraId('gate'))).toBe(29);
      expect(framesStored(box.data, cameraId('gate-2'))).toBe(15);
    });
  },
);

/** As Ctrl-C does. */
async function stop(running: Running): Promise<void> {
  running.process.kill('SIGINT');
  expect(await running.finished).toMatchObject({ code: 0 });
}
