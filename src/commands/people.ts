import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ArgusError } from '../domain/errors.ts';
import { trackId, type TrackId } from '../domain/ids.ts';
import { readStationFile } from '../station/stationFile.ts';
import { openWriter } from '../store/writer.ts';
import { remoteStation } from '../web/remoteStation.ts';
import { dataFolderOf, type CommonFlags } from './place.ts';
import { stationToken } from './token.ts';

export interface CorrectFlags extends CommonFlags {
  readonly same?: boolean;
  readonly different?: boolean;
}

/** Notes whether two tracks are of one person. Returns the exit code. */
export async function correct(a: string, b: string, flags: CorrectFlags): Promise<number> {
  if ((flags.same === true) === (flags.different === true))
    throw new ArgusError('Are they the same or not?', 'Give either --same or --different.');
  await withStore(flags, {
    running: (station) => station.correct(trackId(a), trackId(b), flags.same === true),
    stopped: (writer) => writer.correct(trackId(a), trackId(b), flags.same === true, Date.now()),
  });
  process.stdout.write(`${a} and ${b}: ${flags.same === true ? 'the same' : 'not the same'}\n`);
  return 0;
}

/** Deletes tracks with all that was made of them. Returns the exit code. */
export async function forget(tracks: readonly string[], flags: CommonFlags): Promise<number> {
  const ids = tracks.map((id): TrackId => trackId(id));
  const data = dataFolderOf(flags);
  const forgotten = await withStore(flags, {
    running: (station) => station.forget(ids),
    stopped: async (writer) => {
      const { tracks: count, stills } = writer.forgetTracks(ids);
      for (const path of stills) await rm(join(data.stills, path), { force: true });
      return { tracks: count, stills: stills.length };
    },
  });
  process.stdout.write(`${forgotten.tracks} track(s) and ${forgotten.stills} picture(s) deleted\n`);
  if (forgotten.tracks === ids.length) return 0;
  throw new ArgusError(
    `${ids.length - forgotten.tracks} of ${ids.length} track(s) are unknown, or still seen.`,
    'Take track ids from the answers of the tools, and ask again once a track has ended.',
  );
}

/** Where a station runs it alone may write: it is asked to. */
async function withStore<T>(
  flags: CommonFlags,
  how: {
    readonly running: (station: ReturnType<typeof remoteStation>) => Promise<T>;
    readonly stopped: (writer: ReturnType<typeof openWriter>) => T | Promise<T>;
  },
): Promise<T> {
  const data = dataFolderOf(flags);
  const file = readStationFile(data.root);
  if (file) return how.running(remoteStation(file.url, stationToken(data.token)));
  const writer = openWriter(data.root, { nowMs: Date.now() });
  try {
    return await how.stopped(writer);
  } finally {
    writer.close();
  }
}
