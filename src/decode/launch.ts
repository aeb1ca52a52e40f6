import type { SourceDescription } from '../source/description.ts';
import type { Chain, NetworkPicture } from './chains.ts';

export interface LaunchOptions extends NetworkPicture {
  readonly live: boolean;
  readonly chain: Chain;
}

/** A pipeline in gst-launch syntax and the properties to set on its elements before it plays. */
export interface LaunchDescription {
  readonly text: string;
  readonly properties: readonly {
    readonly element: string;
    readonly name: string;
    readonly value: string | number;
  }[];
}

/** Frames that may wait inside GStreamer for each branch; the queue that counts drops comes after. */
const framesHeld = 4;
/** Pictures a second in the stills' branch: of a live camera that many where nobody waits for a first look. */
export const stillsPerSecond = { live: 1, file: 2, wanted: 4 } as const;
/** At the end of the stills' branch; the first packets tell the size of the picture and must not be pushed out. */
const stillsHeld = 8;

/**
 * Describes decode → letterbox → planar pixels with timestamps (`frames`), and a second branch with one or two
 * full-resolution JPEGs a second (`stills`). Nothing that a user wrote enters the text: it travels as properties.
 */
export function launchDescription(source: SourceDescription, options: LaunchOptions): LaunchDescription {
  const { elements, properties } = sourceElements(source, options);
  const { common, letterbox, still } = options.chain;
  const text = [
    join(elements, ...common, 'tee name=split'),
    join('split.', branchQueue(options), ...letterbox(options), 'gdppay', sink('frames', options)),
    // Thinned first, so that of full pictures in a GPU's memory but few are copied.
    join(
      'split.',
      branchQueue(options),
      // Pictures and many streams give no rate, with which videorate does not thin, or aborts the process.
      'capssetter caps=video/x-raw,framerate=30/1',
      `videorate name=thin drop-only=true max-rate=${options.live ? stillsPerSecond.live : stillsPerSecond.file}`,
      ...still,
      'jpegenc quality=85',
      'gdppay',
      sink('stills', options, stillsHeld),
    ),
  ].join(' ');
  return { text, properties };
}

const join = (...elements: readonly string[]): string => elements.join(' ! ');

function sourceElements(
  source: SourceDescription,
  { chain }: LaunchOptions,
): {
  elements: string;
  properties: LaunchDescription['properties'];
} {
  const decoders = chain.softwareDecodersOnly ? ' force-sw-decoders=true' : '';
  switch (source.kind) {
    case 'file':
    case 'http':
    case 'https':
    case 'rtsp':
    case 'rtsps':
      return {
        // Without the caps filter the audio of a file would be decoded too.
        elements: `uridecodebin name=source caps="video/x-raw(ANY)" expose-all-streams=false${decoders}`,
        properties: [{ element: 'source', name: 'uri', value: tcpUri(source.uri) }],
      };
    case 'v4l2':
      return {
        elements: `v4l2src name=source ! decodebin${decoders}`,
        properties: [{ element: 'source', name: 'device', value: source.device }],
      };
    case 'test':
      return {
        elements: `videotestsrc name=source pattern=${source.pattern} is-live=${source.live} ! video/x-raw,width=640,height=480,framerate=10/1`,
        properties: [{ element: 'source', name: 'num-buffers', value: source.frames ?? -1 }],
      };
  }
}

/**
 * RTSP over TCP: a lost packet is sent again rather than smeared over the picture until the next key frame. GStreamer
 * takes the transport from the scheme.
 */
const tcpUri = (uri: string): string => uri.replace(/^rtsp:/i, 'rtspt:').replace(/^rtsps:/i, 'rtspst:');

/** A live source must never be held up by a slow branch; a file must, as that is its back-pressure. */
const branchQueue = (options: LaunchOptions): string =>
  `queue max-size-buffers=${framesHeld} max-size-bytes=0 max-size-time=0${options.live ? ' leaky=downstream' : ''}`;

const sink = (name: string, options: LaunchOptions, held = framesHeld): string =>
  `appsink name=${name} sync=false max-buffers=${held} drop=${options.live}`;
