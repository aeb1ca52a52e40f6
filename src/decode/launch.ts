import type { DeinterlaceChoice } from '../config/decoding.ts';
import type { SourceDescription } from '../source/description.ts';
import type { RtspStream } from '../source/rtspStreams.ts';
import type { Chain, NetworkPicture } from './chains.ts';

export interface LaunchOptions extends NetworkPicture {
  readonly live: boolean;
  readonly chain: Chain;
  /** How interlaced pictures are made whole. */
  readonly deinterlace?: DeinterlaceChoice;
  /** How pictures are turned; undefined: as the source says. */
  readonly direction?: 'ur-ll';
  /** Frames get the times of 25 frames a second, as the source has none. */
  readonly untimed?: boolean;
  /** Pattern of the files that together are the source's, where it is not read as it is. */
  readonly pattern?: string;
  /** Of an RTSP source with several video streams: which. */
  readonly rtspStream?: RtspStream;
  /** RTSP over UDP; else over TCP, where a lost packet is sent again instead of smearing the picture. */
  readonly udp?: boolean;
  /** Of other sources with several video streams: which, from 1; undefined: the first. */
  readonly stream?: number;
  /** The source's pictures are JPEG and handed over one by one. */
  readonly pushed?: boolean;
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
  const { common, letterbox, still, inMemory } = options.chain;
  const mend = [
    ...(options.untimed === true ? stamps : []),
    ...(inMemory ? upright(options) : []),
    ...common,
  ];
  const text = [
    join(elements, ...mend, 'tee name=split'),
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

/** Gives raw pictures times by counting them; a picture has none where its container has none, such as bare MJPEG. */
const stamps = [
  'videoconvert',
  'video/x-raw,format=I420',
  'capssetter caps=video/x-raw,framerate=25/1',
  'rawvideoparse use-sink-caps=true',
];

/**
 * Makes interlaced pictures whole and those stored lying down or mirrored upright; what is neither passes untouched. One
 * frame is made of two fields, as one of each field would double the rate.
 */
const upright = ({ deinterlace = 'auto', direction }: LaunchOptions): readonly string[] => [
  ...(deinterlace === 'off'
    ? []
    : [`deinterlace mode=${deinterlace === 'on' ? 'interlaced' : 'auto'} fields=top method=greedyh`]),
  // The flip knows fewer formats than the decoders.
  'videoconvert',
  `videoflip video-direction=${direction ?? 'auto'}`,
];

const join = (...elements: readonly string[]): string => elements.join(' ! ');

function sourceElements(
  source: SourceDescription,
  { chain, untimed, pushed, pattern, stream, rtspStream, udp }: LaunchOptions,
): {
  elements: string;
  properties: LaunchDescription['properties'];
} {
  const decoders = chain.softwareDecodersOnly || untimed === true ? ' force-sw-decoders=true' : '';
  // Without the caps filter the audio of a file would be decoded too.
  const pictures = `caps="video/x-raw(ANY)" expose-all-streams=false${decoders}`;
  const pad = (element: string) => (stream === undefined ? '' : ` ${element}.src_${stream - 1}`);
  switch (source.kind) {
    case 'http':
    case 'https':
      if (pushed === true)
        // Each picture gets the time at which it comes; when they come too fast, the oldest goes.
        return {
          elements:
            'appsrc name=source is-live=true do-timestamp=true format=time max-buffers=4 max-bytes=0 ' +
            'leaky-type=downstream caps=image/jpeg ! jpegdec',
          properties: [],
        };
      return {
        // The pieces of a live playlist come each at once: without a clock most of their pictures would be dropped.
        elements: join(
          `uridecodebin name=source ${pictures}`,
          ...(source.live && isPlaylist(source.uri) ? ['clocksync'] : []),
        ),
        properties: [{ element: 'source', name: 'uri', value: source.uri }],
      };
    case 'file':
      if (pattern !== undefined)
        return {
          elements: `splitfilesrc name=source ! decodebin name=decoder ${pictures}${pad('decoder')}`,
          properties: [{ element: 'source', name: 'location', value: pattern }],
        };
      return {
        elements: `uridecodebin name=source ${pictures}${pad('source')}`,
        properties: [{ element: 'source', name: 'uri', value: source.uri }],
      };
    case 'rtsp':
    case 'rtsps':
      return {
        // The filter lets one stream be linked; else it would be whichever comes first.
        elements: `rtspsrc name=source protocols=${udp === true ? 'udp' : 'tcp'} ! capsfilter name=chosen ! decodebin ${pictures}`,
        properties: [
          { element: 'source', name: 'location', value: source.uri },
          { element: 'chosen', name: 'caps', value: rtpCaps(rtspStream) },
        ],
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

/** What the packets of the stream are like, as caps; of any video stream where none is chosen. */
function rtpCaps(stream: RtspStream | undefined): string {
  const fields = ['application/x-rtp', 'media=(string)video'];
  if (stream?.payload !== undefined) fields.push(`payload=(int)${stream.payload}`);
  // Two streams may well have one payload type.
  if (stream?.parameterSets !== undefined && /^[\w+/=,]+$/.test(stream.parameterSets))
    fields.push(`sprop-parameter-sets=(string)"${stream.parameterSets}"`);
  return fields.join(', ');
}

/** Whether the address is that of HLS or DASH, by its ending. */
const isPlaylist = (uri: string): boolean => /\.(m3u8?|mpd)([?#]|$)/i.test(uri);

/** A live source must never be held up by a slow branch; a file must, as that is its back-pressure. */
const branchQueue = (options: LaunchOptions): string =>
  `queue max-size-buffers=${framesHeld} max-size-bytes=0 max-size-time=0${options.live ? ' leaky=downstream' : ''}`;

const sink = (name: string, options: LaunchOptions, held = framesHeld): string =>
  `appsink name=${name} sync=false max-buffers=${held} drop=${options.live}`;
