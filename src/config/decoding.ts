/** What `decoding` of argus.yaml may say: where video is decoded and scaled. */
export const decodingChoices = ['auto', 'nvidia', 'va', 'software'] as const;

export type DecodingChoice = (typeof decodingChoices)[number];
