// npm run check: runs every `check:…` script of package.json, and says everything that is wrong, not only the first thing.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { elapsed } from './setup/progress.mjs';
import { projectFolder } from './setup/project.mjs';
import { Stop, runMain } from './setup/stop.mjs';

const atOnce = 2;

await runMain(async () => {
  if (!existsSync(join(projectFolder, 'node_modules'))) {
    throw new Stop('node_modules is missing. Run `npm run setup` first.');
  }
  const { scripts } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'));
  const waiting = Object.keys(scripts).filter((name) => name.startsWith('check:'));
  const failed = /** @type {string[]} */ ([]);
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (!(await passes(next))) failed.push(next);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (failed.length > 0) throw new Stop(`Failed: ${failed.map((name) => `npm run ${name}`).join(', ')}`);
});

/**
 * Runs one check and prints its result in one piece.
 * @param {string} name
 */
async function passes(name) {
  const startMs = performance.now();
  const child = spawn('npm', ['run', '--silent', name], { cwd: projectFolder });
  const exit = new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  const [code, out, err] = await Promise.all([exit, text(child.stdout), text(child.stderr)]);
  console.log(`${code === 0 ? '✓' : '✗'} ${name} (${elapsed(startMs)})`);
  if (code !== 0) console.log(`${out}${err}`.trimEnd());
  return code === 0;
}
