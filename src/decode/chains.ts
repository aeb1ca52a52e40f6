import type { DecodingChoice } from '../config/decoding.ts';

type ChainName = Exclude<DecodingChoice, 'auto'>;

/** The picture that the network takes: its width, its greatest height, its planes. */
export interface NetworkPicture {
  readonly inputWidth: number;
  readonly inputHeight: number;
  readonly colour: 'rgb' | 'bgr';
}

/** One way from a decoder to the network's picture, in parts of a gst-launch description. */
export interface Chain {
  readonly name: ChainName;
  /** Elements without which it cannot be built. */
  readonly needs: readonly string[];
  /** What to install where one is missing. */
  readonly remedy: string;
  /** Whether decoders of the class Hardware are left out. */
  readonly softwareDecodersOnly: boolean;
  /** Whether decoded pictures are in ordinary memory, where interlaced ones are made whole and turned ones upright. */
  readonly inMemory: boolean;
  /** Between the decoder and the two branches. */
  readonly common: readonly string[];
  /** Decoded picture → planar bytes in ordinary memory, as wide as the network's input, and at most as high. */
  readonly letterbox: (picture: NetworkPicture) => readonly string[];
  /** Decoded picture, about one a second → what `jpegenc` takes. */
  readonly still: readonly string[];
}

const formatOf = ({ colour }: NetworkPicture): string => (colour === 'bgr' ? 'BGRP' : 'RGBP');

/**
 * The input's width, and the height that goes with it: borders above and below are not made here, where they would
 * have to be analysed. What is taller than the input gets borders at its sides.
 */
const sizeOf = ({ inputWidth, inputHeight }: NetworkPicture): string =>
  `width=${inputWidth},height=[1,${inputHeight}],pixel-aspect-ratio=1/1`;

/**
 * NVDEC, then scaling and planes in CUDA memory, so that only the small picture is copied to ordinary memory.
 * `cudaupload` lets pictures in CUDA memory pass and uploads those of a decoder that has none. The bare
 * `video/x-raw` keeps `cudadownload` from handing CUDA memory, with its padded rows, on to `gdppay`, which takes any.
 */
export const nvidia: Chain = {
  name: 'nvidia',
  needs: ['nvh264dec', 'cudaupload', 'cudaconvertscale', 'cudadownload'],
  remedy:
    "Install GStreamer 1.22 or newer with gstreamer1.0-plugins-bad, NVIDIA's driver, and libnvrtc, which compiles its scaling",
  softwareDecodersOnly: false,
  inMemory: false,
  common: ['cudaupload'],
  letterbox: (picture) => [
    'cudaconvertscale add-borders=true',
    `video/x-raw(memory:CUDAMemory),format=${formatOf(picture)},${sizeOf(picture)}`,
    'cudadownload',
    'video/x-raw',
  ],
  still: ['cudadownload', 'videoconvertscale', 'video/x-raw,pixel-aspect-ratio=1/1'],
};

/**
 * VA-API: `vapostproc` scales, and takes pictures in ordinary memory, too. NV12 is the one format that every driver
 * has; planes are made of the small picture on the CPU.
 */
const va: Chain = {
  name: 'va',
  needs: ['vah264dec', 'vapostproc'],
  remedy:
    'Install GStreamer 1.22 or newer with gstreamer1.0-plugins-bad, a VA-API driver (e.g. intel-media-va-driver or mesa-va-drivers), and let the user read /dev/dri',
  softwareDecodersOnly: false,
  inMemory: false,
  common: [],
  letterbox: (picture) => [
    'vapostproc add-borders=true',
    `video/x-raw,format=NV12,${sizeOf(picture)}`,
    'videoconvert',
    `video/x-raw,format=${formatOf(picture)}`,
  ],
  still: ['vapostproc', 'video/x-raw,format=NV12', 'videoconvertscale', 'video/x-raw,pixel-aspect-ratio=1/1'],
};

