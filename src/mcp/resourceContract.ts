import type { World } from './contract.ts';

/** A kind of resource is data; each has one id in its address. */
export interface Resource {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly mimeType: 'image/jpeg' | 'application/json';
  /** With `{id}` in it. */
  readonly template: string;
  /** For so long it may be kept by the client that read it, ms. What users delete shall not live on for long. */
  readonly ttlMs: number;
  /** Throws ArgusError where there is no such thing. */
  readonly read: (id: string, world: World) => ResourceContent | Promise<ResourceContent>;
  /** Ids that somebody may mean, the likeliest first. Throws ArgusError while there is no database. */
  readonly suggest: (world: World) => string[];
  /** Those that are told without being asked for; absent: there are too many. */
  readonly list?: (world: World) => { readonly uri: string; readonly name: string; readonly title: string }[];
}

export type ResourceContent = {
  /** Of a picture: when it was taken. */
  readonly takenAt?: string;
} & ({ readonly picture: Buffer } | { readonly json: unknown });
