import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Connection } from './database.ts';

/** What the stored takes, bytes. */
export interface Usage {
  readonly databaseBytes: number;
  readonly stillsBytes: number;
  /** What is free on the disk that the database is on, for this user. */
  readonly freeBytes: number;
}

export function usageOf(db: Connection): Usage {
  const pragma = (name: string) => Number(db.pragma(name, { simple: true }));
  const { bavail, bsize } = statfsSync(dirname(db.name));
  return {
    databaseBytes: (pragma('page_count') - pragma('freelist_count')) * pragma('page_size'),
    stillsBytes: Number(db.prepare('SELECT bytes FROM still_bytes').pluck().get()),
    freeBytes: bavail * bsize,
  };
}
