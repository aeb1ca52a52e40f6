/**
 * Identities on vtest.avi, from detector to people: the program watches the file (`argus watch --jsonl`, YOLOX-nano unless
 * told), its tracks of persons get appearances from one still a second as in use, and tracks are joined into identities.
 * Scored by IDF1 against PETS09-S2L1, where passages of one person count as one, with and without appearances.
 *
 *     npm run bench:identity [-- MODEL]
 */
import type { Appearance } from '../src/domain/appearance.ts';
import type { Box } from '../src/domain/box.ts';
import { cameraId, trackId } from '../src/domain/ids.ts';
import type { Identities, SeenTrack } from '../src/identify/contract.ts';
import { identitiesOf } from '../src/identify/identities.ts';
import { video, watchFile } from './argus.ts';
import { isUnlabelled } from './metrics/detection.ts';
import { compare, Tally, type LabelledFrames } from './metrics/frames.ts';
import { idf1, identity } from './metrics/identity.ts';
import { cropOf } from './reid/crops.ts';
import { describers, type Describe } from './reid/descriptors.ts';
import {
  coveredShare,
  framesPerStill,
  height,
  readPeople,
  stillsOfVtest,
  truthOfVtest,
  width,
} from './reid/gallery.ts';

interface Sighting {
  readonly track: string;
  readonly box: Box;
}

interface Frame {
  readonly timeMs: number;
  readonly persons: readonly Sighting[];
}

/** A track gets appearances at these ages, ms, or at the first good still after. */
const appearanceAgesMs = [0, 1000, 2000, 4000, 8000, 16_000];
const leastHeight = 40 / height;
const mostCovered = 0.3;
/** A box that touches the edge of the picture shows a part of somebody. */
const edge = 0.005;
const targetPoints = 5;

const people = readPeople();
const truth = truthOfVtest();
const frames = watch(process.argv[2] ?? 'yolox-nano');
const stills = await stillsOfVtest();
const owners = ownersOf(frames);

const apart = report('no appearances', identitiesOf(seenTracks(frames, new Map())));
for (const [name, open] of Object.entries(describers)) {
  const appearances = await appearancesOf(name, await open());
  const points = report(name, identitiesOf(seenTracks(frames, appearances))) - apart;
  const verdict = `target ≥ ${targetPoints} ${points >= targetPoints ? 'reached' : 'MISSED'}`;
  console.log(`  ${points.toFixed(1)} points better${name === 'person-reid-0287' ? `; ${verdict}` : ''}`);
}

function watch(model: string): Frame[] {
  interface Line {
    readonly wallTime: string;
    readonly detections: readonly {
      readonly box: readonly [number, number, number, number];
      readonly label: string;
      readonly trackId?: string;
    }[];
  }
  const args = ['--model', model, '--start', '2000-01-01T00:00:00Z', '--jsonl'];
  const lines = watchFile(video('vtest.avi'), args, (_, { stdout }) => stdout.trim().split('\n'));
  return lines.map((text) => {
    const { wallTime, detections } = JSON.parse(text) as Line;
    const persons = detections.flatMap(({ label, trackId: track, box: [x1, y1, x2, y2] }) =>
      label === 'person' && track !== undefined && !isUnlabelled({ x1, y1, x2, y2 })
        ? [{ track, box: { x1, y1, x2, y2 } }]
        : [],
    );
    return { timeMs: Date.parse(wallTime), persons };
  });
}

async function appearancesOf(descriptor: string, describe: Describe): Promise<Map<string, Appearance[]>> {
  const found = new Map<string, Appearance[]>();
  const began = new Map<string, number>();
  for (const [number, { timeMs, persons }] of frames.entries()) {
    for (const { track } of persons) if (!began.has(track)) began.set(track, timeMs);
    const planar = stills[number / framesPerStill];
    if (!planar) continue;
    for (const { track, box } of persons) {
      const known = found.get(track) ?? [];
      found.set(track, known);
      const isDue = timeMs - (began.get(track) ?? NaN) >= (appearanceAgesMs[known.length] ?? Infinity);
      const others = persons.map((person) => person.box);
      if (!isDue || !isGood(box, others)) continue;
      known.push({
        camera: cameraId('vtest'),
        trackId: trackId(track),
        timeMs,
        descriptor,
        vector: await describe(cropOf({ planar, width, height }, box)),
        quality: 1,
      });
    }
  }
  return found;
}

