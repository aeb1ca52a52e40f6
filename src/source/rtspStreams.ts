import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { authorizationFor, credentialsOf } from './httpAccess.ts';

/** A video stream that an RTSP camera offers. */
export interface RtspStream {
  /** E.g. `H264`. */
  readonly codec: string;
  /** Number by which its packets are marked. */
  readonly payload?: number;
  /** Of H.264: how it is coded, in base64; two streams differ in it. */
  readonly parameterSets?: string;
}

const silenceMs = 5_000;
const mostBytes = 1_000_000;

/**
 * Asks an RTSP camera which video streams it offers, in its own order. Undefined where it does not say: whoever then plays
 * the stream will hear why. A server of `rtsps:` whose certificate cannot be verified gets no request, and no password.
 *
 * @param onUnverified is told why the certificate could not be verified, e.g. `DEPTH_ZERO_SELF_SIGNED_CERT`
 */
export async function describeRtsp(
  uri: string,
  onUnverified: (why: string) => void = () => undefined,
): Promise<readonly RtspStream[] | undefined> {
  const url = new URL(uri);
  const credentials = credentialsOf(url);
  url.username = '';
  url.password = '';
  const socket =
    url.protocol === 'rtsps:'
      ? secureSocket(url)
      : connect({ host: hostOf(url), port: Number(url.port || 554) });
  socket.setTimeout(silenceMs, () => socket.destroy(new Error('silent')));
  try {
    await once(socket, url.protocol === 'rtsps:' ? 'secureConnect' : 'connect');
    const first = await ask(socket, url.href, 1);
    const challenge =
      /^www-authenticate:\s*(.*digest.*)$/im.exec(first.head)?.[1] ?? header(first.head, 'www-authenticate');
    const answer =
      first.status === 401 && credentials && challenge !== undefined
        ? await ask(socket, url.href, 2, authorizationFor(challenge, credentials, 'DESCRIBE', url.href))
        : first;
    return answer.status === 200 ? videoStreams(answer.body) : undefined;
  } catch {
    const refusal = socket instanceof TLSSocket ? refusalOf(socket) : null;
    if (refusal !== null) onUnverified(String(refusal));
    // Away, silent, or speaking something else: the one who plays it says so, in GStreamer's words.
    return undefined;
  } finally {
    socket.destroy();
  }
}

/** A connection that verifies the server's certificate, whatever NODE_TLS_REJECT_UNAUTHORIZED says. */
function secureSocket(url: URL): TLSSocket {
  const host = hostOf(url);
  return connectTls({
    host,
    port: Number(url.port || 322),
    // A server of several names is told which of its certificates to show; an address is no such name.
    ...(isIP(host) === 0 && { servername: host }),
    rejectUnauthorized: true,
  });
}

/** Why the certificate was not accepted, as OpenSSL names it; null if it was. Node.js gives a code, and declares an Error. */
const refusalOf = (socket: { readonly authorizationError: Error | string | null }): Error | string | null =>
  socket.authorizationError;

/** Without the brackets of IPv6. */
const hostOf = ({ hostname }: URL): string => hostname.replaceAll(/[[\]]/g, '');

interface Answer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

async function ask(socket: Socket, uri: string, number: number, authorization?: string): Promise<Answer> {
  const lines = [
    `DESCRIBE ${uri} RTSP/1.0`,
    `CSeq: ${number}`,
    'Accept: application/sdp',
    'User-Agent: argus',
    ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  let text = '';
  for await (const [bytes] of chunks(socket)) {
    text += bytes.toString('latin1');
    if (text.length > mostBytes) throw new Error('too long');
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) continue;
    const head = text.slice(0, end);
    const length = Number(header(head, 'content-length') ?? 0);
    const body = text.slice(end + 4);
    if (body.length >= length)
      return { status: Number(head.split(' ')[1]), head, body: body.slice(0, length) };
  }
  throw new Error('the connection was closed');
}

/** The data of a socket, which stays open when no more is wanted. */
async function* chunks(socket: Socket): AsyncGenerator<[Buffer]> {
  for (;;) {
    const event = await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => undefined)]);
    if (!event) return;
    yield event as [Buffer];
  }
}

const header = (head: string, name: string): string | undefined =>
  new RegExp(`^${name}:\\s*(.*?)\\s*$`, 'im').exec(head)?.[1];

/** The video streams of a session description (RFC 8866), in its order. */
export function videoStreams(sdp: string): RtspStream[] {
  return sdp
    .split(/^(?=m=)/m)
    .filter((section) => section.startsWith('m=video'))
    .map((section) => {
      const payload = /^m=video \S+ \S+ (\d+)/.exec(section)?.[1];
      const parameterSets = /sprop-parameter-sets=([^;\s]+)/.exec(section)?.[1];
      return {
        codec: /^a=rtpmap:\d+\s+([^/\s]+)/m.exec(section)?.[1] ?? 'unknown',
        ...(payload !== undefined && { payload: Number(payload) }),
        ...(parameterSets !== undefined && { parameterSets }),
      };
    });
}
