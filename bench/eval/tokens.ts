import { encode } from 'gpt-tokenizer';

/** Of the encoding o200k_base: near to what other tokenizers make of JSON, and the same everywhere. */
export const tokensOf = (value: unknown): number =>
  encode(typeof value === 'string' ? value : JSON.stringify(value)).length;
