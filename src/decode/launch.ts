import type { SourceDescription } from '../source/description.ts';

export interface LaunchOptions {
  readonly inputWidth: number;
  readonly inputHeight: number;
  readonly colour: 'rgb' | 'bgr';
  readonly live: boolean;
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

/**
 * Describes decode → letterbox → planar pixels with timestamps (`frames`), and a second branch with about one
 * full-resolution JPEG a second (`stills`). Nothing that a user wrote enters the text: it travels as properties.
 */
export function launchDescription(source: SourceDescription, options: LaunchOptions): LaunchDescription {
  const { elements, properties } = sourceElements(source);
  const text = [
    `${elements} ! tee name=split`,
    `split. ! ${branchQueue(options)} ! ${letterboxElements(options)} ! gdppay ! ${sink('frames', options)}`,
    `split. ! ${branchQueue(options)} ! videorate drop-only=true max-rate=1 ! videoconvert ! jpegenc quality=85 ! gdppay ! ${sink('stills', options)}`,
  ].join(' ');
  return { text, properties };
}

function sourceElements(source: SourceDescription): {
  elements: string;
  properties: LaunchDescription['properties'];
} {
  switch (source.kind) {
    case 'file':
    case 'http':
    case 'https':
    case 'rtsp':
    case 'rtsps':
      return {
        // Without the caps filter the audio of a file would be decoded too.
        elements: 'uridecodebin name=source caps="video/x-raw(ANY)" expose-all-streams=false',
        properties: [{ element: 'source', name: 'uri', value: tcpUri(source.uri) }],
      };
    case 'v4l2':
      return {
        elements: 'v4l2src name=source ! decodebin',
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

/**
 * Scales to the input's width, and to the height that goes with it: borders above and below are not made here, where
 * they would have to be analysed. What is taller than the input gets borders at its sides.
 */
function letterboxElements(options: LaunchOptions): string {
  const format = options.colour === 'bgr' ? 'BGRP' : 'RGBP';
  return (
    `videoconvertscale add-borders=true ! video/x-raw,format=${format},width=${options.inputWidth},` +
    `height=[1,${options.inputHeight}],pixel-aspect-ratio=1/1`
  );
}

/** A live source must never be held up by a slow branch; a file must, as that is its back-pressure. */
const branchQueue = (options: LaunchOptions): string =>
  `queue max-size-buffers=${framesHeld} max-size-bytes=0 max-size-time=0${options.live ? ' leaky=downstream' : ''}`;

const sink = (name: string, options: LaunchOptions): string =>
  `appsink name=${name} sync=false max-buffers=${framesHeld} drop=${options.live}`;
