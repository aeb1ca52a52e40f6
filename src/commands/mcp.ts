import { accessSync, constants, existsSync } from 'node:fs';
import type { DataFolder } from '../config/dataFolder.ts';
import { ArgusError, messageOf } from '../domain/errors.ts';
import type { LiveStation } from '../domain/live.ts';
import { createAuditLog } from '../mcp/auditLog.ts';
import { createMcpServer } from '../mcp/server.ts';
import { serveMcpOnStdio } from '../mcp/stdio.ts';
import { readStationFile } from '../station/stationFile.ts';
import { remoteStation } from '../web/remoteStation.ts';
import type { RunningStation } from './serve.ts';
import { configPath, dataFolderOf, namedConfig, type CommonFlags } from './place.ts';
import { readUsedConfig } from './usedConfig.ts';
import { startDetached, type DetachedStation } from './startDetached.ts';
import { Terminal } from './terminal.ts';
import { stationToken } from './token.ts';
import { version } from './version.ts';
import { createWorld } from './world.ts';

export interface McpFlags extends CommonFlags {
  readonly inProcess?: boolean;
  readonly allowWrite?: boolean;
}

/**
 * Serves one MCP client on stdin and stdout. Starts the station when cameras are configured and none runs, so that they
 * are watched also while no client is open. Ends with stdin, once every call before is answered.
 */
export async function mcp(flags: McpFlags): Promise<number> {
  const terminal = new Terminal();
  const data = dataFolderOf(flags);
  checkNamedConfig(flags);
  const inTree = flags.inProcess === true ? stationInTree(flags, terminal) : undefined;
  // Told to the first tool that needs it rather than to nobody.
  inTree?.catch(() => undefined);
  const config = configPath(flags);
  const mustStart = !inTree && config !== undefined && !readStationFile(data.root);
  const isForeign = mustStart && isOfAnother(config, flags, data);
  if (isForeign)
    terminal.say(
      `No station is started: ${data.root} was not made with ${config}. Name it with --config if it is to be.`,
    );
  const started = mustStart && !isForeign ? startDetached(flags, data.root) : undefined;

  const world = createWorld(
    data,
    () => liveStation(inTree, data),
    flags.allowWrite === true,
    () => started && !existsSync(data.database) && sayStarting(started),
  );
  const onDefect = (what: string, error: unknown) => terminal.say(`${what}: ${messageOf(error)}`);
  const options = {
    world,
    version,
    audit: createAuditLog({ file: data.audit, onProblem: (error) => onDefect('audit log', error) }),
    onDefect,
  };
  const server = serveMcpOnStdio(() => createMcpServer(options, 'stdio'), onDefect, world);
  await server.finished;
  await server.close();
  await (await inTree?.catch(() => undefined))?.stop();
  return 0;
}

/** Loaded only here: the client waits for what this process starts with. */
async function stationInTree(flags: McpFlags, terminal: Terminal): Promise<RunningStation> {
  const { startStation } = await import('./serve.ts');
  return startStation({ ...flags, port: '0' }, terminal);
}

async function liveStation(
  inTree: Promise<RunningStation> | undefined,
  data: { readonly root: string; readonly token: string },
): Promise<LiveStation | undefined> {
  if (inTree) return (await inTree).station;
  const file = readStationFile(data.root);
  const token = file && tokenOf(data.token);
  return file && token !== undefined ? remoteStation(file.url, token) : undefined;
}

/** Throws ArgusError where the configuration that was named cannot be read: over data of earlier nothing else would say so. */
function checkNamedConfig(flags: CommonFlags): void {
  const path = namedConfig(flags);
  if (path === undefined) return;
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    throw new ArgusError(
      `The configuration ${path} cannot be read (${messageOf(error)}).`,
      'Correct --config or ARGUS_CONFIG, or write one with "argus init".',
      { cause: error },
    );
  }
}

/** Whether a configuration that was only found would put its cameras in place of those of a folder that was named. */
function isOfAnother(config: string, flags: CommonFlags, data: DataFolder): boolean {
  const isDataNamed = flags.data !== undefined || Boolean(process.env['ARGUS_DATA']);
  if (!isDataNamed || namedConfig(flags) !== undefined || !existsSync(data.database)) return false;
  return readUsedConfig(data.root) !== config;
}

/** Undefined where the station is somebody else's: what it stored can be read, but it cannot be asked. */
function tokenOf(path: string): string | undefined {
  try {
    return stationToken(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && /^(EACCES|EPERM|EROFS)$/.test(String(error.code)))
      return undefined;
    throw error;
  }
}

/** Until the station has made the database, its last words tell an agent more than that there is none. */
function sayStarting(started: DetachedStation): never {
  throw new ArgusError(
    `The station is starting and has stored nothing yet; it last said: ${started.lastWords() || 'nothing'}.`,
    'Ask again in some seconds.',
  );
}