function isGood(box: Box, others: readonly Box[]): boolean {
  return (
    box.y2 - box.y1 >= leastHeight &&
    Math.min(box.x1, box.y1, 1 - box.x2, 1 - box.y2) >= edge &&
    coveredShare(box, others) <= mostCovered
  );
}

function seenTracks(
  of: readonly Frame[],
  appearances: ReadonlyMap<string, readonly Appearance[]>,
): SeenTrack[] {
  const tracks = new Map<string, SeenTrack>();
  for (const { timeMs, persons } of of) {
    for (const { track, box } of persons) {
      const known = tracks.get(track) ?? {
        trackId: trackId(track),
        camera: cameraId('vtest'),
        label: 'person',
        fromMs: timeMs,
        toMs: timeMs,
        firstBox: box,
        lastBox: box,
        appearances: appearances.get(track) ?? [],
      };
      tracks.set(track, { ...known, toMs: timeMs, lastBox: box });
    }
  }
  return [...tracks.values()];
}

/** Prints how well the identities fit; returns the IDF1 in percent. */
function report(title: string, { identities, doubts }: Identities): number {
  const numberOf = new Map(identities.flatMap(({ trackIds }, i) => trackIds.map((id) => [id as string, i])));
  const tracked: LabelledFrames = frames.map(({ persons }) =>
    persons.map(({ track, box }) => ({ id: numberOf.get(track) ?? -1, box })),
  );
  const persons = truth.map((objects) => objects.map(({ id, box }) => ({ id: people.personOf(id), box })));
  const score = 100 * idf1(identity(compare(persons, tracked)));
  const hops = identities.flatMap((one) => one.hops);
  const verdicts = hops.map(({ from, to }) => verdictOn(owners.get(from), owners.get(to)));
  const of = (verdict: string) => verdicts.filter((v) => v === verdict).length;
  console.log(
    `${title.padEnd(18)} IDF1 ${score.toFixed(1)}   ${numberOf.size} tracks, ${identities.length} people, ` +
      `${hops.length} joins (≥ 90 %): ${of('right')} right, ${of('wrong')} wrong, ${of('unsure')} unsure; ${doubts.length} doubts`,
  );
  return score;
}

/** Whom each track follows most of the time, by passage; none where it mostly follows nobody of the ground truth. */
function ownersOf(of: readonly Frame[]): Map<string, number> {
  const tallies = new Map<string, Tally<number>>();
  of.forEach(({ persons }, frame) => {
    const objects = truth[frame] ?? [];
    const boxes = persons.map(({ box }, id) => ({ id, box }));
    const [compared] = compare([objects], [boxes]);
    persons.forEach(({ track }, j) => {
      const tally = tallies.get(track) ?? new Tally<number>();
      tallies.set(track, tally);
      const similarity = (i: number) => compared?.similarity[i * persons.length + j] ?? 0;
      const nearest = objects
        .map(({ id }, i) => ({ id, iou: similarity(i) }))
        .sort((a, b) => b.iou - a.iou)[0];
      tally.add(nearest && nearest.iou >= 0.5 ? nearest.id : 0);
    });
  });
  const most = (tally: Tally<number>) => [...tally.entries()].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
  return new Map([...tallies].map(([track, tally]) => [track, most(tally)]));
}

function verdictOn(a = 0, b = 0): 'right' | 'wrong' | 'unsure' {
  if (a !== 0 && people.personOf(a) === people.personOf(b)) return 'right';
  return people.areUnsure(a, b) ? 'unsure' : 'wrong';
}
