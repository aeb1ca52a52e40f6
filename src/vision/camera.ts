import { backoff } from '../source/backoff.ts';
import { checkSource } from '../source/checkSource.ts';
import { safeText } from '../source/description.ts';
import { openPictures } from '../source/httpPictures.ts';
import { BoundedQueue } from '../async/boundedQueue.ts';
import { sleep } from '../async/sleep.ts';
import type { ChainSelection } from '../decode/chains.ts';
import type { Edit } from '../decode/movie.ts';
import { stillsPerSecond } from '../decode/launch.ts';
import { prepareFile, type PreparedFile } from '../decode/prepareFile.ts';
import { shownLengthMs } from '../decode/unedited.ts';
import { Video, type VideoEnd } from '../decode/video.ts';
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
import { describeEnd } from './describeEnd.ts';
import type { Describer } from './describer.ts';
import type { DetectPool } from './detectPool.ts';
import { FileReading } from './fileReading.ts';
import { frameGate } from './frameClock.ts';
import { clockBackMs } from './liveClock.ts';
import type { CameraJob, DetectorJob, FromVision } from './messages.ts';
import { RtspAccess } from './rtspAccess.ts';
import { fileTimes, liveTimes, type SourceTimes, type TimedFrame } from './sourceTimes.ts';
import { fileWatchdog, silenceWatchdog } from './watchdog.ts';
import { StillTimes } from './stillTimes.ts';
import { isWantedBy } from './thresholds.ts';

