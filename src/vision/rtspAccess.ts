import type { Reading } from '../config/decoding.ts';
import { ArgusError } from '../domain/errors.ts';
import { safeText, type SourceDescription } from '../source/description.ts';
import { describeRtsp, type RtspStream } from '../source/rtspStreams.ts';

/** Which stream of an RTSP camera is read, and over which transport: TCP first, UDP where that gives no picture. */
export class RtspAccess {
  readonly #source: SourceDescription;
  readonly #reading: Reading;
  readonly #note: (line: string) => void;
  #udp: boolean;
  #answers = false;
  #chosen: string | undefined;

  constructor(source: SourceDescription, reading: Reading, note: (line: string) => void) {
    this.#source = source;
    this.#reading = reading;
    this.#note = note;
    this.#udp = reading.transport === 'udp';
  }

  /** How to open the next connection. Throws ArgusError where the stream that was asked for is not there. */
  async next(): Promise<{ readonly udp?: boolean; readonly rtspStream?: RtspStream }> {
    const source = this.#source;
    if (source.kind !== 'rtsp' && source.kind !== 'rtsps') return {};
    const streams = await describeRtsp(source.uri, (why) => this.#sayUnverified(why));
    this.#answers = streams !== undefined;
    const udp = this.#udp && source.kind === 'rtsp';
    if (!streams || (streams.length < 2 && this.#reading.stream === undefined)) return { udp };
    const { stream = 1 } = this.#reading;
    const chosen = streams[stream - 1];
    if (!chosen)
      throw new ArgusError(
        `${safeText(source)} has no video stream ${stream}: there ${streams.length === 1 ? 'is 1' : `are ${streams.length}`}.`,
        'Set stream of the camera to one of them.',
      );
    const codecs = streams.map(({ codec }) => codec).join(', ');
    this.#say(
      `video stream ${stream} of ${streams.length} is read (${codecs}); stream of the camera chooses another.`,
    );
    return { udp, rtspStream: chosen };
  }

  /** The connection gave no picture. Returns whether another transport is worth trying at once. */
  tryOther(why: string): boolean {
    const { transport = 'auto' } = this.#reading;
    if (this.#source.kind !== 'rtsp' || transport !== 'auto') return false;
    if (this.#udp) {
      this.#udp = false;
      return false;
    }
    // Who does not answer at all would only be asked more often.
    if (!this.#answers) return false;
    this.#udp = true;
    this.#note(`no picture over TCP (${why.replace(/\.$/, '')}); trying UDP.`);
    return true;
  }

  /** GStreamer verifies, too, with the certificates of the system; it says so itself where it refuses. */
  #sayUnverified(why: string): void {
    const { stream } = this.#reading;
    const choice = stream === undefined ? '' : `, and stream: ${stream} cannot be looked for`;
    this.#say(
      `the certificate of ${safeText(this.#source)} cannot be verified (${why}): no password is sent to ask for its streams${choice}; GStreamer connects by itself, with the certificates that this system trusts.`,
    );
  }

  #say(line: string): void {
    if (line !== this.#chosen) this.#note(line);
    this.#chosen = line;
  }
}
