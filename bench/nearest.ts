/**
 * How fast the most similar of many vectors are found, beside a plain loop and sort over the same vectors with the same
 * queries in the same run. The vectors are made: people who differ about a common look, pictures that differ about
 * their person, and in every number alike, which leaves no direction in which a search could go first.
 *
 *     npm run bench:nearest [-- --vectors 100000 --dimensions 256 --queries 200]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { similarityOf } from '../src/domain/appearance.ts';
import { VectorIndex, type Neighbour } from '../src/identify/nearest.ts';
import { at, collectGarbage, say, spread, timed } from './measure.ts';
import { randomFrom } from './storeWorld.ts';

const { values: options } = parseArgs({
  options: {
    vectors: { type: 'string', default: '100000' },
    dimensions: { type: 'string', default: '256' },
    queries: { type: 'string', default: '200' },
  },
});
const [count, dimensions, queryCount] = [options.vectors, options.dimensions, options.queries].map(
  Number,
) as [number, number, number];
const k = 10;
const boundMs = 30;
const people = 3000;
/** Parts of the common look and of one picture, in terms of the differences between people. */
const [common, picture] = [0.7, 0.6];
const bytesPerVector = dimensions * Float32Array.BYTES_PER_ELEMENT;

function main(): void {
  const draw = pictures();
  const vectors = new Float32Array(count * dimensions);
  for (let n = 0; n < count; n++) vectors.set(draw(), n * dimensions);
  const queries = Array.from({ length: queryCount }, draw);
  say(
    `${count.toLocaleString('en')} vectors of ${dimensions} numbers, ${people} people, ${queryCount} queries`,
  );

  const folder = mkdtempSync(join(tmpdir(), 'argus-bench-'));
  try {
    const { packed, ms } = throughDatabase(join(folder, 'vectors.db'), vectors);
    const index = new VectorIndex(dimensions);
    collectGarbage();
    const indexMs = timed(() => index.append(packed));
    say(`  read from BLOBs of SQLite in ${ms.toFixed(0)} ms, put into the index in ${indexMs.toFixed(0)} ms`);
    compare(index, packed, queries);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function compare(index: VectorIndex, packed: Float32Array, queries: readonly Float32Array[]): void {
  const rows = Array.from({ length: count }, (_, n) => packed.subarray(n * dimensions, (n + 1) * dimensions));
  const ms = { index: [] as number[], loop: [] as number[] };
  const similarities: number[] = [];
  let compared = 0;
  let equal = 0;
  for (const query of queries) {
    let found: readonly Neighbour[] = [];
    let expected: readonly Neighbour[] = [];
    ms.loop.push(timed(() => (expected = loopAndSort(rows, query))));
    ms.index.push(timed(() => (found = index.nearest(query, k))));
    if (JSON.stringify(found) === JSON.stringify(expected)) equal++;
    similarities.push(expected.at(-1)?.similarity ?? NaN);
    index.nearest(query, k, () => ++compared > 0);
  }
  const [mine, plain] = [sorted(ms.index), sorted(ms.loop)];
  say(`  index          ${spread(mine)}`);
  say(
    `  loop and sort  ${spread(plain)}; ratio of the medians ${(at(plain, 0.5) / at(mine, 0.5)).toFixed(1)}`,
  );
  say(`  the same ${k} with the same similarities: ${equal} of ${queries.length} queries`);
  say(`  compared in full: ${Math.round(compared / queries.length)} vectors a query`);
  say(`  the ${k}th has a similarity of ${at(sorted(similarities), 0.5).toFixed(2)} (median)`);
  say(`  p95 ${at(mine, 0.95) <= boundMs ? 'within' : 'NOT within'} ${boundMs} ms`);
  if (equal < queries.length || at(mine, 0.95) > boundMs) process.exitCode = 1;
}

function loopAndSort(rows: readonly Float32Array[], query: Float32Array): Neighbour[] {
  return rows
    .map((row, index) => ({ index, similarity: similarityOf(query, row) }))
    .sort((a, b) => b.similarity - a.similarity || a.index - b.index)
    .slice(0, k);
}

/** Writes the vectors to a database, a row each, and reads them into one array: how long the reading took. */
function throughDatabase(path: string, vectors: Float32Array): { packed: Float32Array; ms: number } {
  const database = new Database(path);
  database.exec('CREATE TABLE appearances (id INTEGER PRIMARY KEY, vector BLOB NOT NULL) STRICT');
  const insert = database.prepare('INSERT INTO appearances VALUES (?, ?)');
  database.transaction(() => {
    for (let n = 0; n < count; n++)
      insert.run(n, Buffer.from(vectors.buffer, n * bytesPerVector, bytesPerVector));
  })();
  const packed = new Float32Array(count * dimensions);
  const bytes = new Uint8Array(packed.buffer);
  collectGarbage();
  const ms = timed(() => {
    const all = database.prepare<[], Buffer>('SELECT vector FROM appearances ORDER BY id').pluck();
    let to = 0;
    for (const vector of all.iterate()) {
      bytes.set(vector, to);
      to += vector.length;
    }
  });
  database.close();
  return { packed, ms };
}

/** Draws the vector of one more picture of one of the people. */
function pictures(): () => Float32Array {
  const random = randomFrom(1);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const look = Array.from({ length: dimensions }, () => common * normal());
  const centres = Array.from({ length: people }, () => look.map((value) => value + normal()));
  return () => {
    const centre = centres[Math.floor(random() * people)] ?? look;
    const numbers = centre.map((value) => value + picture * normal());
    const length = Math.hypot(...numbers);
    return Float32Array.from(numbers, (value) => value / length);
  };
}

const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

main();
