// Starts the Argus that is set up on this machine with the Node.js that it was set up with: the host's own Node.js may
// be of another ABI than Argus's native parts.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Undefined for a setting that was left empty: hosts give nothing then, or the placeholder itself.
 *
 * @param {string} name
 */
const setting = (name) => {
  const value = process.env[name] ?? '';
  return value === '' || value.startsWith('${') ? undefined : value;
};

const folder = setting('ARGUS_FOLDER') ?? '';
const cli = join(folder, 'dist', 'cli.js');
if (!existsSync(cli)) {
  console.error(
    `argus: ${cli} is not there. Run "npm run setup" in the folder of Argus, and name that folder in the settings.`,
  );
  process.exit(1);
}

const env = { ...process.env };
for (const name of ['ARGUS_CONFIG', 'ARGUS_DATA']) if (setting(name) === undefined) delete env[name];
const flags = setting('ARGUS_ALLOW_WRITE') === 'true' ? ['--allow-write'] : [];
const child = spawn(setting('ARGUS_NODE') ?? 'node', [cli, 'mcp', ...flags], { stdio: 'inherit', env });
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
  process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(
    `argus: cannot be started: ${error.message}. Name the Node.js that Argus was set up with in the settings.`,
  );
  process.exitCode = 1;
});
child.on('exit', (code) => (process.exitCode = code ?? 1));
