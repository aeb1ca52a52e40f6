import type { EmbedderManifest } from '../config/manifest.ts';
import { ArgusError } from '../domain/errors.ts';
import type { Provider } from '../domain/provider.ts';
import type { Session } from '../inference/contract.ts';
import { openSession } from '../inference/session.ts';

interface EmbedderOptions {
  readonly manifest: EmbedderManifest;
  /** The .onnx file. */
  readonly path: string;
  readonly providers?: readonly Provider[];
  /** Pictures of one run. Unless told 1 on the CPU, where more at once gain nothing, and 8 on anything else. */
  readonly batch?: number;
}

const acceleratorBatch = 8;

/** A network that makes vectors of pictures of people. */
export class Embedder {
  readonly #manifest: EmbedderManifest;
  readonly #session: Session;

  private constructor(manifest: EmbedderManifest, session: Session) {
    this.#manifest = manifest;
    this.#session = session;
  }

  /** @throws ArgusError as `openSession` does. */
  static async open({ manifest, path, providers, batch = 1 }: EmbedderOptions): Promise<Embedder> {
    const { input } = manifest;
    const options = { input, batch, ...(providers && { providers }) };
    const session = await openSession(path, options);
    if (batch > 1 || session.provider === 'cpu') return new Embedder(manifest, session);
    await session.close();
    return new Embedder(manifest, await openSession(path, { ...options, batch: acceleratorBatch }));
  }

  get provider(): Provider {
    return this.#session.provider;
  }

  /**
   * Vectors of length 1, one for each picture. Blocks the thread's event loop while the network runs.
   *
   * @param crops planes of height×width bytes of the manifest's size, red first
   * @throws ArgusError when the network gives vectors of another length than the manifest says
   */
  async embed(crops: readonly Uint8Array[]): Promise<Float32Array[]> {
    const { batch, width, height } = this.#session;
    const vectors: Float32Array[] = [];
    for (let i = 0; i < crops.length; i += batch) {
      const pictures = crops
        .slice(i, i + batch)
        .map((crop) => ({ planar: this.#inOrder(crop), width, height }));
      for (const outputs of await this.#session.run(pictures)) {
        const [output] = Object.values(outputs);
        vectors.push(unitVector(this.#checked(output?.data ?? new Float32Array())));
      }
    }
    return vectors;
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  #inOrder(crop: Uint8Array): Uint8Array {
    if (this.#manifest.input.colour === 'rgb') return crop;
    const plane = crop.length / 3;
    const turned = new Uint8Array(crop.length);
    for (const channel of [0, 1, 2])
      turned.set(crop.subarray(channel * plane, (channel + 1) * plane), (2 - channel) * plane);
    return turned;
  }

  #checked(values: Float32Array): Float32Array {
    const { id, embedding } = this.#manifest;
    if (values.length === embedding.dimensions) return values;
    throw new ArgusError(
      `${id} gave a vector of ${values.length} numbers, but its manifest says ${embedding.dimensions}.`,
      'Put the file that the manifest names in its place.',
    );
  }
}

function unitVector(values: Float32Array): Float32Array {
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}
