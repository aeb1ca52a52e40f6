/** What `decoding` of argus.yaml may say: where video is decoded and scaled. */
export const decodingChoices = ['auto', 'nvidia', 'va', 'software'] as const;

export type DecodingChoice = (typeof decodingChoices)[number];

/** What `deinterlace` of a camera may say: for pictures that say so, for all, or never. */
export const deinterlaceChoices = ['auto', 'on', 'off'] as const;

export type DeinterlaceChoice = (typeof deinterlaceChoices)[number];

/** What `transport` of a camera may say: how an RTSP camera sends its pictures. */
export const transportChoices = ['auto', 'tcp', 'udp'] as const;

type TransportChoice = (typeof transportChoices)[number];

/** How a source is to be read, where it is not left to Argus. */
export interface Reading {
  readonly deinterlace?: DeinterlaceChoice | undefined;
  readonly transport?: TransportChoice | undefined;
  /** Which video stream of several, from 1 in the source's own order. */
  readonly stream?: number | undefined;
}
