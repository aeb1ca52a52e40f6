/** What `decoding` of argus.yaml may say: where video is decoded and scaled. */
export const decodingChoices = ['auto', 'nvidia', 'va', 'software'] as const;

export type DecodingChoice = (typeof decodingChoices)[number];

/** What `deinterlace` of a camera may say: for pictures that say so, for all, or never. */
export const deinterlaceChoices = ['auto', 'on', 'off'] as const;

export type DeinterlaceChoice = (typeof deinterlaceChoices)[number];
