/**
 * Recognising people who come back: the people of PETS09-S2L1 (vtest.avi) by their true boxes, one still a second, who is
 * who by `shared/reid/reentry_map.json`. `npm run bench:reid [-- DESCRIPTOR …]`
 *
 * Search: each look at a person who has another passage is looked for among all looks of all other passages; right are
 * those of the same person. Passages that are perhaps of one person are left out, or, stricter, taken for different.
 * Calibration: pieces of passages, of up to 8 s and 6 looks, compared in pairs across passages as tracks are.
 */
import { similarityOf, type Appearance } from '../src/domain/appearance.ts';
import { cameraId, trackId } from '../src/domain/ids.ts';
import { logRatioOf } from '../src/identify/calibration.ts';
import { compareTracks } from '../src/identify/compareTracks.ts';
import { describers } from './reid/descriptors.ts';
import { looksOfVtest, readPeople, type Look } from './reid/gallery.ts';
import {
  equalErrorRate,
  fitLogistic,
  meanAveragePrecision,
  rank1,
  type Logistic,
  type Ranking,
  type ScoredPair,
} from './reid/scores.ts';

interface DescribedLook extends Look {
  readonly vector: Float32Array;
}

interface PersonPair extends ScoredPair {
  readonly people: readonly [number, number];
}

const pieceFrames = 80;
const looksOfPiece = 6;
const targets: Readonly<Record<string, readonly [rank1: number, map: number]>> = {
  'person-reid-0287': [0.88, 0.87],
  'colour-histogram': [0.77, 0.55],
};

const people = readPeople();
const looks = await looksOfVtest();
const asked = process.argv.slice(2);
const names = asked.length > 0 ? asked : Object.keys(describers);
console.log(`${looks.length} looks at ${new Set(looks.map((look) => look.passage)).size} passages`);
for (const name of names) await report(name);

async function report(name: string): Promise<void> {
  const open = describers[name];
  if (!open) throw new Error(`no descriptor ${name}, only ${Object.keys(describers).join(', ')}`);
  const describe = await open();
  const described: DescribedLook[] = [];
  for (const look of looks) described.push({ ...look, vector: await describe(look.crop) });

  const rankings = searches(described, 'left out');
  const strict = searches(described, 'different');
  const [first, map] = [rank1(rankings), meanAveragePrecision(rankings)];
  const pairs = pairsOf(pieces(described), ({ vectors: a }, { vectors: b }) =>
    similarityOfPieces(name, a, b),
  );
  const lookPairs = pairsOf(described, (a, b) => similarityOf(a.vector, b.vector));
  console.log(`\n${name}`);
  console.log(`  search, ${rankings.length} looks        rank-1 ${first.toFixed(3)}  mAP ${map.toFixed(3)}`);
  console.log(
    `  unsure ones as different   rank-1 ${rank1(strict).toFixed(3)}  mAP ${meanAveragePrecision(strict).toFixed(3)}`,
  );
  console.log(
    `  equal error rate           looks ${percent(equalErrorRate(lookPairs))}  pieces ${percent(equalErrorRate(pairs))}`,
  );
  const target = targets[name];
  if (target) {
    const verdict = first >= target[0] && map >= target[1] ? 'reached' : 'MISSED';
    console.log(`  target                     rank-1 ≥ ${target[0]}  mAP ≥ ${target[1]}  ${verdict}`);
  }
  reportCalibration(name, pairs);
}

function searches(described: readonly DescribedLook[], unsure: 'left out' | 'different'): Ranking[] {
  return described.flatMap((query) => {
    const gallery = described
      .filter(
        ({ passage }) =>
          passage !== query.passage && (unsure === 'different' || !people.areUnsure(passage, query.passage)),
      )
      .map(({ passage, vector }) => ({
        isSame: people.personOf(passage) === people.personOf(query.passage),
        similarity: similarityOf(vector, query.vector),
      }))
      .toSorted((a, b) => b.similarity - a.similarity);
    return gallery.some(({ isSame }) => isSame) ? [gallery.map(({ isSame }) => isSame)] : [];
  });
}

interface Piece {
  readonly passage: number;
  readonly vectors: readonly Float32Array[];
}

