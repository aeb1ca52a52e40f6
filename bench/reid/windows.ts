import { openReader } from '../../src/store/reader.ts';
import { fewestPeople } from '../../src/identify/fewestPeople.ts';
import { peopleIn } from '../../src/mcp/people.ts';
import { video, watchFile } from '../argus.ts';
import { readSequences } from '../mot15.ts';
import { oneByOnePeople } from './footage.ts';
import { readPeople } from './gallery.ts';

/** How many different people the program says there were in a window, and how many there were. */
export interface Window {
  readonly video: string;
  readonly fromS: number;
  readonly toS: number;
  readonly least: number;
  readonly most: number;
  /** From and to: some are hardly in view, and of some it is not sure who they are. */
  readonly truth: readonly [number, number];
}

const startMs = Date.parse('2026-01-01T00:00:00Z');

/** Fifty windows, spread over the three videos: from 5 s to all of it; of TUD-Campus, which is 3 s long, two and more. */
export const windowsOfFootage = (): Window[] => [
  ...windowsOf('vtest.avi', spread(30, 79, 5, 60), truthOfVtest()),
  ...windowsOf('one-by-one-person-detection.mp4', spread(15, 139, 20, 139), truthOfOneByOne),
  ...windowsOf('TUD-Campus.mp4', spread(5, 2.8, 1.6, 2.8), truthOfCampus()),
];

/** Windows of growing length, each beginning elsewhere. */
function spread(count: number, lengthS: number, shortestS: number, longestS: number): [number, number][] {
  return Array.from({ length: count }, (_, n) => {
    const windowS = shortestS + ((longestS - shortestS) * n) / Math.max(1, count - 1);
    const fromS = (lengthS - windowS) * ((n * 0.618) % 1);
    return [Number(fromS.toFixed(1)), Number((fromS + windowS).toFixed(1))];
  });
}

/** Whoever is in view for less than a second, and at least so long, may be counted or not. */
const passingS = 0.2;

type Truth = (fromS: number, toS: number) => readonly [number, number];

function windowsOf(name: string, spans: readonly [number, number][], truth: Truth): Window[] {
  const args = ['--model', 'yolox-nano', '--start', new Date(startMs).toISOString()];
  return watchFile(video(name), args, (data) => {
    const reader = openReader(data);
    const windows = spans.map(([fromS, toS]): Window => {
      const window = { fromMs: startMs + 1000 * fromS, toMs: startMs + 1000 * toS };
      const people = peopleIn(reader, { window, labels: ['person'] });
      const most = people.identities.identities.length;
      const least = Math.max(Math.min(1, most), fewestPeople(people.identities, people));
      return { video: name, fromS, toS, least, most, truth: truth(fromS, toS) };
    });
    reader.close();
    return windows;
  });
}

/** The people of the ground truth who are in view for so long. */
function inView(sequence: string, framesPerSecond: number, fromS: number, toS: number, leastS: number) {
  const { truth = [] } = readSequences().find(({ name }) => name === sequence) ?? {};
  const frames = new Map<number, number>();
  truth.slice(Math.ceil(fromS * framesPerSecond), Math.ceil(toS * framesPerSecond)).forEach((objects) => {
    for (const { id } of objects) frames.set(id, (frames.get(id) ?? 0) + 1);
  });
  return [...frames].filter(([, count]) => count >= leastS * framesPerSecond).map(([id]) => id);
}

/** The somebody who stands unlabelled at the top left counts, too. */
function truthOfVtest(): Truth {
  const people = readPeople();
  return (fromS, toS) => {
    const personsFor = (leastS: number) => [
      ...new Set(inView('PETS09-S2L1', 10, fromS, toS, leastS).map((id) => people.personOf(id))),
    ];
    const persons = personsFor(1);
    const unsure = persons.filter((one, i) =>
      persons.slice(0, i).some((other) => people.areUnsure(one, other)),
    );
    return [persons.length + 1 - unsure.length, personsFor(passingS).length + 1];
  };
}

function truthOfCampus(): Truth {
  return (fromS, toS) => {
    const countFor = (leastS: number) => inView('TUD-Campus', 25, fromS, toS, leastS).length;
    return [countFor(0.5), countFor(passingS)];
  };
}

const truthOfOneByOne: Truth = (fromS, toS) => {
  const count = oneByOnePeople.filter(([, from, to]) => from < toS - 1 && to > fromS + 1).length;
  return [count, count];
};
