import { checkClassNames } from '../config/classNames.ts';
import { ArgusError, messageOf } from '../domain/errors.ts';
import { createAuditLog } from '../mcp/auditLog.ts';
import { createMcpServer } from '../mcp/server.ts';
import { createLocalOnlyGuard, createMcpHttp } from '../mcp/transports.ts';
import { Station } from '../station/station.ts';
import { removeStationFile, writeStationFile } from '../station/stationFile.ts';
import { startWebServer } from '../web/server.ts';
import { dataFolderOf, type CommonFlags } from './place.ts';
import { detectorFor, embedderFor, requireConfig, stationCameras } from './setting.ts';
import { channelsOf } from './channels.ts';
import { decodingLine } from './decodingLine.ts';
import { untilSignal } from './signals.ts';
import { Terminal } from './terminal.ts';
import { stationToken } from './token.ts';
import { noteUsedConfig } from './usedConfig.ts';
import { version } from './version.ts';
import { createWorld } from './world.ts';

export interface ServeFlags extends CommonFlags {
  readonly port?: string;
  readonly allowWrite?: boolean;
}

export interface RunningStation {
  readonly station: Station;
  readonly url: string;
  stop(): Promise<void>;
}

/** Watches the configured cameras until it is told to stop. Returns the exit code. */
export async function serve(flags: ServeFlags): Promise<number> {
  const terminal = new Terminal();
  const running = await startStation(flags, terminal);
  // Not before: whoever interrupts a download wants the program to end.
  const signal = untilSignal();
  const data = dataFolderOf(flags);
  terminal.say(`MCP: ${running.url}/mcp with the bearer token in ${data.token}`);
  terminal.say('Stop with Ctrl-C or "argus stop".');
  await signal;
  terminal.say('Stopping.');
  await running.stop();
  return 0;
}

/** Starts the station of the configuration with its HTTP endpoint, and says where it is found. */
export async function startStation(flags: ServeFlags, terminal: Terminal): Promise<RunningStation> {
  const { config, path } = await requireConfig(flags);
  const data = dataFolderOf(flags);
  const cameras = stationCameras(config);
  const detector = await detectorFor(config.detector, data, terminal);
  checkClassNames(config.classNames, detector.manifest);
  const embedder = await embedderFor(config.identify.model, data, terminal);
  terminal.say(`Argus ${version}, configuration ${path}, data ${data.root}`);
  terminal.say(`Detector: ${detector.reason}`);
  terminal.say(`People are told apart by: ${embedder?.reason ?? 'nothing (identify.model is off)'}`);
  const station = Station.start({
    dataFolder: data.root,
    stillsFolder: data.stills,
    cameras,
    others: 'remove',
    ...(config.links && { links: config.links }),
    detector,
    ...(embedder && { embedder }),
    enginesFolder: data.engines,
    ...(config.providers && { providers: config.providers }),
    decoding: config.decoding,
    channels: await channelsOf(config, (line) => terminal.say(line)),
    retention: { ...config.retention, appearanceMaxAgeMs: config.identify.maxAgeMs },
    version,
    log: (line) => terminal.say(line),
    onCameraState: ({ camera, state, message }) => {
      terminal.say(`${camera}: ${state}${message === undefined ? '' : `: ${message}`}`);
    },
    onDecoding: (camera, decoding) => terminal.say(decodingLine(camera, decoding)),
    onNativeOutput: (line) => {
      if (process.env['ARGUS_DEBUG']) terminal.say(line);
    },
  });
  try {
    noteUsedConfig(data.root, path);
    const onDefect = (what: string, error: unknown) => terminal.say(`${what}: ${messageOf(error)}`);
    const options = {
      world: createWorld(data, () => Promise.resolve(station), flags.allowWrite === true),
      version,
      audit: createAuditLog({ file: data.audit, onProblem: (error) => onDefect('audit log', error) }),
      onDefect,
    };
    const mcp = createMcpHttp(() => createMcpServer(options, 'http'), onDefect, options.world);
    const web = await startWebServer({
      host: config.server.host,
      port: flags.port === undefined ? config.server.port : portOf(flags.port),
      token: stationToken(data.token),
      station,
      mcp: (request, response) => mcp.handle(request, response),
      guard: createLocalOnlyGuard(),
      onDefect: (error) => onDefect('http', error),
    });
    writeStationFile(data.root, { pid: process.pid, url: web.url, version });
    return {
      station,
      url: web.url,
      stop: async () => {
        removeStationFile(data.root);
        await mcp.close();
        await web.close();
        await station.stop();
      },
    };
  } catch (error) {
    await station.stop();
    throw error;
  }
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new ArgusError(`--port: "${text}" is not a port.`, 'Give a number from 0 (any free one) to 65535.');
}
