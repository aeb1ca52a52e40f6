import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runLogged } from './command.mjs';
import { step } from './progress.mjs';
import { projectFolder } from './project.mjs';

const folder = join(projectFolder, 'node_modules');
const stampPath = join(folder, '.argus-setup.json');
const npmFlags = ['--include=dev', '--no-audit', '--no-fund', '--loglevel=notice'];

/** Installs the npm packages when the lock file, Node's ABI or the platform changed since the last time. */
export async function ensureNodeModules() {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) return; // a worktree sharing another's packages
  const wanted = stamp();
  if (readOrEmpty(stampPath) === wanted) return;
  await step('npm packages (native parts are compiled: this can take some minutes)', install);
  await step('loading the native packages', loadNativePackages);
  writeFileSync(stampPath, wanted);
}

function wantsGpu() {
  return process.env.ARGUS_GPU === '1';
}

function stamp() {
  const lock = readFileSync(join(projectFolder, 'package-lock.json'));
  return JSON.stringify({
    lock: createHash('sha256').update(lock).digest('hex'),
    nodeAbi: process.versions.modules,
    platform: `${process.platform}-${process.arch}`,
    gpu: wantsGpu(),
  });
}

/** @param {string} path */
function readOrEmpty(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return '';
    throw error;
  }
}

async function install() {
  await runLogged('npm', ['ci', ...npmFlags], {
    cwd: projectFolder,
    // Its install script would download CUDA libraries (hundreds of MB), and fail without that network.
    env: { JOBS: 'max', ...(wantsGpu() ? {} : { ONNXRUNTIME_NODE_INSTALL: 'skip' }) },
    advice:
      'npm needs to reach its registry; a compiler error above means that a system package is missing or too old.',
  });
}

async function loadNativePackages() {
  await runLogged(process.execPath, [fileURLToPath(new URL('./loadNativePackages.mjs', import.meta.url))], {
    cwd: projectFolder,
    advice: 'A native package is installed but does not load. Run the same command again to install afresh.',
  });
}
