import type { VideoEnd, VideoFrame } from '../decode/video.ts';
import { safeText, type SourceDescription } from '../source/description.ts';
import { findCut } from '../source/wholeness.ts';

/** A file whose pictures end so much before the length it states is not whole; ms, and as a share of that length. */
const shortMs = 3_000;
const shortShare = 0.2;

/** How a file ended. */
export type FileEnd =
  | { readonly state: 'finished'; readonly message?: undefined }
  | { readonly state: 'failed'; readonly message: string };

/** What has been read of a file, against what it says that it has. */
export class FileReading {
  readonly #source: SourceDescription;
  /** Length that the file states, ms. */
  durationMs: number | undefined;
  #frames = 0;
  /** Where the last frame ends, ms from the first, and as the file counts. */
  #mediaMs = 0;
  #ptsMs = 0;

  constructor(source: SourceDescription) {
    this.#source = source;
  }

  /** A frame has been read, whether or not it is analysed. */
  note({ ptsMs, durationMs = 0 }: VideoFrame, mediaTimeMs: number): void {
    this.#frames++;
    this.#ptsMs = ptsMs + durationMs;
    this.#mediaMs = mediaTimeMs + durationMs;
  }

  /** Whether all that the file states to have has come, though its reader has not said so. */
  get isAllRead(): boolean {
    return this.durationMs !== undefined && this.#readMs >= this.durationMs - 1;
  }

  /** In the terms of the stated length, which counts from 0 or from the first frame. */
  get #readMs(): number {
    return Math.max(this.#ptsMs, this.#mediaMs);
  }

  /** How the reading ended; `why` is what was said of an error. */
  async end(end: VideoEnd, why: string): Promise<FileEnd> {
    const name = safeText(this.#source);
    const cut = this.#source.kind === 'file' ? await findCut(this.#source.path) : undefined;
    const where =
      cut && `it is cut off${cut.share === undefined ? '' : ` at ${percent(cut.share)} of its bytes`}`;
    if (this.#frames === 0) {
      if (where !== undefined) {
        const next = 'No frame of it can be read: give a whole copy of it.';
        return { state: 'failed', message: `${name}: ${where}. ${next}` };
      }
      if (end.kind !== 'error')
        return { state: 'failed', message: `${name} has no video frames. Check that it is a video file.` };
    }
    const { durationMs } = this;
    const isShort =
      durationMs !== undefined && this.#readMs < durationMs - Math.max(shortMs, shortShare * durationMs);
    if (where !== undefined || (isShort && end.kind !== 'error')) {
      const of = durationMs !== undefined && durationMs > this.#readMs ? ` of ${seconds(durationMs)}` : '';
      return {
        state: 'failed',
        message: `${name} ends after ${seconds(this.#readMs)}${of}: ${where ?? 'it is cut off or damaged'}. What was read is stored; give a whole copy of it to get the rest.`,
      };
    }
    return end.kind === 'error' ? { state: 'failed', message: why } : { state: 'finished' };
  }
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
/** Rounded down: a file of which a little is missing is not said to be whole. */
const percent = (share: number): string => `${Math.floor(share * 100)} %`;
