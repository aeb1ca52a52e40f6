import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { dirname } from 'node:path';
import { checkClassNames } from '../config/classNames.ts';
import type { Config } from '../config/load.ts';
import { ArgusError, messageOf } from '../domain/errors.ts';
import { findLocally } from '../models/obtain.ts';
import { listManifests, loadDetector, manifestFolders } from '../models/manifests.ts';
import { checkSource } from '../source/checkSource.ts';
import { safeText, type SourceDescription } from '../source/description.ts';
import { probeNative, type ProbeReport } from '../station/probeNative.ts';
import { readStationFile } from '../station/stationFile.ts';
import { damageOf, restoring } from '../store/database.ts';
import { checkSqlite } from '../store/checkSqlite.ts';
import { configPath, dataFolderOf, type CommonFlags } from './place.ts';
import { modelPath, readConfig, stationCameras } from './setting.ts';

/** One thing looked at. `warn` does not keep Argus from working. */
interface Finding {
  readonly state: 'ok' | 'warn' | 'fail';
  readonly what: string;
  /** How to mend it. */
  readonly fix?: string;
}

const ok = (what: string): Finding => ({ state: 'ok', what });
const warn = (what: string, fix: string): Finding => ({ state: 'warn', what, fix });
const fail = (what: string, fix: string): Finding => ({ state: 'fail', what, fix });

/** Checks all that Argus needs and prints how to mend what is wrong. Returns 1 when something is. */
export async function doctor(flags: CommonFlags): Promise<number> {
  // What is wrong with the configuration is reported by checkConfig.
  const config = (await readConfig(flags).catch(() => undefined))?.config;
  const asked = { decoding: config?.decoding ?? 'auto', providers: config?.providers ?? [] };
  const probe = await probeNative(asked).catch((error: unknown): ProbeReport => {
    const failed = { error: messageOf(error) };
    return { gstreamer: failed, onnxruntime: failed };
  });
  const findings = [
    checkNode(),
    ...checkGStreamer(probe),
    ...checkDecoding(probe),
    ...checkRuntime(probe),
    checkDatabase(),
    ...(await checkConfig(flags)),
    ...(await checkCameras(flags, config)),
    checkModels(flags),
    checkDataFolder(flags),
    ...checkStore(flags),
    await checkPort(flags),
  ];
  const marks = { ok: '  ok  ', warn: ' note ', fail: ' FAIL ' };
  for (const { state, what, fix } of findings) {
    process.stdout.write(`[${marks[state]}] ${what}\n${fix === undefined ? '' : `         → ${fix}\n`}`);
  }
  const failed = findings.filter(({ state }) => state === 'fail').map(({ what }) => what);
  const problems = failed.length === 1 ? '1 problem' : `${failed.length} problems`;
  process.stdout.write(
    failed.length === 0
      ? 'Everything that Argus needs is there.\n'
      : `${problems} to fix: ${failed.join('; ')}.\n`,
  );
  return failed.length === 0 ? 0 : 1;
}

function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 19)
    ? ok(`Node.js ${process.versions.node}`)
    : fail(
        `Node.js ${process.versions.node}; Argus needs 20.19 or newer`,
        'Install a newer one from nodejs.org.',
      );
}

function checkGStreamer({ gstreamer }: ProbeReport): Finding[] {
  if ('error' in gstreamer) {
    return [fail(`GStreamer cannot be loaded: ${gstreamer.error}`, 'Run: npm run setup')];
  }
  const { missing } = gstreamer;
  return [
    missing.length === 0 ? ok('GStreamer with every element needed') : undefined,
    ...missing.map(({ name, use, debianPackage }) =>
      fail(`GStreamer has no ${name} (${use})`, `apt-get install ${debianPackage}`),
    ),
  ].filter((finding) => finding !== undefined);
}

function checkDecoding({ gstreamer }: ProbeReport): Finding[] {
  if ('error' in gstreamer) return [];
  const { chains, skipped, refused } = gstreamer.decoding;
  if (refused) return [fail(...refused)];
  return [
    ok(`decoding, would be done by: ${chains.join(', then ')}`),
    ...skipped.map((reason) => warn(`no decoding by ${reason}`, 'Not needed without such a GPU.')),
  ];
}

function checkRuntime({ onnxruntime }: ProbeReport): Finding[] {
  if ('error' in onnxruntime) {
    return [fail(`ONNX Runtime cannot be loaded: ${onnxruntime.error}`, 'Run: npm run setup')];
  }
  return [
    ok(`ONNX Runtime, ran a small network on ${onnxruntime.provider}`),
    ...onnxruntime.skipped.map(({ provider, reason }) =>
      warn(`no ${provider}: ${reason}`, 'Not needed: the CPU does its work, slower than a GPU.'),
    ),
  ];
}

function checkDatabase(): Finding {
  try {
    return ok(`SQLite ${checkSqlite()}`);
  } catch (error) {
    return fail(`SQLite cannot be used: ${messageOf(error)}`, 'Run: npm run setup');
  }
}

