import { backoff } from '../source/backoff.ts';
import { checkSource } from '../source/checkSource.ts';
import { safeText } from '../source/description.ts';
import { BoundedQueue } from '../async/boundedQueue.ts';
import { sleep } from '../async/sleep.ts';
import type { Chain, ChainSelection } from '../decode/chains.ts';
import { stillsPerSecond } from '../decode/launch.ts';
import { Video, type VideoEnd, type VideoFrame } from '../decode/video.ts';
import type { Appearance } from '../domain/appearance.ts';
import type { Detection } from '../domain/detection.ts';
import { messageOf } from '../domain/errors.ts';
import type { FrameRecord } from '../domain/frame.ts';
import { trackIdMaker } from '../domain/ids.ts';
import type { Letterbox } from '../domain/letterbox.ts';
import { createTracker } from '../track/tracker.ts';
import type { Tracker } from '../track/contract.ts';
import { ChainLadder } from './chainLadder.ts';
import { AppearanceTaker } from './appearanceTaker.ts';
import type { Describer } from './describer.ts';
import type { DetectPool } from './detectPool.ts';
import { fileClock, frameGate, liveClock, type FrameClock } from './frameClock.ts';
import type { CameraJob, DetectorJob, FromVision } from './messages.ts';
import { StillTimes } from './stillTimes.ts';
import { isWantedBy } from './thresholds.ts';

/** Decoded frames that may wait for the detector: enough to even out its times, few enough to stay current. */
const framesWaiting = 6;
/** A live source that is silent for so long is taken for dead and connected anew. */
const silenceMs = 10_000;
/** The binding frees no pipeline: each connection costs two file descriptors, of which a process may have but 1,024. */
const mostConnections = 200;
/** A clock set back by more than this since the last connection begins anew instead of hiding frames. */
const clockBackMs = 2_000;
/** A file whose pictures end so much before the length it states is not whole; ms, and as a share of that length. */
const cutMs = 3_000;
const cutShare = 0.2;
/** The station is sent about one still a second; more are taken where somebody waits for a first look. */
const sentStillsApartMs = 700;
/** Records sent and not yet stored; more would pile up in the pipe between the processes. */
const recordsAhead = 256;

export interface CameraContext {
  readonly detector: DetectorJob;
  readonly pool: DetectPool;
  /** Absent: nobody is recognised. */
  readonly describer?: Describer;
  /** Ways to decode, the first to be tried first; at least one. */
  readonly chains: ChainSelection;
  readonly send: (message: FromVision) => void;
  /** Ends the vision process; the station starts it anew. */
  readonly restart: (why: string) => void;
  readonly now: () => number;
  readonly random: () => number;
}

interface Submitted {
  readonly frame: VideoFrame;
  readonly dropped: number;
  readonly detections: Promise<Detection[]>;
}

/** Reads one camera: decode → detect → track → send, until a file ends or `stop` is called. */
export class CameraReader {
  readonly #job: CameraJob;
  readonly #context: CameraContext;
  readonly #tracker: Tracker;
  readonly #isWanted: (detection: Detection) => boolean;
  readonly #stopping = new AbortController();
  #video: Video | undefined;
  readonly #ladder: ChainLadder;
  readonly #taker: AppearanceTaker | undefined;
  #clock: FrameClock;
  #nextFrame: number;
  #lastTimeMs = -Infinity;
  #framesOfConnection = 0;
  /** Of the connection. */
  #decoder: string | undefined;
  #connections = 0;
  #lastPtsMs = 0;
  #durationMs: number | undefined;
  #acknowledged: number;
  #wakeSender: (() => void) | undefined;

