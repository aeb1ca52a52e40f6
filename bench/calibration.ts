/**
 * Whether people are told apart as surely as is said, on footage that the calibration has not seen. Three videos of which
 * it is known who is who: vtest (PETS09-S2L1), one-by-one (six people, one at a time), TUD-Campus.
 *
 * Links: pieces of passages are compared in pairs, as tracks are, with a calibration fitted to the two other videos. Right are
 * of those stated at 90 % and more those of one person, were there as many same as different ones.
 * Ranges: 50 windows of what the program tracked; how many different people it says there were, against how many there were.
 *
 *     npm run bench:calibration
 */
import { similarityOf } from '../src/domain/appearance.ts';
import { logRatioOf, strangersOf, type Calibration } from '../src/identify/calibration.ts';
import { describers } from './reid/descriptors.ts';
import { readFootage, type Footage } from './reid/footage.ts';
import { fitLogistic, type ScoredPair } from './reid/scores.ts';
import { windowsOfFootage } from './reid/windows.ts';

/** A piece of a passage, ms, and its looks; TUD-Campus is 3 s long. */
const pieceMs = (name: string) => (name === 'TUD-Campus' ? 750 : 8_000);
const looksOfPiece = 6;
const sure = 0.9;

interface Piece {
  readonly person: string;
  readonly passage: string;
  readonly number: number;
  readonly vectors: Float32Array[];
}

interface Pair extends ScoredPair {
  /** Of two people who were in view at once. */
  readonly atOnce: boolean;
  readonly passages: readonly [string, string];
}

const footage = await readFootage();
for (const { name, looks } of footage)
  console.log(`${name}: ${looks.length} looks at ${new Set(looks.map(({ person }) => person)).size} people`);

for (const [descriptor, open] of Object.entries(describers)) {
  console.log(`\n${descriptor}, links stated at ≥ 90 % on the video left out`);
  const describe = await open();
  const pairs = new Map<Footage, Pair[]>();
  for (const one of footage) pairs.set(one, pairsOf(one, await piecesOf(one, describe)));
  for (const left of footage) {
    const others = footage.filter((one) => one !== left).flatMap((one) => pairs.get(one) ?? []);
    reportLinks(descriptor, left.name, pairs.get(left) ?? [], calibrationOf(others));
  }
}

const windows = windowsOfFootage();
const right = windows.filter(({ least, most, truth: [from, to] }) => least <= to && most >= from);
for (const { video, fromS, toS, least, most, truth } of windows)
  console.log(`${video} ${fromS}–${toS} s: ${least} to ${most} different people; true ${truth.join('–')}`);
console.log(`\n${right.length} of ${windows.length} ranges contain the truth`);

async function piecesOf({ name, looks }: Footage, describe: (crop: Uint8Array) => Promise<Float32Array>) {
  const pieces = new Map<string, Piece>();
  for (const { person, passage, timeMs, crop } of looks) {
    const number = Math.floor(timeMs / pieceMs(name));
    const key = `${passage} ${number}`;
    const piece = pieces.get(key) ?? { person, passage, number, vectors: [] };
    pieces.set(key, piece);
    if (piece.vectors.length < looksOfPiece) piece.vectors.push(await describe(crop));
  }
  return [...pieces.values()];
}

function pairsOf({ areUnsure }: Footage, pieces: readonly Piece[]): Pair[] {
  return pieces.flatMap((a, i) =>
    pieces
      .slice(0, i)
      .filter((b) => !areUnsure(a.passage, b.passage))
      .map((b) => ({
        isSame: a.person === b.person,
        atOnce: a.person !== b.person && a.number === b.number,
        passages: [a.passage, b.passage] as const,
        similarity: bestQuarter(a.vectors, b.vectors),
      })),
  );
}

function bestQuarter(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  const all = a.flatMap((one) => b.map((other) => similarityOf(one, other))).sort((x, y) => y - x);
  const best = all.slice(0, Math.ceil(all.length / 4));
  return mean(best);
}

function calibrationOf(pairs: readonly Pair[]): Calibration {
  const strangers = pairs.filter(({ isSame }) => !isSame).map(({ similarity }) => similarity);
  const centre = mean(strangers);
  const spread = Math.sqrt(mean(strangers.map((one) => (one - centre) ** 2)));
  return { ...fitLogistic(pairs), strangers: { mean: centre, spread } };
}

function reportLinks(descriptor: string, name: string, pairs: readonly Pair[], calibration: Calibration) {
  const seen = pairs.filter(({ atOnce }) => atOnce);
  const similarities = seen.map(({ similarity }) => similarity);
  const tracks = new Set(seen.flatMap(({ passages }) => passages)).size;
  const strangers = strangersOf(descriptor, similarities, tracks, calibration);
  const [same, different] = [true, false].map((is) => pairs.filter(({ isSame }) => isSame === is));
  const stated = (of: readonly Pair[] = []) =>
    of.filter(({ similarity }) => {
      const ratio = Math.exp(logRatioOf(descriptor, similarity, strangers, false, calibration) ?? -Infinity);
      return ratio / (1 + ratio) >= sure;
    }).length;
  const [ofSame = 0, ofDifferent = 0] = [same, different].map((of = []) => stated(of) / of.length);
  const share = ofSame / (ofSame + ofDifferent);
  console.log(
    `  ${name.padEnd(12)} middle ${calibration.middle.toFixed(2)}  steepness ${calibration.steepness.toFixed(0)}  ` +
      `at once ${tracks}  stated: ${stated(same)} of ${same?.length} same, ${stated(different)} of ${different?.length} different` +
      `  right ${Number.isNaN(share) ? '–' : `${(100 * share).toFixed(1)} %`}`,
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
