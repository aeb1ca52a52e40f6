import { messageOf } from '../domain/errors.ts';
import type { Letterbox } from '../domain/letterbox.ts';
import type { SourceDescription } from '../source/description.ts';
import { decoderOf } from './chains.ts';
import { loadBinding, type BusMessage, type Element, type Pipeline } from './binding.ts';
import { parseGdp, sizeFromCaps, type PictureSize } from './gdp.ts';
import { launchDescription, stillsPerSecond, type LaunchOptions } from './launch.ts';
import { letterboxOfFrame } from './letterbox.ts';

/** A decoded frame, as wide as the network's input and as high as that makes it. */
export interface VideoFrame {
  /** Presentation time within the source, ms; of a file, that of the frame before where the frame has none. */
  readonly ptsMs: number;
  /** How long the frame is shown, ms, where the source says so. */
  readonly durationMs?: number;
  /** Planes of height×width bytes in the network's colour order; a view of an ArrayBuffer that holds nothing else of use. */
  readonly planar: Uint8Array<ArrayBuffer>;
  readonly letterbox: Letterbox;
}

/** A full-resolution picture; its time equals that of a frame. */
interface VideoStill {
  readonly ptsMs: number;
  readonly jpeg: Buffer;
  readonly width: number;
  readonly height: number;
}

export type VideoEnd =
  | { readonly kind: 'end' }
  | { readonly kind: 'closed' }
  /** A file whose frames have no presentation times: open it again with `untimed`. */
  | { readonly kind: 'untimed' }
  | { readonly kind: 'error'; readonly message: string };

export interface OpenOptions extends Omit<LaunchOptions, 'pushed'> {
  /** JPEG pictures of the source, where they are not read by GStreamer. */
  readonly pictures?: AsyncIterable<Uint8Array>;
  /** Called for each still, in order, independent of `nextFrame`. */
  readonly onStill: (still: VideoStill) => void;
  /** Called when a decoder is made, with the name of its GStreamer element, e.g. `avdec_h264`. */
  readonly onDecoder?: (element: string) => void;
}

/** Longest wait for the bus to give its thread back when a pipeline is closed from outside. */
const busPatienceMs = 2_000;

/** A playing source. Frames are pulled; who does not pull holds a file back (live sources drop inside). */
export class Video {
  readonly #pipeline: Pipeline;
  readonly #frames: Element;
  readonly #options: OpenOptions;
  readonly #finished: Promise<VideoEnd>;
  #finish!: (end: VideoEnd) => void;
  #busReturned!: () => void;
  readonly #bus: Promise<void>;
  #end: VideoEnd | undefined;
  /** Frames that were looked at before they were asked for. */
  #ahead: VideoFrame[] | undefined;
  #lastPtsMs = 0;
  #isUntimed = false;
  readonly #openedMs = performance.now();
  /** Of the stills, and so of the source: as it last was, which may be before or after a frame at hand. */
  #size: PictureSize | undefined;
  #decoder: string | undefined;
  #hasMoreStills = false;
  readonly #sizeOrEnd: Promise<void>;
  #sizeKnown!: () => void;

  constructor(source: SourceDescription, options: OpenOptions) {
    const launch = launchDescription(source, { ...options, pushed: options.pictures !== undefined });
    this.#options = options;
    this.#finished = new Promise((resolve) => (this.#finish = resolve));
    this.#bus = new Promise((resolve) => (this.#busReturned = resolve));
    this.#sizeOrEnd = new Promise((resolve) => (this.#sizeKnown = resolve));
    this.#pipeline = new (loadBinding().Pipeline)(launch.text);
    for (const { element, name, value } of launch.properties) this.#element(element)[name] = value;
    this.#frames = this.#element('frames');
    this.#pipeline.pollBus((message) => this.#onBus(message));
    this.#pipeline.play();
    void this.#pumpStills(this.#element('stills'));
    if (options.pictures) void this.#feed(options.pictures);
  }

  /** The next frame, or undefined once the source has ended; then `ended` says how. */
  async nextFrame(): Promise<VideoFrame | undefined> {
    this.#ahead ??= this.#options.live ? [] : await this.#lookAhead();
    return this.#ahead.shift() ?? this.#pullFrame();
  }

  /** The first two frames of a file: the first may have a time where no other has one. */
  async #lookAhead(): Promise<VideoFrame[]> {
    const first = await this.#pullFrame();
    const second = first && (await this.#pullFrame());
    if (this.#isUntimed && this.#options.untimed !== true) {
      await this.#shutDown({ kind: 'untimed' });
      return [];
    }
    return [first, second].filter((frame) => frame !== undefined);
  }

