import { ArgusError } from '../domain/errors.ts';
import { readStationFile } from '../station/stationFile.ts';
import { dataFolderOf, type CommonFlags } from './place.ts';
import { Terminal } from './terminal.ts';

const patienceMs = 15_000;

/** Stops the station of a data folder, wherever it was started. Returns the exit code. */
export async function stop(flags: CommonFlags): Promise<number> {
  const terminal = new Terminal();
  const { root } = dataFolderOf(flags);
  const station = readStationFile(root);
  if (!station) {
    terminal.say(`No station runs for ${root}.`);
    return 0;
  }
  process.kill(station.pid, 'SIGTERM');
  const deadlineMs = Date.now() + patienceMs;
  while (isAlive(station.pid)) {
    if (Date.now() > deadlineMs) {
      throw new ArgusError(
        `The station (process ${station.pid}) does not stop.`,
        `End it with: kill -9 ${station.pid}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  terminal.say(`The station of ${root} has stopped.`);
  return 0;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // No such process: that is what is waited for.
    return false;
  }
}