/** Decoded frames that may wait for the detector: enough to even out its times, few enough to stay current. */
const framesWaiting = 6;
/** The binding frees no pipeline: each connection costs two file descriptors, of which a process may have but 1,024. */
const mostConnections = 200;
/** The station is sent about one still a second; more are taken where somebody waits for a first look. */
const sentStillsApartMs = 700;
/** Records sent and not yet stored; more would pile up in the pipe between the processes. */
const recordsAhead = 256;
/** Of an address that gives one picture each time it is asked, unless `fps` is set. */
const snapshotsPerSecond = 1;

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
  readonly frame: TimedFrame;
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
  #nextFrame: number;
  #lastTimeMs = -Infinity;
  #framesOfConnection = 0;
  /** Of the connection. */
  #decoder: string | undefined;
  /** Bytes of the connection have come. */
  #onBytes: (() => void) | undefined;
  /** The web address gives a stream that GStreamer is to read. */
  #isStream = false;
  #connections = 0;
  /** The file's frames have no times of their own. */
  #untimed = false;
  /** Where the last frame ends, ms from the first, and as the source counts. */
  readonly #reading: FileReading;
  readonly #rtsp: RtspAccess;
  #acknowledged: number;
  #wakeSender: (() => void) | undefined;

  constructor(job: CameraJob, context: CameraContext) {
    this.#job = job;
    this.#context = context;
    this.#ladder = new ChainLadder(context.chains);
    this.#reading = new FileReading(job.source);
    this.#rtsp = new RtspAccess(job.source, job.reading ?? {}, (line) => this.#note(line));
    this.#taker = this.#newTaker();
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
        const { state, message } = await this.#reading.end(
          end,
          describeEnd(this.#job.source, end, this.#framesOfConnection > 0),
        );
        this.#say(state, message);
        return;
      }
      if (this.#framesOfConnection > 0) attempt = 0;
      if (++this.#connections >= mostConnections)
        this.#context.restart(
          `${mostConnections} connections were made; the process starts anew to free what they hold.`,
        );
      const waitMs = backoff(attempt, this.#context.random());
      this.#say('reconnecting', describeEnd(this.#job.source, end, this.#framesOfConnection > 0));
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
      let end = await this.#readOnce();
      if (end.kind === 'untimed') {
        this.#untimed = true;
        this.#note(`${safeText(this.#job.source)} states no times: they are those of 25 frames a second.`);
        end = await this.#readOnce();
      }
      if (end.kind === 'closed' || this.#framesOfConnection > 0) return end;
      if (this.#rtsp.tryOther(end.kind === 'error' ? end.message : 'the stream ended')) continue;
      // What cannot be reached would only be asked more often.
      const hasCome = this.#decoder !== undefined || !/^(rtsp|http)/.test(this.#job.source.kind);
      const why = end.kind === 'error' ? end.message : 'no frame came.';
      const failed = this.#ladder.chain.name;
      if (!hasCome || !this.#ladder.stepDown(why)) return end;
      this.#connections++;
      this.#say('connecting', `decoding by ${failed} failed: ${why} Trying ${this.#ladder.chain.name}.`);
    }
  }

  /** One connection by the ladder's chain, from opening the source to its end. */
  async #readOnce(): Promise<VideoEnd> {
    this.#framesOfConnection = 0;
    this.#decoder = undefined;
    this.#taker?.onConnection();
    const connection = new AbortController();
    let file: PreparedFile | undefined;
    try {
      await checkSource(this.#job.source);
      file = await prepareFile(this.#job.source, (line) => this.#note(line));
      if (file?.isTurned === true && !this.#ladder.skipUnturning())
        throw new Error(`the pictures are stored turned, which ${this.#ladder.chain.name} cannot turn.`);
      const edits = file?.unedited?.edits;
      if (edits) this.#reading.durationMs = shownLengthMs(edits);
      // What a file states is that of its first video stream.
      this.#reading.begin((this.#job.reading?.stream ?? 1) === 1 ? file?.frames : undefined);
      const times = this.#newTimes(edits);
      const stillTimes = new StillTimes(stillsPerSecond[this.#job.source.live ? 'wanted' : 'file']);
      let lastSentMs = -Infinity;
      const { input } = this.#context.detector.manifest;
      const pictures = await this.#openPictures(connection.signal);
      const { deinterlace, stream } = this.#job.reading ?? {};
      const video = new Video(this.#job.source, {
        ...(await this.#rtsp.next()),
        ...(deinterlace && { deinterlace }),
        ...(stream !== undefined && { stream }),
        inputWidth: input.width,
        inputHeight: input.height,
        colour: input.colour,
        live: this.#job.source.live,
        chain: this.#ladder.chain,
        ...(file?.direction && { direction: file.direction }),
        ...(file?.unedited && { pattern: file.unedited.pattern }),
        untimed: this.#untimed,
        ...(pictures && { pictures }),
        onDecoder: (decoder) => {
          this.#decoder = decoder;
          this.#sayDecoding();
        },
        onStill: ({ ptsMs, ...still }) => {
          times.still(ptsMs, ({ mediaTimeMs, timeMs }) => {
            if (mediaTimeMs <= (this.#job.resumeAfter?.mediaTimeMs ?? -Infinity)) return;
            stillTimes.onStill(mediaTimeMs);
            this.#taker?.onStill({ ptsMs: mediaTimeMs, ...still });
            if (mediaTimeMs - lastSentMs < sentStillsApartMs) return;
            lastSentMs = mediaTimeMs;
            const { run, camera } = this.#job;
            this.#context.send({ type: 'still', run, still: { camera, timeMs, ...still } });
          });
        },
      });
      this.#video = video;
      this.#sayDecoding();
      const frames = new BoundedQueue<TimedFrame>({
        capacity: framesWaiting,
        policy: this.#job.source.live ? 'drop-oldest' : 'block',
      });
      const submitted = new BoundedQueue<Submitted>({
        capacity: this.#context.pool.size + 1,
        policy: 'block',
      });
      await Promise.all([
        this.#decode(video, times, frames),
        this.#submit(frames, stillTimes, submitted),
        this.#trackAndSend(submitted, video.ended),
      ]);
      this.#reading.mended = times.mended;
      return await video.ended;
    } catch (error) {
      return { kind: 'error', message: messageOf(error) };
    } finally {
      connection.abort();
      await file?.unedited?.remove();
      this.#onBytes = undefined;
      await this.#video?.close();
      this.#video = undefined;
    }
  }

  /** Pictures of a web camera, read here; undefined for all that GStreamer reads. */
  async #openPictures(signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined> {
    const { source, maxFps = snapshotsPerSecond } = this.#job;
    if ((source.kind !== 'http' && source.kind !== 'https') || !source.live || this.#isStream)
      return undefined;
    const stopping = AbortSignal.any([signal, this.#stopping.signal]);
    const onBytes = () => this.#onBytes?.();
    const pictures = await openPictures(source.uri, { signal: stopping, onBytes, intervalMs: 1000 / maxFps });
    this.#isStream = pictures === undefined;
    return pictures;
  }

  async #decode(video: Video, times: SourceTimes, frames: BoundedQueue<TimedFrame>): Promise<void> {
    const { live } = this.#job.source;
    const passes = frameGate(this.#job.maxFps);
    const watchdog = live ? silenceWatchdog(video) : fileWatchdog(video, () => this.#reading.isAllRead);
    // As long as bytes come, a slow picture is waited for.
    this.#onBytes = () => watchdog.refresh();
    const resumeAfterMs = this.#job.resumeAfter?.mediaTimeMs ?? -Infinity;
    const take = async (timed: readonly TimedFrame[]) => {
      for (const one of timed) {
        this.#reading.note(one.frame, one.mediaTimeMs);
        // What a live source counts may jump; its clock does not.
        if (!passes(live ? one.timeMs : one.mediaTimeMs) || one.mediaTimeMs <= resumeAfterMs) continue;
        if (this.#framesOfConnection++ === 0) this.#sayRunning(one.frame.letterbox);
        await frames.push(one);
      }
    };
    try {
      for (let frame = await video.nextFrame(); frame; frame = await video.nextFrame()) {
        watchdog.pause();
        this.#reading.durationMs ??= video.durationMs;
        this.#reading.noteDecoded(frame);
        await take(times.add(frame));
        watchdog.refresh();
      }
      await take(times.rest());
    } finally {
      watchdog.pause();
      frames.close();
    }
  }

  async #submit(
    frames: BoundedQueue<TimedFrame>,
    stillTimes: StillTimes,
    submitted: BoundedQueue<Submitted>,
  ): Promise<void> {
    let dropped = frames.dropped;
    for await (const frame of frames) {
      const { planar, letterbox } = frame.frame;
      const withSharpness = stillTimes.mayHaveStill(frame.mediaTimeMs);
      const detections = this.#context.pool.detect({ planar, letterbox, withSharpness });
      await submitted.push({ frame, detections, dropped: frames.dropped - dropped });
      dropped = frames.dropped;
    }
    submitted.close();
  }

  async #trackAndSend(submitted: BoundedQueue<Submitted>, ended: Promise<VideoEnd>): Promise<void> {
    // The last frame of a file waits: what was lost of the file is known at its end.
    let last: FrameRecord | undefined;
    for await (const { frame, detections, dropped } of submitted) {
      const found = (await detections).filter(this.#isWanted);
      const { timeMs, mediaTimeMs } = frame;
      if (this.#job.source.live && timeMs < this.#lastTimeMs - clockBackMs) {
        this.#context.restart(`${this.#job.camera}: the clock was set back; reading starts anew.`);
        return;
      }
      if (this.#stopping.signal.aborted) continue;
      this.#lastTimeMs = timeMs;
      const tracked = this.#tracker.update(found, timeMs);
      const record: FrameRecord = {
        camera: this.#job.camera,
        frame: this.#nextFrame++,
        mediaTimeMs,
        timeMs,
        detections: tracked.detections,
        tracks: tracked.tracks,
        ended: tracked.ended,
        dropped,
      };
      if (this.#job.source.live) await this.#sendRecord(record);
      else {
        if (last) await this.#sendRecord(last);
        last = record;
      }
    }
    if (!last) return;
    const { kind } = await ended;
    const lost = kind === 'end' ? this.#reading.lost : 0;
    await this.#sendRecord({ ...last, dropped: last.dropped + lost });
  }

  async #sendRecord(record: FrameRecord): Promise<void> {
    this.#context.send({ type: 'frame', run: this.#job.run, record });
    this.#taker?.onFrame(record);
    this.#video?.wantStills(this.#taker?.isWaiting(record) ?? false);
    await this.#roomAfter(record.frame);
    await this.#taker?.room();
  }

  async #roomAfter(sent: number): Promise<void> {
    while (sent + 1 - this.#acknowledged > recordsAhead && !this.#stopping.signal.aborted) {
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

  #newTimes(edits?: readonly Edit[]): SourceTimes {
    const { mediaStartMs } = this.#job;
    return mediaStartMs === undefined
      ? liveTimes(this.#context.now, this.#lastTimeMs)
      : fileTimes(mediaStartMs, edits);
  }

  #sayRunning({ contentWidth, contentHeight }: Letterbox): void {
    const { run, camera } = this.#job;
    const { durationMs } = this.#reading;
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

  #note(line: string): void {
    this.#context.send({ type: 'note', line: `${this.#job.camera}: ${line}` });
  }

  #say(state: 'connecting' | 'reconnecting' | 'finished' | 'failed', message?: string): void {
    const { run, camera } = this.#job;
    this.#context.send({ type: 'camera', run, camera, state, ...(message !== undefined && { message }) });
  }
}
