/* A process that writes until it is killed: `node --import tsx endlessWriter.ts FOLDER`. */
import { trackId } from '../../src/domain/ids.ts';
import { openWriter } from '../../src/store/writer.ts';
import { boxAt, camera, crossing, dock, frameOf, newRun, t0 } from './frames.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('A data folder is needed');
const writer = openWriter(folder, { nowMs: t0 });
writer.syncCameras([camera(dock)], t0);
const run = writer.beginRun(newRun());
const tracks = Array.from({ length: 20 }, (_, n) => trackId(`dock-${run}-${n}`));

for (let frame = 0; ; frame++) {
  const timeMs = t0 + frame * 100;
  writer.commit({
    nowMs: timeMs,
    frames: [
      frameOf(run, frame, {
        tracks: tracks.map((id, n) => ({
          trackId: id,
          label: 'person',
          points: [{ timeMs, box: boxAt(n / 40), confidence: 0.5 }],
        })),
        events: tracks.map((id) => crossing({ trackId: id, timeMs })),
      }),
    ],
    stills: [{ camera: dock, timeMs, path: `${frame}.jpg`, width: 1, height: 1, bytes: 1 }],
  });
  // The parent counts what it was told is stored.
  if (!process.stdout.write(`${frame}\n`))
    await new Promise((resolve) => process.stdout.once('drain', resolve));
}