  async #pullFrame(): Promise<VideoFrame | undefined> {
    for (;;) {
      const packet = await pull(this.#frames);
      if (packet === null) return undefined;
      const parsed = parseGdp(packet);
      if (parsed.kind !== 'buffer') continue;
      if (!this.#size) await this.#sizeOrEnd;
      const planar = ownBytes(parsed.payload);
      const { inputWidth, inputHeight } = this.#options;
      this.#lastPtsMs = parsed.ptsNs === undefined ? this.#timeOfUntimed() : Number(parsed.ptsNs) / 1e6;
      return {
        ptsMs: this.#lastPtsMs,
        ...(parsed.durationNs !== undefined && { durationMs: Number(parsed.durationNs) / 1e6 }),
        planar,
        letterbox: letterboxOfFrame(this.#size, planar, inputWidth, inputHeight),
      };
    }
  }

  /** Of a live source, when the frame came. */
  #timeOfUntimed(): number {
    this.#isUntimed = true;
    return this.#options.live ? performance.now() - this.#openedMs : this.#lastPtsMs;
  }

  /** Asks a live source for more stills, or again for one a second. It takes effect within about a second. */
  wantStills(more: boolean): void {
    if (!this.#options.live || more === this.#hasMoreStills || this.#end) return;
    this.#hasMoreStills = more;
    this.#element('thin')['max-rate'] = more ? stillsPerSecond.wanted : stillsPerSecond.live;
  }

  /** Settles when the source has ended, failed or was closed. */
  get ended(): Promise<VideoEnd> {
    return this.#finished;
  }

  /** Length of the source in ms; undefined while unknown, and for live sources. */
  get durationMs(): number | undefined {
    const seconds = this.#options.live || this.#end ? -1 : this.#pipeline.queryDuration();
    return seconds > 0 ? seconds * 1000 : undefined;
  }

  close(): Promise<void> {
    return this.#shutDown({ kind: 'closed' });
  }

  /** Ends a file that does not say itself that it is over. */
  finish(): Promise<void> {
    return this.#shutDown({ kind: 'end' });
  }

  /** Ends the source with an error that only the caller can see, such as silence. */
  fail(message: string): Promise<void> {
    return this.#shutDown({ kind: 'error', message });
  }

  async #shutDown(end: VideoEnd): Promise<void> {
    if (!this.#end) {
      this.#end = end;
      // The bus thread waits without limit and only for a message; a state change is one, and its handler stops.
      this.#pipeline.pause();
      await Promise.race([this.#bus, new Promise((resolve) => setTimeout(resolve, busPatienceMs).unref())]);
      this.#stop(this.#end);
    }
  }

  #onBus(message: BusMessage): void {
    if (this.#end) this.#stop(this.#end);
    else if (message.type === 'state-changed') this.#noteDecoder(message);
    else if (message.type === 'eos') this.#stop({ kind: 'end' });
    else if (message.type === 'error')
      this.#stop({ kind: 'error', message: message.message ?? 'unknown error' });
  }

  /** Of the decoders that are tried, only one that can be used gets so far. */
  #noteDecoder(message: BusMessage): void {
    if (message['new-state'] !== 'GST_STATE_PAUSED' || message['old-state'] !== 'GST_STATE_READY') return;
    const decoder = decoderOf(message._src_element_name ?? '');
    if (decoder === undefined || decoder === this.#decoder) return;
    this.#decoder = decoder;
    this.#options.onDecoder?.(decoder);
  }

  /** Called from the bus handler, so that the binding sees the stopped pipeline and lets go of its thread. */
  #stop(end: VideoEnd): void {
    this.#end ??= end;
    this.#pipeline.stop();
    this.#busReturned();
    this.#sizeKnown();
    this.#finish(this.#end);
  }

  async #feed(pictures: AsyncIterable<Uint8Array>): Promise<void> {
    const source = this.#element('source');
    try {
      for await (const picture of pictures) {
        if (this.#end) return;
        source.push?.(Buffer.from(picture.buffer, picture.byteOffset, picture.byteLength));
      }
      await this.finish();
    } catch (error) {
      await this.fail(messageOf(error));
    }
  }

  async #pumpStills(stills: Element): Promise<void> {
    for (;;) {
      const packet = await pull(stills);
      if (packet === null) return;
      const parsed = parseGdp(packet);
      if (parsed.kind === 'caps') {
        this.#size = sizeFromCaps(parsed.caps) ?? this.#size;
        this.#sizeKnown();
      } else if (parsed.kind === 'buffer' && parsed.ptsNs !== undefined && this.#size) {
        const { width, height } = this.#size;
        this.#options.onStill({ ptsMs: Number(parsed.ptsNs) / 1e6, jpeg: parsed.payload, width, height });
      }
    }
  }

  #element(name: string): Element {
    const element = this.#pipeline.findChild(name);
    if (!element) throw new Error(`the pipeline has no element named ${name}`);
    return element;
  }
}

const pull = (element: Element): Promise<Buffer | null> => new Promise((resolve) => element.pull(resolve));

/** The payload without copying: the binding gives each packet an ArrayBuffer of its own. */
function ownBytes(payload: Buffer): Uint8Array<ArrayBuffer> {
  return payload.buffer instanceof ArrayBuffer
    ? new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength)
    : new Uint8Array(payload);
}