function pieces(described: readonly DescribedLook[]): Piece[] {
  const found = new Map<string, { passage: number; vectors: Float32Array[] }>();
  for (const { passage, frame, vector } of described) {
    const key = `${passage} ${Math.floor(frame / pieceFrames)}`;
    const piece = found.get(key) ?? { passage, vectors: [] };
    piece.vectors.push(vector);
    found.set(key, piece);
  }
  return [...found.values()].map(({ passage, vectors }) => ({
    passage,
    vectors: spread(vectors, looksOfPiece),
  }));
}

function spread<T>(items: readonly T[], count: number): readonly T[] {
  const step = (items.length - 1) / (count - 1);
  return items.length <= count
    ? items
    : Array.from({ length: count }, (_, i) => items[Math.round(i * step)]).filter(
        (item) => item !== undefined,
      );
}

/** Pairs across passages, those left out that are perhaps of one person. */
function pairsOf<T extends { readonly passage: number }>(
  items: readonly T[],
  compare: (a: T, b: T) => number,
): PersonPair[] {
  return items.flatMap((a, i) =>
    items
      .slice(0, i)
      .filter((b) => b.passage !== a.passage && !people.areUnsure(a.passage, b.passage))
      .map((b) => {
        const of = [people.personOf(a.passage), people.personOf(b.passage)] as const;
        return { people: of, isSame: of[0] === of[1], similarity: compare(a, b) };
      }),
  );
}

function similarityOfPieces(
  descriptor: string,
  a: readonly Float32Array[],
  b: readonly Float32Array[],
): number {
  const appearances = (vectors: readonly Float32Array[]): Appearance[] =>
    vectors.map((vector) => ({
      camera: cameraId('vtest'),
      trackId: trackId('piece'),
      timeMs: 0,
      descriptor,
      vector,
      quality: 1,
    }));
  return compareTracks(appearances(a), appearances(b))?.similarity ?? NaN;
}

function reportCalibration(name: string, pairs: readonly PersonPair[]): void {
  const same = pairs.filter(({ isSame }) => isSame).length;
  const { middle, steepness } = fitLogistic(pairs);
  console.log(
    `  calibration, ${same} same and ${pairs.length - same} different pairs: middle ${middle.toFixed(2)}  steepness ${steepness.toFixed(0)}`,
  );
  const leavingOut = leavingPersonsOut(pairs);
  const table = (pair: PersonPair) => logRatioOf(name, pair.similarity) ?? NaN;
  for (const [title, logRatio] of [
    ['fitted without the two people', leavingOut],
    ['with the constants of the program', table],
  ] as const) {
    console.log(`  ${title}`);
    for (const [prior, odds] of [
      ['as many same as different', 1],
      ['as they come', same / (pairs.length - same)],
    ] as const)
      console.log(`    ${prior.padEnd(26)}${reliability(pairs, logRatio, odds)}`);
  }
}

/** The logarithm of the likelihood ratio by a fit to the pairs in which neither of the two people is. */
function leavingPersonsOut(pairs: readonly PersonPair[]): (pair: PersonPair) => number {
  const fits = new Map<string, Logistic>();
  return ({ people: [a, b], similarity }) => {
    const key = [a, b].toSorted().join(' ');
    const fit =
      fits.get(key) ?? fitLogistic(pairs.filter(({ people: of }) => !of.includes(a) && !of.includes(b)));
    fits.set(key, fit);
    return fit.steepness * (similarity - fit.middle);
  };
}

/** How many of the pairs stated with a probability in each range are right, were there as many same ones as the odds say. */
function reliability(
  pairs: readonly PersonPair[],
  logRatio: (pair: PersonPair) => number,
  odds: number,
): string {
  const same = pairs.filter(({ isSame }) => isSame).length;
  const weights = { same: odds / same, different: 1 / (pairs.length - same) };
  const stated = pairs.map((pair) => ({
    ...pair,
    probability: 1 / (1 + Math.exp(-logRatio(pair)) / odds),
  }));
  return [
    [0.9, 1.01],
    [0.5, 0.9],
    [0.1, 0.5],
    [0, 0.1],
  ]
    .map(([least = 0, most = 0]) => {
      const of = stated.filter(({ probability }) => probability >= least && probability < most);
      const right = of.filter(({ isSame }) => isSame).length;
      const share = (right * weights.same) / (right * weights.same + (of.length - right) * weights.different);
      const range = most > 1 ? `≥ ${percent(least)}` : `< ${percent(most)}`;
      return `${range}: ${of.length > 0 ? percent(share) : '–'} of ${of.length}`;
    })
    .join('   ');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0.99 || share < 0.1 ? 1 : 0)} %`;
}
