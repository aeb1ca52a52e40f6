import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Where NVIDIA's kernel driver tells of itself. */
const nvidia = '/proc/driver/nvidia';

/**
 * Folder for the engines that TensorRT builds of a model: one for each content of the model's file, kind of GPU, driver
 * and version of the runtime, as an engine suits no other.
 * @param driver Folder of the GPU driver's own account, for tests.
 */
export async function engineFolder(root: string, modelPath: string, driver = nvidia): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(modelPath), hash, { end: false });
  hash.update(JSON.stringify([gpus(driver), read(join(driver, 'version')), runtimeVersion()]));
  return join(root, hash.digest('hex').slice(0, 16));
}

/** Names of the GPUs, in the driver's order. */
function gpus(driver: string): string[] {
  const folder = join(driver, 'gpus');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .toSorted()
    .map((name) => /^Model:\s*(.*)$/m.exec(read(join(folder, name, 'information')))?.[1] ?? name);
}

function read(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

const runtimeVersion = (): string =>
  (createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string }).version;

/**
 * TensorRT's settings, which onnxruntime-node has no options for, as its documented environment variables
 * (onnxruntime.ai/docs/execution-providers/TensorRT-ExecutionProvider.html). Those that the user has set stay.
 */
export function tensorrtEnvironment(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const wanted = {
    ORT_TENSORRT_FP16_ENABLE: '1',
    ORT_TENSORRT_ENGINE_CACHE_ENABLE: '1',
    ORT_TENSORRT_CACHE_PATH: folder,
    ORT_TENSORRT_TIMING_CACHE_ENABLE: '1',
    ORT_TENSORRT_GLOBAL_CACHE_PATH: folder,
  };
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => env[name] === undefined));
}

/** Whether TensorRT keeps engines there: its settings reach it only through some builds of onnxruntime-node. */
export const hasEngines = (folder: string): boolean =>
  existsSync(folder) && readdirSync(folder).some((file) => file.endsWith('.engine'));
