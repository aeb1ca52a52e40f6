import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openReader } from '../../src/store/reader.ts';
import { openWriter } from '../../src/store/writer.ts';
import { sandbox } from '../fixtures/argus.ts';
import { camera, crossing, dock, gate, newRun, t0, walk } from '../store/fixture.ts';

/** What is stored of the cameras of a data folder. */
function stored(folder: string) {
  const reader = openReader(folder);
  try {
    return reader.cameras().map(({ id }) => [id, reader.countEvents({ camera: id })[0]?.count ?? 0]);
  } finally {
    reader.close();
  }
}

it('argus cameras remove says what would go, and deletes one camera with --yes', async () => {
  const box = sandbox();
  mkdirSync(box.data);
  const writer = openWriter(box.data, { nowMs: t0 });
  writer.syncCameras([camera(dock), camera(gate)], t0);
  writer.syncLinks([{ from: dock, to: gate, minSeconds: 1, maxSeconds: 9 }]);
  const run = writer.beginRun(newRun());
  writer.commit({ nowMs: t0, frames: walk(run, 0, 100) });
  writer.endRun(run, 'stopped', t0 + 10_100, [crossing()]);
  writer.watches.add(
    { name: 'door', camera: dock, condition: { kind: 'camera_down', forMs: 30_000 }, cooldownMs: 0 },
    t0,
  );
  writer.close();

  const asked = await box.run(['cameras', 'remove', 'dock']);
  expect([asked.code, asked.stdout]).toEqual([
    1,
    'Camera dock has 1 track, 1 event, 0 pictures and 1 alert rule from 1 run. To delete all of it for ever: argus cameras remove dock --yes\n',
  ]);
  expect(stored(box.data)).toEqual([['dock', 1], ['gate', 0]]); // prettier-ignore
  const done = await box.run(['cameras', 'remove', 'dock', '--yes']);
  expect([done.code, done.stdout]).toMatchObject([0, expect.stringContaining('Camera dock is deleted')]);
  expect(stored(box.data)).toEqual([['gate', 0]]);
  const again = await box.run(['cameras', 'remove', 'dock', '--yes']);
  expect([again.code, again.stderr]).toEqual([1, 'argus: There is no camera "dock". Known: gate.\n']);
});

it('argus watch of a source that cannot be read leaves no camera', async () => {
  const box = sandbox();
  const broken = box.path('broken.mp4');
  writeFileSync(broken, 'this is no video '.repeat(100));
  const { code } = await box.run(['watch', broken, '--model', 'yolox-nano']);
  expect(code).toBe(1);
  expect(stored(box.data)).toEqual([]);
});
