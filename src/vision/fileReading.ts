import type { VideoEnd, VideoFrame } from '../decode/video.ts';
import { safeText, type SourceDescription } from '../source/description.ts';
import { findCut, type Cut } from '../source/wholeness.ts';

/** A file whose pictures end so much before the length it states is not whole; ms, and as a share of that length. */
const shortMs = 3_000;
const shortShare = 0.2;

/** A pause between two frames that is longer is one of the recording, ms. */
const longestLossMs = 1_000;

/** How a file ended; one that is finished may have lost frames, which the message counts. */
export type FileEnd =
  | { readonly state: 'finished'; readonly message?: string }
  | { readonly state: 'failed'; readonly message: string };

/** What has been read of a file, against what it says that it has. */
export class FileReading {
  readonly #source: SourceDescription;
  /** Length that the file states, ms. */
  durationMs: number | undefined;
  /** Frames that the file states. */
  statedFrames: number | undefined;
  /** Frames whose presentation time was replaced. */
  mended = 0;
  #frames = 0;
  /** Frames decoded, also such as are not shown. */
  #decoded = 0;
  /** Frames for which the times of the others leave room. */
  #missing = 0;
  #nextPtsMs: number | undefined;
  /** Where the last frame ends, ms from the first, and as the file counts. */
  #mediaMs = 0;
  #ptsMs = 0;

  constructor(source: SourceDescription) {
    this.#source = source;
  }

  /** The reading begins, or begins again. */
  begin(statedFrames: number | undefined): void {
    this.statedFrames = statedFrames;
    this.mended = 0;
    this.#decoded = 0;
    this.#missing = 0;
    this.#nextPtsMs = undefined;
  }

  /** A frame has been decoded, whether or not it is shown. */
  noteDecoded({ ptsMs, durationMs = 0 }: VideoFrame): void {
    this.#decoded++;
    const gapMs = this.#nextPtsMs === undefined ? 0 : ptsMs - this.#nextPtsMs;
    if (durationMs > 0 && gapMs > durationMs / 2 && gapMs <= longestLossMs)
      this.#missing += Math.round(gapMs / durationMs);
    this.#nextPtsMs = durationMs > 0 ? ptsMs + durationMs : undefined;
  }

  /** Frames that the file has and no decoder gave; 0 where it does not say how many it has, or was not read to its end. */
  get lost(): number {
    if (this.statedFrames === undefined || this.#decoded === 0 || this.#isShort) return 0;
    return Math.max(0, this.statedFrames - this.#decoded);
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
    const cut = this.#source.kind === 'file' ? await cutOf(this.#source.path) : undefined;
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
    if (where !== undefined || (this.#isShort && end.kind !== 'error')) {
      const of = durationMs !== undefined && durationMs > this.#readMs ? ` of ${seconds(durationMs)}` : '';
      return {
        state: 'failed',
        message: `${name} ends after ${seconds(this.#readMs)}${of}: ${where ?? 'it is cut off or damaged'}. What was read is stored; give a whole copy of it to get the rest.`,
      };
    }
    if (end.kind === 'error') return { state: 'failed', message: why };
    const losses = this.#losses();
    return losses.length === 0
      ? { state: 'finished' }
      : { state: 'finished', message: `${name}: ${losses.join('; ')}.` };
  }

  get #isShort(): boolean {
    const { durationMs } = this;
    return durationMs !== undefined && this.#readMs < durationMs - Math.max(shortMs, shortShare * durationMs);
  }

  /** What a reader of its counts should know of a file that was read to its end. */
  #losses(): string[] {
    const { statedFrames, lost, mended } = this;
    return [
      ...(lost > 0 ? [`${this.#decoded} of ${statedFrames} frames were decoded, ${lost} could not be`] : []),
      ...(statedFrames === undefined && this.#missing > 0
        ? [
            `the times of its frames leave room for ${this.#missing} more: they were lost, or it was recorded without them`,
          ]
        : []),
      ...(mended > 0
        ? [`${mended} frames had no time of their own that goes on; each follows the one before it`]
        : []),
    ];
  }
}

/** A file that cannot be opened any more has ended with an error that says so. */
const cutOf = (path: string): Promise<Cut | undefined> => findCut(path).catch(() => undefined);

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
/** Rounded down: a file of which a little is missing is not said to be whole. */
const percent = (share: number): string => `${Math.floor(share * 100)} %`;
