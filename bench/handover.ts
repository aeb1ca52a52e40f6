/**
 * Following people from camera to camera: the left and the right half of vtest.avi as two RTSP cameras on loopback,
 * watched live by one station; then `trace_person` is asked about every track. `npm run bench:handover`
 *
 * A hand-over of the ground truth (PETS09-S2L1, people who come back under one id) is somebody whose box's centre goes from
 * one half to the other and stays for a second on either side. One is found where trace_person has a track of that person
 * in the one half that ends, and a track in the other that begins, within 5 s of it. Of the links that it tells, those
 * between halves are right that join two tracks of one person.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { iou, type Box } from '../src/domain/box.ts';
import { cameraId, type CameraId, type TrackId } from '../src/domain/ids.ts';
import { tracePerson } from '../src/mcp/tools/tracePerson.ts';
import { openReader, type Reader } from '../src/store/reader.ts';
import { startRtspServer } from '../test/fixtures/rtspServer.ts';
import { video } from './argus.ts';
import { readPeople, truthOfVtest } from './reid/gallery.ts';

const frameMs = 100;
const [left, right] = [cameraId('left'), cameraId('right')];
const halves: readonly { readonly camera: CameraId; readonly fromX: number }[] = [
  { camera: left, fromX: 0 },
  { camera: right, fromX: 0.5 },
];
const halfPixels = 384;
/** How long somebody stays in a half before and after changing over, frames. */
const stayFrames = 10;
const nearMs = 5_000;
const targets = { precision: 0.9, recall: 0.6 };

const truth = truthOfVtest();
const people = readPeople();

/** Who is in which half in each frame: boxes in parts of the half's picture. */
function truthOf(fromX: number): readonly (readonly { readonly person: number; readonly box: Box }[])[] {
  return truth.map((objects) =>
    objects.flatMap(({ id, box }) => {
      const centre = (box.x1 + box.x2) / 2;
      if (centre < fromX || centre >= fromX + 0.5) return [];
      const inHalf = (x: number) => Math.min(1, Math.max(0, (x - fromX) / 0.5));
      return [{ person: people.personOf(id), box: { ...box, x1: inHalf(box.x1), x2: inHalf(box.x2) } }];
    }),
  );
}

interface HandOver {
  readonly person: number;
  readonly from: CameraId;
  readonly to: CameraId;
  readonly frame: number;
}

function trueHandOvers(): HandOver[] {
  const ids = [...new Set(truth.flatMap((objects) => objects.map(({ id }) => id)))];
  return ids.flatMap((id) => {
    const sides = truth.map((objects) => {
      const box = objects.find((object) => object.id === id)?.box;
      return box && ((box.x1 + box.x2) / 2 < 0.5 ? left : right);
    });
    return sides.flatMap((to, frame) => {
      const from = sides[frame - 1];
      const stays = (side: CameraId | undefined, first: number) =>
        Array.from({ length: stayFrames }, (_, i) => sides[first + i]).every((one) => one === side);
      const changes = from !== undefined && to !== undefined && from !== to;
      return changes && stays(from, frame - stayFrames) && stays(to, frame)
        ? [{ person: people.personOf(id), from, to, frame }]
        : [];
    });
  });
}

