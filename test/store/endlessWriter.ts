/*
 * A process that writes until it is killed: `node --import tsx endlessWriter.ts FOLDER [HOLD_BACK_MS]`. It tells each
 * frame once `commit` has returned. Without a second argument as fast as it can, each frame with events and a still;
 * with it in the time of the clock, and mostly more of the same.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { trackId } from '../../src/domain/ids.ts';
import { openWriter } from '../../src/store/writer.ts';
import { boxAt, camera, crossing, dock, frameOf, newRun, t0 } from './frames.ts';

const [folder, holdBack] = process.argv.slice(2);
if (folder === undefined) throw new Error('A data folder is needed');
const holdBackMs = holdBack === undefined ? 0 : Number(holdBack);
const eventsEvery = holdBackMs > 0 ? 300 : 1;
const writer = openWriter(folder, { nowMs: t0, holdBackMs });
writer.closeDangling();
writer.syncCameras([camera(dock)], t0);
const run = writer.beginRun(newRun());
const tracks = Array.from({ length: 20 }, (_, n) => trackId(`dock-${run}-${n}`));
const startMs = Date.now();
let lastMs = startMs;

for (let frame = 0; ; frame++) {
  // No two frames in one ms, also when this process has to catch up.
  lastMs = holdBackMs > 0 ? Math.max(Date.now(), lastMs + 1) : t0 + frame * 100;
  const timeMs = lastMs;
  const isEventful = frame % eventsEvery === 0;
  writer.commit({
    nowMs: timeMs,
    frames: [
      frameOf(run, frame, {
        timeMs,
        tracks: tracks.map((id, n) => ({
          trackId: id,
          label: 'person',
          points: [{ timeMs, box: boxAt(n / 40 + (frame % 2) / 100), confidence: 0.5 }],
        })),
        events: isEventful ? tracks.map((id) => crossing({ trackId: id, timeMs })) : [],
      }),
    ],
    stills: isEventful ? [{ camera: dock, timeMs, path: `${frame}.jpg`, width: 1, height: 1, bytes: 1 }] : [],
  });
  // The parent counts what it was told.
  if (!process.stdout.write(`${frame}\n`))
    await new Promise((resolve) => process.stdout.once('drain', resolve));
  if (holdBackMs > 0) await wait(Math.max(1, startMs + (frame + 1) * 10 - Date.now()));
}
