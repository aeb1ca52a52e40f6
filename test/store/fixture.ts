import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Box } from '../../src/domain/box.ts';
import type { CameraId } from '../../src/domain/ids.ts';
import { positionMax, positionMin } from '../../src/domain/storedPoint.ts';
import { openReader, type Reader } from '../../src/store/reader.ts';
import type { ScannedTrack } from '../../src/store/types.ts';
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

/** The tracks whose boxes may have touched the area at any time. */
export async function tracksAt(
  reader: Reader,
  camera: CameraId,
  area: Box = { x1: positionMin, y1: positionMin, x2: positionMax, y2: positionMax },
): Promise<ScannedTrack[]> {
  return collect(reader.tracksThrough(camera, { fromMs: 0, toMs: t0 * 2 }, { area }));
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
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