async function checkConfig(flags: CommonFlags): Promise<Finding[]> {
  const path = configPath(flags);
  if (path === undefined)
    return [warn('no configuration', 'Write one with "argus init", or use "argus watch SOURCE".')];
  try {
    const read = await readConfig(flags);
    return [ok(`configuration ${path}, ${read?.config.cameras.length ?? 0} camera(s)`)];
  } catch (error) {
    if (!(error instanceof ArgusError)) throw error;
    return [fail(`configuration ${path}`, error.message)];
  }
}

/** Whether each configured camera can be opened or reached now, and whether the detector knows the classes asked for. */
async function checkCameras(flags: CommonFlags, config: Config | undefined): Promise<Finding[]> {
  if (!config) return [];
  const found = await Promise.all(
    stationCameras(config).map(async ({ id, source }) => {
      try {
        await checkSource(source);
        await reach(source);
        return ok(`camera ${id} is there`);
      } catch (error) {
        if (!(error instanceof ArgusError)) throw error;
        return fail(`camera ${id}: ${error.what.replace(/\.$/, '')}`, error.next);
      }
    }),
  );
  return [...found, ...checkClasses(flags, config)];
}

function checkClasses(flags: CommonFlags, { detector, classNames }: Config): Finding[] {
  if (classNames.length === 0) return [];
  try {
    const folders = manifestFolders([dataFolderOf(flags).models]);
    // Both that may be taken where none is named have the same classes.
    const id = detector === 'auto' ? 'yolox-nano' : detector;
    checkClassNames(classNames, loadDetector(id, folders));
    return [ok('the detector has every class that cameras ask for')];
  } catch (error) {
    if (!(error instanceof ArgusError)) throw error;
    return [fail(error.what.replace(/\.$/, ''), error.next)];
  }
}

const reachMs = 3_000;

/** Connects to the host of a network source and hangs up. Throws ArgusError where nobody answers. */
async function reach(source: SourceDescription): Promise<void> {
  if (!('uri' in source) || !/^(rtsp[st]?|https?):/.test(source.uri)) return;
  const { protocol, hostname, port } = new URL(source.uri.replace(/^rtspt:/, 'rtsp:'));
  const usual: Record<string, number> = { 'rtsp:': 554, 'rtsps:': 322, 'https:': 443 };
  const socket = connect({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (usual[protocol] ?? 80),
  });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(reachMs) });
  } catch (error) {
    const why =
      error instanceof Error && error.name === 'AbortError'
        ? `no answer in ${reachMs / 1000} s`
        : messageOf(error);
    throw new ArgusError(
      `${safeText(source)} cannot be reached (${why}).`,
      'See that it is on and reachable from here, and its address in argus.yaml.',
      { cause: error },
    );
  } finally {
    socket.destroy();
  }
}

function checkModels(flags: CommonFlags): Finding {
  const data = dataFolderOf(flags);
  const options = { cacheFolder: data.weights, modelPath: modelPath(data) };
  const present = listManifests(manifestFolders([data.models])).flatMap((manifest) => {
    const found = manifest.task === 'detect' ? findLocally(manifest, options) : null;
    return found ? [`${manifest.id} (${found.path})`] : [];
  });
  return present.length > 0
    ? ok(`detectors at hand: ${present.join(', ')}`)
    : warn(
        'no detector is at hand yet',
        'One is fetched at the first start; offline, put weights into a folder of ARGUS_MODEL_PATH.',
      );
}

function checkDataFolder(flags: CommonFlags): Finding {
  const { root } = dataFolderOf(flags);
  try {
    mkdirSync(root, { recursive: true, mode: 0o700 });
    accessSync(root, constants.W_OK);
    return ok(`data folder ${root} can be written`);
  } catch (error) {
    const where = existsSync(root) ? root : dirname(root);
    return fail(
      `data folder ${root}: ${messageOf(error)}`,
      `Make ${where} writable, or name another with --data.`,
    );
  }
}

/** The database of the data folder, where there is one. */
function checkStore(flags: CommonFlags): Finding[] {
  const data = dataFolderOf(flags);
  if (!existsSync(data.database)) return [];
  try {
    const damage = damageOf(data.root);
    if (damage === undefined) return [ok(`database ${data.database}, nothing in it is damaged`)];
    return [fail(`the database ${data.database} is damaged (${oneLine(damage)})`, restoring)];
  } catch (error) {
    if (!(error instanceof ArgusError)) throw error;
    return [fail(error.what.replace(/\.$/, ''), error.next)];
  }
}

const oneLine = (text: string): string => text.trim().replaceAll(/\s+/g, ' ');

async function checkPort(flags: CommonFlags): Promise<Finding> {
  const running = readStationFile(dataFolderOf(flags).root);
  if (running) return ok(`a station runs at ${running.url} (process ${running.pid})`);
  const server = await readConfig(flags)
    .then((read) => read?.config.server)
    .catch(() => undefined); // reported by checkConfig
  const { host, port } = server ?? { host: '127.0.0.1', port: 7461 };
  return new Promise((resolve) => {
    const socket = createServer();
    socket.once('error', (error) =>
      resolve(
        fail(
          `port ${port} of ${host}: ${error.message}`,
          'Stop what has it, or set server.port in argus.yaml.',
        ),
      ),
    );
    socket.listen(port, host, () => socket.close(() => resolve(ok(`port ${port} of ${host} is free`))));
  });
}
