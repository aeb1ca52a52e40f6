import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ArgusError } from '../domain/errors.ts';
import type { SourceDescription, TestPattern } from './description.ts';
import { testPatterns } from './description.ts';
import { hideCredentials } from './hideCredentials.ts';

export interface ParseSourceOptions {
  /** The folder that relative paths start from; default: the working folder. */
  readonly folder?: string;
  /** The text before variables such as `${PASSWORD}` were filled in: it is what `safeText` is made of. */
  readonly written?: string;
}

const acceptedForms =
  'A source is rtsp://…, rtsps://…, http://…, https://…, the path of a video file, file:///…, /dev/video0, ' +
  'v4l2:/dev/video0 or test:ball.';

const encodeHint = 'In a user name or password write @ as %40, : as %3A, / as %2F, ? as %3F and # as %23.';

/** Extensions of videos that end; other HTTP addresses (MJPEG, HLS, MPEG-TS) are taken to be live. */
const recordedExtension = /\.(mp4|m4v|mov|avi|mkv|webm|mpe?g|wmv|3gp|ogv)$/i;

/** `rtsp//user:password@host` or `10.0.0.5:password@host`; as the path of a file it would be shown in full. */
const addressWithoutScheme = /^[^/]*\/\/[^/]*@|^[^/.][^/]*:[^/]*@/;

/**
 * Understands what a user calls a camera's source. Looks at the text alone; `checkSource` looks whether it is there.
 * Throws ArgusError, never with a credential in its message.
 */
export function parseSource(text: string, options: ParseSourceOptions = {}): SourceDescription {
  const trimmed = text.trim();
  if (trimmed === '') throw new ArgusError('The source is empty.', acceptedForms);
  if (trimmed.includes('\0')) throw new ArgusError('The source has a zero byte in it.', acceptedForms);

  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(trimmed)?.[1]?.toLowerCase();
  if (scheme === undefined && addressWithoutScheme.test(trimmed))
    throw new ArgusError(
      `"${hideCredentials(options.written ?? trimmed)}" looks like an address without its scheme.`,
      `Write e.g. rtsp:// before it. ${acceptedForms}`,
    );
  // A path may well have an @ in it; only addresses have credentials.
  const local = scheme === undefined || ['file', 'v4l2', 'test'].includes(scheme);
  const written = options.written?.trim() ?? trimmed;
  const safe = local ? written : hideCredentials(written);
  switch (scheme) {
    case undefined:
      return isDevice(trimmed) ? device(trimmed, safe) : file(pathOf(trimmed, options.folder), safe);
    case 'rtsp':
    case 'rtsps':
      return { kind: scheme, uri: networkUrl(trimmed, safe).href, live: true, safe };
    case 'http':
    case 'https': {
      const url = networkUrl(trimmed, safe);
      return { kind: scheme, uri: url.href, live: !recordedExtension.test(url.pathname), safe };
    }
    case 'file':
      return file(pathOfUrl(trimmed, safe), safe);
    case 'v4l2':
      return device(trimmed.replace(/^v4l2:(\/\/(?=\/))?/i, ''), safe);
    case 'test':
      return test(trimmed.slice('test:'.length), safe);
    default:
      throw new ArgusError(
        `"${safe}" starts with "${scheme}:", which is no kind of source.`,
        `${acceptedForms} A file whose name has a colon is written ./NAME.`,
      );
  }
}

function networkUrl(text: string, safe: string): URL {
  let url: URL;
  try {
    url = new URL(withPercent(text));
  } catch {
    // The reason of the URL parser is dropped on purpose: it says no more than "Invalid URL" and holds the input.
    throw new ArgusError(`"${safe}" is not a valid address.`, `${formHint} ${encodeHint}`);
  }
  if (!/^[a-z]+:\/\/[^/]/i.test(text) || url.hostname === '')
    throw new ArgusError(`"${safe}" names no host.`, formHint);
  // Part of a password that was not encoded ends up here, and what remains would name another host.
  if (url.hash !== '' || (url.username === '' && /@/.test(url.pathname + url.search)))
    throw new ArgusError(`"${safe}" has a # or @ where an address cannot have one.`, encodeHint);
  return url;
}

/** A % of a user name or password that encodes nothing is one: RTSP clients would decode it, and fail. */
const withPercent = (text: string): string =>
  text.replace(/^([a-z]+:\/\/)([^/?#]*@)/i, (_, scheme: string, access: string) => {
    return scheme + access.replaceAll(/%(?![0-9a-f]{2})/gi, '%25');
  });

const formHint = 'Write SCHEME://HOST[:PORT]/PATH or SCHEME://USER:PASSWORD@HOST[:PORT]/PATH.';

function pathOf(text: string, folder = process.cwd()): string {
  return /^~(\/|$)/.test(text) ? resolve(homedir(), text.slice(2)) : resolve(folder, text);
}

function pathOfUrl(text: string, safe: string): string {
  const next = 'A file address is file:// and an absolute path, e.g. file:///home/me/gate.mp4.';
  if (!/^file:\/\/\//i.test(text)) throw new ArgusError(`"${safe}" has no absolute path.`, next);
  try {
    return fileURLToPath(text);
  } catch (error) {
    throw new ArgusError(`"${safe}" is not a valid file address.`, next, { cause: error });
  }
}

const file = (path: string, safe: string): SourceDescription => ({
  kind: 'file',
  path,
  uri: pathToFileURL(path).href,
  live: false,
  safe,
});

const isDevice = (path: string): boolean => /^\/dev\/(video\d|v4l\/)/.test(path);

function device(path: string, safe: string): SourceDescription {
  if (!/^\/dev\/[^\s]+$/.test(path))
    throw new ArgusError(`"${safe}" names no video device.`, 'Write v4l2:/dev/video0 or /dev/video0.');
  return { kind: 'v4l2', device: path, live: true, safe };
}

function test(text: string, safe: string): SourceDescription {
  const [pattern = '', query = ''] = text.split(/\?(.*)/s);
  if (!isTestPattern(pattern))
    throw new ArgusError(`"${safe}" names no test picture.`, `There are: ${testPatterns.join(', ')}.`);
  const parameters = new URLSearchParams(query);
  for (const name of parameters.keys())
    if (name !== 'frames' && name !== 'live')
      throw new ArgusError(
        `"${safe}" has "${name}".`,
        'A test source takes frames=N and live=true or live=false.',
      );
  const frames = parameters.get('frames');
  if (frames !== null && !/^[1-9]\d{0,8}$/.test(frames))
    throw new ArgusError(`"${safe}" has frames=${frames}.`, 'frames is a whole number of at least 1.');
  const live = parameters.get('live');
  if (live !== null && live !== 'true' && live !== 'false')
    throw new ArgusError(`"${safe}" has live=${live}.`, 'live is true or false.');
  return {
    kind: 'test',
    pattern,
    ...(frames === null ? {} : { frames: Number(frames) }),
    // Without an end it has to keep to the clock, or it would fill the store as fast as the machine can.
    live: live === null ? frames === null : live === 'true',
    safe,
  };
}

const isTestPattern = (text: string): text is TestPattern => testPatterns.some((pattern) => pattern === text);