/** Watches both halves until the file is over. */
async function watchHalves(folder: string): Promise<void> {
  const servers = await Promise.all(
    halves.map(({ fromX }) =>
      startRtspServer({
        file: video('vtest.avi'),
        crop: fromX === 0 ? [0, halfPixels] : [halfPixels, 0],
      }),
    ),
  );
  const cameras = halves.map(({ camera }, i) => `  - {id: ${camera}, source: "${servers[i]?.url ?? ''}"}`);
  const config = join(folder, 'argus.yaml');
  writeFileSync(config, `detector: yolox-nano\nserver: {port: 0}\ncameras:\n${cameras.join('\n')}\n`);
  const cli = resolve(import.meta.dirname, '../dist/cli.js');
  const station = spawn(process.execPath, [cli, 'serve', '--config', config, '--data', folder], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Set<string>();
  for await (const line of createInterface({ input: station.stderr })) {
    const camera = /^(left|right): reconnecting/.exec(line)?.[1];
    if (camera === undefined) continue;
    ended.add(camera);
    // Before the file is served again.
    if (ended.size === halves.length) station.kill('SIGINT');
    await servers[camera === 'left' ? 0 : 1]?.stop();
  }
  await Promise.all(servers.map((server) => server.stop()));
}

interface Matched {
  readonly camera: CameraId;
  readonly person: number | undefined;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The person of each track, and the time of frame 0 in its camera: that at which tracks and truth agree best. */
function matchTracks(reader: Reader): { tracks: Map<TrackId, Matched>; startMs: Map<CameraId, number> } {
  const tracks = new Map<TrackId, Matched>();
  const startMs = new Map<CameraId, number>();
  for (const { camera, fromX } of halves) {
    const span = reader.span(camera);
    if (!span) throw new Error(`${camera} saw nothing`);
    const objects = truthOf(fromX);
    const seen = reader
      .tracksIn(span, { cameras: [camera], labels: ['person'] })
      .map(({ id, firstMs, lastMs }) => ({
        id,
        firstMs,
        lastMs,
        points: reader.trackPoints(id),
      }));
    const agreement = (start: number) =>
      seen.reduce(
        (sum, { points }) =>
          sum +
          points.reduce((best, { timeMs, box }) => {
            const there = objects[Math.round((timeMs - start) / frameMs)] ?? [];
            return best + Math.max(0, ...there.map((object) => iou(object.box, box)));
          }, 0),
        0,
      );
    const starts = Array.from({ length: 81 }, (_, i) => span.fromMs - 3000 + i * 50);
    const start = starts.toSorted((a, b) => agreement(b) - agreement(a))[0] ?? span.fromMs;
    startMs.set(camera, start);
    for (const { id, firstMs, lastMs, points } of seen) {
      const votes = new Map<number, number>();
      for (const { timeMs, box } of points) {
        const there = objects[Math.round((timeMs - start) / frameMs)] ?? [];
        for (const { person, box: truly } of there)
          if (iou(truly, box) >= 0.4) votes.set(person, (votes.get(person) ?? 0) + 1);
      }
      const [best] = [...votes].toSorted((a, b) => b[1] - a[1]);
      const person = best && best[1] >= points.length / 3 ? best[0] : undefined;
      tracks.set(id, { camera, person, fromMs: firstMs, toMs: lastMs });
    }
  }
  return { tracks, startMs };
}

const folder = mkdtempSync(join(tmpdir(), 'argus-bench-'));
try {
  await watchHalves(folder);
  const reader = openReader(folder);
  const { tracks, startMs } = matchTracks(reader);
  const world = {
    reader: () => reader,
    live: () => Promise.resolve(undefined),
    readStill: () => Promise.reject(new Error('no pictures are asked for')),
    now: Date.now,
    timeZone: 'UTC',
  };
  const links = new Set<string>();
  const identityOf = new Map<TrackId, readonly string[]>();
  for (const id of tracks.keys()) {
    if (reader.track(id)?.label !== 'person' || (reader.track(id)?.points ?? 0) < 3) continue;
    const { structured } = await tracePerson.handle({ track_id: id }, world);
    const ids = structured.passages.map(({ track_id }) => track_id);
    identityOf.set(id, ids);
    ids.forEach((next, i) => {
      const previous = ids[i - 1];
      const of = previous === undefined ? undefined : tracks.get(previous as TrackId);
      if (of && of.camera !== tracks.get(next as TrackId)?.camera) links.add(`${previous ?? ''} ${next}`);
    });
  }
  const judged = [...links].map((link) => {
    const [a, b] = link.split(' ').map((id) => tracks.get(id as TrackId)?.person);
    if (a === undefined || b === undefined) return 'unknown';
    if (a === b) return 'right';
    return people.areUnsure(a, b) ? 'unknown' : 'wrong';
  });
  const count = (verdict: string) => judged.filter((one) => one === verdict).length;
  const wanted = trueHandOvers();
  const found = wanted.filter(({ person, from, to, frame }) => {
    const near = (camera: CameraId, { fromMs, toMs }: Matched, side: 'before' | 'after') => {
      const at = (startMs.get(camera) ?? 0) + frame * frameMs;
      return side === 'before' ? fromMs <= at && toMs >= at - nearMs : toMs >= at && fromMs <= at + nearMs;
    };
    const of = (camera: CameraId, side: 'before' | 'after') =>
      [...tracks].filter(
        ([, track]) => track.camera === camera && track.person === person && near(camera, track, side),
      );
    return of(from, 'before').some(([a]) => of(to, 'after').some(([b]) => identityOf.get(a)?.includes(b)));
  });
  const precision = count('right') / (count('right') + count('wrong'));
  const recall = found.length / wanted.length;
  const described = reader.appearances().length;
  console.log(`${tracks.size} tracks of people in two cameras, ${described} looks`);
  console.log(
    `${links.size} links between cameras: ${count('right')} right, ${count('wrong')} wrong, ${count('unknown')} of tracks that match nobody or perhaps`,
  );
  console.log(`${found.length} of ${wanted.length} true hand-overs found`);
  const reached = precision >= targets.precision && recall >= targets.recall;
  console.log(
    `precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}; target ≥ ${targets.precision} and ≥ ${targets.recall} ${reached ? 'reached' : 'MISSED'}`,
  );
  if (!reached) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
