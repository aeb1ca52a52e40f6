import { classesOf, type DetectorManifest } from '../config/manifest.ts';
import { decoderFor } from '../detect/index.ts';
import type { Detection } from '../domain/detection.ts';
import { paddedTo, type Letterbox } from '../domain/letterbox.ts';
import type { Session, SessionOptions } from '../inference/contract.ts';
import { inputSizeFor, type InputSize } from '../inference/inputSize.ts';
import { openSession } from '../inference/session.ts';
import { messageOf } from '../domain/errors.ts';
import type { Provider } from '../domain/provider.ts';

export interface DetectorOptions extends Pick<SessionOptions, 'threads' | 'providers'> {
  readonly manifest: DetectorManifest;
  /** The .onnx file. */
  readonly path: string;
  /** Less sure detections are not reported, 0–1; undefined: the manifest's `low`. */
  readonly minConfidence?: number;
  /** Given one line for each thing worth knowing. */
  readonly log?: (line: string) => void;
  /** Told what is being loaded, which may block the thread for minutes, and with undefined that it is done. */
  readonly onLoading?: (what: string | undefined) => void;
}

/** A decoded frame, scaled to the detector's input but for borders. */
export interface DetectorFrame {
  /** Planes of height×width bytes in the network's colour order. */
  readonly planar: Uint8Array;
  /** Where the picture lies in the frame, whose size is the input's here. */
  readonly letterbox: Letterbox;
}

/** A detector whose input is as small as each camera's picture allows: a session for every size that comes. */
export class Detector {
  readonly #options: DetectorOptions;
  readonly #sessions = new Map<string, Promise<Session>>();
  /** The manifest's own size, which every frame fits into. */
  readonly #whole: Session;
  #canResize = true;

  private constructor(options: DetectorOptions, whole: Session) {
    this.#options = options;
    this.#whole = whole;
    this.#sessions.set(keyOf(whole), Promise.resolve(whole));
  }

  /** @throws ArgusError as `openSession` does. */
  static async open(options: DetectorOptions): Promise<Detector> {
    const { input } = options.manifest;
    return new Detector(options, await open(options, input, options.providers));
  }

  get provider(): Session['provider'] {
    return this.#whole.provider;
  }

  get skipped(): Session['skipped'] {
    return this.#whole.skipped;
  }

  /** What is seen in a frame, strongest first. Blocks the thread's event loop while the network runs. */
  async detect({ planar, letterbox }: DetectorFrame): Promise<Detection[]> {
    const { manifest, minConfidence } = this.#options;
    const { inputWidth: width, inputHeight: height } = letterbox;
    const session = await this.#sessionFor(inputSizeFor({ width, height }, manifest.input));
    const [outputs = {}] = await session.run([{ planar, width, height }]);
    const placed = paddedTo(letterbox, session.width, session.height, manifest.input.padding);
    return decoderFor(manifest.layout)(outputs, placed, {
      classes: classesOf(manifest),
      minConfidence: minConfidence ?? manifest.thresholds.low,
      nmsIou: manifest.thresholds.nmsIou,
    });
  }

  async close(): Promise<void> {
    // One session may stand for several sizes.
    for (const session of new Set(await Promise.all(this.#sessions.values()))) await session.close();
  }

  #sessionFor(size: InputSize): Promise<Session> {
    if (!this.#canResize) return Promise.resolve(this.#whole);
    const key = keyOf(size);
    const known = this.#sessions.get(key);
    if (known) return known;
    const opened = this.#openOf(size);
    this.#sessions.set(key, opened);
    return opened;
  }

  async #openOf(size: InputSize): Promise<Session> {
    const { id, input } = this.#options.manifest;
    try {
      // What failed for the whole size is not tried again.
      const session = await open(this.#options, size, [this.#whole.provider]);
      if (session.provider === this.#whole.provider) return session;
      await session.close();
      throw new Error(session.skipped.map(({ provider, reason }) => `${provider}: ${reason}`).join('; '));
    } catch (error) {
      // Some graphs allow no other size, and of those some show it only when they run.
      this.#canResize = false;
      const why = messageOf(error).replace(/\.$/, '');
      this.#options.log?.(`${id} runs at ${input.width}x${input.height} for all pictures: ${why}.`);
      return this.#whole;
    }
  }
}

const keyOf = ({ width, height }: InputSize): string => `${width}x${height}`;

async function open(
  { manifest, path, threads, onLoading }: DetectorOptions,
  size: InputSize,
  providers: readonly Provider[] | undefined,
): Promise<Session> {
  const what = (provider: Provider) => `Loading ${manifest.id} at ${keyOf(size)} on ${provider}`;
  try {
    return await openSession(path, {
      input: manifest.input,
      size,
      onTry: (provider) => onLoading?.(what(provider)),
      ...(threads !== undefined && { threads }),
      ...(providers && { providers }),
    });
  } finally {
    onLoading?.(undefined);
  }
}
