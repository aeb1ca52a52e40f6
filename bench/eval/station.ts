/** A station that watches nothing: the writer of a store of the past, so that agents may change it. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { stationToken } from '../../src/commands/token.ts';
import { dataFolder } from '../../src/config/dataFolder.ts';
import { detectorSchema } from '../../src/config/manifest.ts';
import { createLocalOnlyGuard } from '../../src/mcp/transports.ts';
import { Station } from '../../src/station/station.ts';
import { removeStationFile, writeStationFile } from '../../src/station/stationFile.ts';
import { startWebServer } from '../../src/web/server.ts';
import { say } from '../measure.ts';

const version = 'eval';
/** It is named in the station's status, and never run. */
const detector = resolve(import.meta.dirname, '../../models/yolox-nano/manifest.json');

export async function startIdleStation(folder: string): Promise<{ stop(): Promise<void> }> {
  const data = dataFolder({ flag: folder, env: {} });
  const manifest = detectorSchema.parse(JSON.parse(readFileSync(detector, 'utf8')));
  const station = Station.start({
    dataFolder: data.root,
    stillsFolder: data.stills,
    cameras: [],
    others: 'keep',
    detector: { manifest, path: '', reason: 'nothing is detected' },
    enginesFolder: data.engines,
    version,
    log: say,
  });
  const web = await startWebServer({
    ...{ host: '127.0.0.1', port: 0, token: stationToken(data.token), station },
    mcp: () => Promise.reject(new Error('agents are served on stdin and stdout')),
    guard: createLocalOnlyGuard(),
    onDefect: (error) => {
      throw error;
    },
  });
  writeStationFile(data.root, { pid: process.pid, url: web.url, version });
  return {
    stop: async () => {
      removeStationFile(data.root);
      await web.close();
      await station.stop();
    },
  };
}
