import { describe, expect, it } from 'vitest';
import { similarityOf } from '../../src/domain/appearance.ts';
import { loadEmbedder } from '../../src/models/manifests.ts';
import { Embedder } from '../../src/vision/embedder.ts';
import { shared } from '../fixtures/shared.ts';

const models = [
  ['person-reid-0287', shared('models/person-reid-0287.onnx')],
  ['osnet-x0-25', shared('models/osnet_x0_25_msmt17.onnx')],
] as const;
const plane = 128 * 256;

/** Of stripes, another for each seed. */
const picture = (seed: number) =>
  Uint8Array.from({ length: 3 * plane }, (_, i) => 128 + 100 * Math.sin((i * seed) / 997 + i / plane));

describe.each(models)('%s', (id, { path, missing }) => {
  it.skipIf(missing)('makes vectors of the length its manifest says, which are of length 1', async () => {
    const manifest = loadEmbedder(id);
    const embedder = await Embedder.open({ manifest, path });
    const vectors = await embedder.embed([1, 2, 3].map(picture));
    await embedder.close();
    expect(vectors.map(({ length }) => length)).toEqual(Array(3).fill(manifest.embedding.dimensions));
    for (const vector of vectors) expect(similarityOf(vector, vector)).toBeCloseTo(1, 5);
    const [first = new Float32Array(), second = new Float32Array()] = vectors;
    expect(similarityOf(first, second)).toBeLessThan(0.99);
  });

  it.skipIf(missing)('gives the same for pictures in one run as for each by itself', async () => {
    const options = { manifest: loadEmbedder(id), path };
    const [single, batched] = [await Embedder.open(options), await Embedder.open({ ...options, batch: 4 })];
    const pictures = [1, 2, 3, 4, 5].map(picture);
    const [some, all] = [await single.embed(pictures), await batched.embed(pictures)];
    await Promise.all([single.close(), batched.close()]);
    expect(all).toHaveLength(5);
    for (const [i, vector] of some.entries())
      expect(similarityOf(vector, all[i] ?? new Float32Array())).toBeGreaterThan(0.9999);
  });

  it.skipIf(missing)('is given its colours in the order of its manifest', async () => {
    const manifest = loadEmbedder(id);
    const { colour } = manifest.input;
    const other = {
      ...manifest,
      input: { ...manifest.input, colour: colour === 'bgr' ? 'rgb' : 'bgr' },
    } as const;
    const turned = (planar: Uint8Array) => {
      const [red, green, blue] = [0, 1, 2].map((n) => planar.subarray(n * plane, (n + 1) * plane));
      return Uint8Array.from([...(blue ?? []), ...(green ?? []), ...(red ?? [])]);
    };
    const [mine, theirs] = [
      await Embedder.open({ manifest, path }),
      await Embedder.open({ manifest: other, path }),
    ];
    const [[a], [b], [c]] = [
      await mine.embed([picture(1)]),
      await theirs.embed([turned(picture(1))]),
      await mine.embed([turned(picture(1))]),
    ];
    await Promise.all([mine.close(), theirs.close()]);
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });
});
