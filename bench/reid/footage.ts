import type { Box } from '../../src/domain/box.ts';
import { video, watchFile } from '../argus.ts';
import { readSequences } from '../mot15.ts';
import { planarFrames } from '../planarFrames.ts';
import { cropOf } from './crops.ts';
import { coveredShare, looksOfVtest, readPeople } from './gallery.ts';

/** One look at somebody whose name is known. */
interface KnownLook {
  /** Tells people apart within one video. */
  readonly person: string;
  /** One passage through the picture. */
  readonly passage: string;
  readonly timeMs: number;
  readonly crop: Uint8Array;
}

export interface Footage {
  readonly name: string;
  readonly looks: readonly KnownLook[];
  /** Whether two passages are perhaps, but not surely, of one person. */
  readonly areUnsure: (a: string, b: string) => boolean;
}

/** A person is left out where somebody nearer to the camera covers more of the box. */
const mostCovered = 0.3;

/** All footage of which is known who is who. */
export const readFootage = async (): Promise<Footage[]> => [
  await vtest(),
  await oneByOne(),
  await tudCampus(),
];

async function vtest(): Promise<Footage> {
  const people = readPeople();
  const looks = (await looksOfVtest()).map(({ frame, passage, crop }) => ({
    person: people.personOf(passage).toString(),
    passage: passage.toString(),
    timeMs: frame * 100,
    crop,
  }));
  return { name: 'vtest', looks, areUnsure: (a, b) => people.areUnsure(Number(a), Number(b)) };
}

/**
 * Six people, one at a time, by the seconds in which each is in view: looked at frame by frame. In turn a fair woman in grey,
 * a man in black with a collar, a fair woman in black, a man in a black T-shirt, a dark woman in grey, a man in a pale shirt.
 */
export const oneByOnePeople = [
  ['fair, grey', 6, 20],
  ['collar, black', 23, 46],
  ['fair, black', 50, 70],
  ['T-shirt, black', 74, 88],
  ['dark, grey', 92, 121],
  ['pale shirt', 123, 137],
] as const;

async function oneByOne(): Promise<Footage> {
  const size = { width: 768, height: 432 };
  const path = video('one-by-one-person-detection.mp4');
  const every = 10;
  const boxes = watchFile(path, ['--model', 'yolox-nano', '--jsonl'], (_, { stdout }) =>
    stdout.trim().split('\n').map(personOf),
  );
  const stills = await planarFrames(path, size, { colour: 'rgb', every });
  const looks = stills.flatMap((planar, n): KnownLook[] => {
    const box = boxes[n * every];
    const who = oneByOnePeople.find(([, from, to]) => n >= from && n < to)?.[0];
    if (!box || who === undefined) return [];
    return [{ person: who, passage: who, timeMs: n * 1000, crop: cropOf({ planar, ...size }, box) }];
  });
  return { name: 'one-by-one', looks, areUnsure: () => false };
}

/** The only tracked person of a line of `argus watch --jsonl`. */
function personOf(line: string): Box | undefined {
  const { detections } = JSON.parse(line) as {
    detections: { box: [number, number, number, number]; label: string; trackId?: string }[];
  };
  const [found] = detections.filter(({ label, trackId }) => label === 'person' && trackId !== undefined);
  if (!found) return undefined;
  const [x1, y1, x2, y2] = found.box;
  return { x1, y1, x2, y2 };
}

async function tudCampus(): Promise<Footage> {
  const sequence = readSequences().find(({ name }) => name === 'TUD-Campus');
  if (!sequence) throw new Error('TUD-Campus is not there');
  const { width, height, truth, framesPerSecond } = sequence;
  // The clip is short: a look each quarter of a second.
  const every = 6;
  const stills = await planarFrames(video('TUD-Campus.mp4'), { width, height }, { colour: 'rgb', every });
  const looks = stills.flatMap((planar, n) => {
    const people = truth[n * every] ?? [];
    const boxes = people.map(({ box }) => box);
    return people
      .filter(({ box }) => coveredShare(box, boxes) <= mostCovered)
      .map(({ id, box }) => ({
        person: id.toString(),
        passage: id.toString(),
        timeMs: (1000 * n * every) / framesPerSecond,
        crop: cropOf({ planar, width, height }, box),
      }));
  });
  return { name: 'TUD-Campus', looks, areUnsure: () => false };
}