export const software: Chain = {
  name: 'software',
  needs: [],
  remedy: '',
  softwareDecodersOnly: true,
  inMemory: true,
  common: [],
  letterbox: (picture) => [
    'videoconvertscale add-borders=true',
    `video/x-raw,format=${formatOf(picture)},${sizeOf(picture)}`,
  ],
  still: ['videoconvertscale', 'video/x-raw,pixel-aspect-ratio=1/1'],
};

/** In the order in which `auto` tries them. */
export const allChains: readonly Chain[] = [nvidia, va, software];

interface SkippedChain {
  readonly chain: ChainName;
  readonly reason: string;
}

export interface ChainSelection {
  /** To be tried in this order for each camera; empty where the one asked for is not there. */
  readonly chains: readonly Chain[];
  readonly skipped: readonly SkippedChain[];
}

/** The chains worth trying. What was asked for by name is the only one: forced means forced. */
export function chooseChains(
  asked: DecodingChoice,
  exists: (element: string) => boolean,
  table: readonly Chain[] = allChains,
): ChainSelection {
  const chains: Chain[] = [];
  const skipped: SkippedChain[] = [];
  for (const chain of table.filter(({ name }) => asked === 'auto' || asked === name)) {
    const missing = chain.needs.filter((element) => !exists(element));
    if (missing.length === 0) chains.push(chain);
    else skipped.push({ chain: chain.name, reason: `GStreamer has no ${missing.join(', ')}` });
  }
  const [only] = chains;
  // With no chain of a GPU, `auto` leaves the decoder to GStreamer, which may know one of a small board. After one that
  // failed it would take the same decoder again.
  if (asked === 'auto' && chains.length === 1 && only)
    return { chains: [{ ...only, softwareDecodersOnly: false }], skipped };
  return { chains, skipped };
}

/** Why the chain that was asked for cannot be used, and what to do: the two parts of an ArgusError. */
export function refusal({ skipped }: ChainSelection, table: readonly Chain[] = allChains): [string, string] {
  const [{ chain, reason }] = skipped as [SkippedChain];
  const remedy = table.find(({ name }) => name === chain)?.remedy ?? '';
  return [`decoding: ${chain} cannot be used: ${reason}.`, `${remedy}; or set decoding to auto.`];
}

const codecs = ['h264', 'h265', 'av1', 'vp9', 'vp8'];
/** Software decoders have at most 256 (primary), and GStreamer 1.22 ranks these decoders below or not at all. */
const ranks = { nvidia: 512, va: 384 };

/**
 * `GST_PLUGIN_FEATURE_RANK`, by which the decoder is chosen. GStreamer goes through it from left to right, so the user's
 * own comes last and wins. `software` needs none: it leaves hardware decoders out by their class.
 */
export function featureRanks(asked: DecodingChoice, own: string | undefined): string | undefined {
  if (asked === 'software') return own;
  const rankOf = (name: 'nvidia' | 'va') => (asked === 'auto' || asked === name ? ranks[name] : 'NONE');
  const ours = [
    ...codecs.map((codec) => `nv${codec}dec:${rankOf('nvidia')}`),
    ...codecs.map((codec) => `va${codec}dec:${rankOf('va')}`),
  ];
  return [...ours, ...(own === undefined || own === '' ? [] : [own])].join(',');
}

/**
 * The decoder of an element's name, which GStreamer makes of its kind and a number (`avdec_mpeg4-0`, `nvh264dec3`);
 * undefined for elements that are no video decoders.
 */
export function decoderOf(elementName: string): string | undefined {
  const kind = /^(.*\d)-\d+$/.exec(elementName)?.[1] ?? elementName.replace(/\d+$/, '');
  if (/^(rtp|s?rtpdec|dtls)/.test(kind)) return undefined;
  return kind.startsWith('avdec_') || kind.endsWith('dec') ? kind : undefined;
}
