import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openReader, type Reader } from '../../src/store/reader.ts';
import { openWriter, type Writer } from '../../src/store/writer.ts';
import { camera, dock, gate, t0 } from './frames.ts';

export * from './frames.ts';

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'argus-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Store {
  readonly folder: string;
  readonly writer: Writer;
  readonly reader: Reader;
}

/** A new database with the cameras `dock` and `gate`. */
export function openStore(): Store {
  const folder = temporaryFolder();
  const writer = openWriter(folder, { nowMs: t0 });
  onTestFinished(() => writer.close());
  writer.syncCameras([camera(dock), camera(gate)], t0);
  const reader = openReader(folder);
  onTestFinished(() => reader.close());
  return { folder, writer, reader };
}

/** The thrown ArgusError's message. */
export function complaintOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof Error && error.name === 'ArgusError') return error.message;
    throw error;
  }
  throw new Error('Nothing was thrown');
}
