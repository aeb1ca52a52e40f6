import { ensureBuild } from './build.mjs';
import { ensureNodeModules } from './nodeModules.mjs';
import { checkNodeVersion } from './nodeVersion.mjs';
import { elapsed } from './progress.mjs';
import { ensureSystemPackages } from './systemPackages.mjs';

/**
 * Makes a fresh clone ready: system packages, npm packages, build. Quick when nothing is to be done.
 * @param {import('./systemPackages.mjs').Purpose} purpose
 */
export async function setUp(purpose) {
  const startMs = performance.now();
  checkNodeVersion();
  await ensureSystemPackages(purpose);
  await ensureNodeModules();
  await ensureBuild();
  console.error(`✓ Set-up complete (${elapsed(startMs)})`);
}