  constructor(job: CameraJob, context: CameraContext) {
    this.#job = job;
    this.#context = context;
    this.#ladder = new ChainLadder(context.chains);
    this.#taker = this.#newTaker();
    this.#clock = this.#newClock();
    this.#nextFrame = job.resumeAfter ? job.resumeAfter.frame + 1 : 0;
    this.#acknowledged = this.#nextFrame - 1;
    const { low, high } = context.detector.manifest.thresholds;
    this.#tracker = createTracker({
      nextId: trackIdMaker(job.camera, job.run),
      highConfidence: job.confidence?.default ?? high,
      ...(job.confidence && { highConfidenceOf: job.confidence.classes }),
      lowConfidence: low,
    });
    this.#isWanted = isWantedBy(job, low);
  }

  async run(): Promise<void> {
    for (let attempt = 0; !this.#stopping.signal.aborted; attempt++) {
      if (attempt === 0) this.#say('connecting');
      const end = await this.#readByAnyChain();
      if (end.kind === 'closed') return;
      if (!this.#job.source.live) {
        // The station takes nothing more of a camera that has ended.
        await this.#taker?.drained();
        this.#sayFileEnd(end);
        return;
      }
      if (this.#framesOfConnection > 0) attempt = 0;
      if (++this.#connections >= mostConnections)
        this.#context.restart(
          `${mostConnections} connections were made; the process starts anew to free what they hold.`,
        );
      const waitMs = backoff(attempt, this.#context.random());
      this.#say('reconnecting', this.#describe(end));
      await sleep(waitMs, this.#stopping.signal);
    }
  }

  /** The station has taken over every record up to this frame. */
  acknowledge(frame: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, frame);
    this.#wakeSender?.();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wakeSender?.();
    await this.#video?.close();
  }

  /** One connection; a chain that gives no frame gives way to the next. */
  async #readByAnyChain(): Promise<VideoEnd> {
    for (;;) {
      const end = await this.#readOnce(this.#ladder.chain);
      if (end.kind === 'closed' || this.#framesOfConnection > 0) return end;
      // What cannot be reached would only be asked more often.
      const hasCome = this.#decoder !== undefined || !/^(rtsp|http)/.test(this.#job.source.kind);
      const why = end.kind === 'error' ? end.message : 'no frame came.';
      const failed = this.#ladder.chain.name;
      if (!hasCome || !this.#ladder.stepDown(why)) return end;
      this.#connections++;
      this.#say('connecting', `decoding by ${failed} failed: ${why} Trying ${this.#ladder.chain.name}.`);
    }
  }

  /** One connection by one chain, from opening the source to its end. */
  async #readOnce(chain: Chain): Promise<VideoEnd> {
    this.#framesOfConnection = 0;
    this.#decoder = undefined;
    this.#taker?.onConnection();
    try {
      await checkSource(this.#job.source);
      this.#clock = this.#newClock();
      const clock = this.#clock;
      const stillTimes = new StillTimes(stillsPerSecond[this.#job.source.live ? 'wanted' : 'file']);
      let lastSentMs = -Infinity;
      const { input } = this.#context.detector.manifest;
      const video = new Video(this.#job.source, {
        inputWidth: input.width,
        inputHeight: input.height,
        colour: input.colour,
        live: this.#job.source.live,
        chain,
        onDecoder: (decoder) => {
          this.#decoder = decoder;
          this.#sayDecoding();
        },
        onStill: ({ ptsMs, ...still }) => {
          if (ptsMs <= (this.#job.resumeAfter?.mediaTimeMs ?? -Infinity)) return;
          stillTimes.onStill(ptsMs);
          this.#taker?.onStill({ ptsMs, ...still });
          if (ptsMs - lastSentMs < sentStillsApartMs) return;
          lastSentMs = ptsMs;
          const { run, camera } = this.#job;
          this.#context.send({
            type: 'still',
            run,
            still: { camera, timeMs: clock.timeMs(ptsMs), ...still },
          });
        },
      });
      this.#video = video;
      this.#sayDecoding();
      const frames = new BoundedQueue<VideoFrame>({
        capacity: framesWaiting,
        policy: this.#job.source.live ? 'drop-oldest' : 'block',
      });
      const submitted = new BoundedQueue<Submitted>({
        capacity: this.#context.pool.size + 1,
        policy: 'block',
      });
      await Promise.all([
        this.#decode(video, frames),
        this.#submit(frames, stillTimes, submitted),
        this.#trackAndSend(submitted),
      ]);
      return await video.ended;
    } catch (error) {
      return { kind: 'error', message: messageOf(error) };
    } finally {
      await this.#video?.close();
      this.#video = undefined;
    }
  }

  async #decode(video: Video, frames: BoundedQueue<VideoFrame>): Promise<void> {
    const passes = frameGate(this.#job.maxFps);
    const watchdog = this.#job.source.live ? silenceWatchdog(video) : undefined;
    const resumeAfterMs = this.#job.resumeAfter?.mediaTimeMs ?? -Infinity;
    try {
      for (let frame = await video.nextFrame(); frame; frame = await video.nextFrame()) {
        watchdog?.refresh();
        this.#lastPtsMs = frame.ptsMs;
        if (!passes(frame.ptsMs) || frame.ptsMs <= resumeAfterMs) continue;
        if (this.#framesOfConnection++ === 0) this.#sayRunning(video.durationMs, frame.letterbox);
        await frames.push(frame);
      }
    } finally {
      watchdog?.cancel();
      frames.close();
    }
  }

  async #submit(
    frames: BoundedQueue<VideoFrame>,
    stillTimes: StillTimes,
    submitted: BoundedQueue<Submitted>,
  ): Promise<void> {
    let dropped = frames.dropped;
    for await (const frame of frames) {
      const { planar, letterbox, ptsMs } = frame;
      const withSharpness = stillTimes.mayHaveStill(ptsMs);
      const detections = this.#context.pool.detect({ planar, letterbox, withSharpness });
      await submitted.push({ frame, detections, dropped: frames.dropped - dropped });
      dropped = frames.dropped;
    }
    submitted.close();
  }

  async #trackAndSend(submitted: BoundedQueue<Submitted>): Promise<void> {
    for await (const { frame, detections, dropped } of submitted) {
      const found = (await detections).filter(this.#isWanted);
      const timeMs = this.#clock.timeMs(frame.ptsMs);
      if (this.#job.source.live && timeMs < this.#lastTimeMs - clockBackMs) {
        this.#context.restart(`${this.#job.camera}: the clock was set back; reading starts anew.`);
        return;
      }
      // A source may repeat a presentation time, and a new connection's clock may lie a little behind the last one's.
      if (timeMs <= this.#lastTimeMs || this.#stopping.signal.aborted) continue;
      this.#lastTimeMs = timeMs;
      const tracked = this.#tracker.update(found, timeMs);
      const record: FrameRecord = {
        camera: this.#job.camera,
        frame: this.#nextFrame++,
        mediaTimeMs: frame.ptsMs,
        timeMs,
        detections: tracked.detections,
        tracks: tracked.tracks,
        ended: tracked.ended,
        dropped,
      };
      this.#context.send({ type: 'frame', run: this.#job.run, record });
      this.#taker?.onFrame(record);
      this.#video?.wantStills(this.#taker?.isWaiting(record) ?? false);
      await this.#roomToSend();
      await this.#taker?.room();
    }
  }

  async #roomToSend(): Promise<void> {
    while (this.#nextFrame - this.#acknowledged > recordsAhead && !this.#stopping.signal.aborted) {
      await new Promise<void>((resolve) => (this.#wakeSender = resolve));
    }
  }

  #newTaker(): AppearanceTaker | undefined {
    const { describer, send } = this.#context;
    const { run, camera, source, identify = true } = this.#job;
    if (!describer || !identify) return undefined;
    const onAppearances = (appearances: readonly Appearance[]) =>
      send({ type: 'appearances', run, camera, appearances });
    return new AppearanceTaker({ camera, live: source.live, describer, onAppearances });
  }

  #newClock(): FrameClock {
    return this.#job.mediaStartMs === undefined
      ? liveClock(this.#context.now)
      : fileClock(this.#job.mediaStartMs);
  }

  #sayFileEnd(end: VideoEnd): void {
    if (end.kind === 'error') this.#say('failed', this.#describe(end));
    else if (this.#nextFrame === 0) {
      this.#say(
        'failed',
        `${safeText(this.#job.source)} has no video frames. Check that it is a video file.`,
      );
    } else if (
      this.#durationMs !== undefined &&
      this.#lastPtsMs < this.#durationMs - Math.max(cutMs, cutShare * this.#durationMs)
    ) {
      const [read, whole] = [this.#lastPtsMs, this.#durationMs].map((ms) => (ms / 1000).toFixed(1));
      this.#say(
        'failed',
        `${safeText(this.#job.source)} ends after ${read} s of ${whole} s: it is cut off or damaged. What was read is stored; give a whole copy of it to get the rest.`,
      );
    } else this.#say('finished');
  }

  #describe(end: VideoEnd): string {
    const { source } = this.#job;
    const what = end.kind === 'error' ? end.message : 'the stream ended.';
    const where = safeText(source);
    if (what.includes(where)) return what;
    const said = `${where}: ${/[.!?]$/.test(what) ? what : `${what}.`}`;
    // GStreamer's own words name no remedy, and for a refused connection or password not even those.
    if (source.kind === 'file') return `${said} Check that it is a whole video file.`;
    const isAway = /^(rtsp|http)/.test(source.kind) && this.#framesOfConnection === 0;
    return isAway ? `${said} Check that it is on, and the address, user and password.` : said;
  }

  #sayRunning(durationMs: number | undefined, { contentWidth, contentHeight }: Letterbox): void {
    this.#durationMs = durationMs;
    const { run, camera } = this.#job;
    const aspect = contentWidth / contentHeight;
    this.#context.send({
      type: 'running',
      run,
      camera,
      aspect,
      ...(durationMs !== undefined && { durationMs }),
    });
  }

  #sayDecoding(): void {
    const { run, camera } = this.#job;
    const decoding = {
      chain: this.#ladder.chain.name,
      ...(this.#decoder !== undefined && { decoder: this.#decoder }),
      skipped: this.#ladder.skipped,
    };
    this.#context.send({ type: 'decoding', run, camera, decoding });
  }

  #say(state: 'connecting' | 'reconnecting' | 'finished' | 'failed', message?: string): void {
    const { run, camera } = this.#job;
    this.#context.send({ type: 'camera', run, camera, state, ...(message !== undefined && { message }) });
  }
}

/** Closes the video once no frame has come for too long; nothing else would notice a peer that just fell silent. */
function silenceWatchdog(video: Video): { refresh(): void; cancel(): void } {
  const timer = setTimeout(() => void video.fail(`no frame for ${silenceMs / 1000} s.`), silenceMs);
  return { refresh: () => void timer.refresh(), cancel: () => clearTimeout(timer) };
}
