import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from './project.mjs';
import { Stop } from './stop.mjs';

/** Stops unless this Node is at least the one package.json's `engines` asks for. */
export function checkNodeVersion() {
  const { engines } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'));
  const [wantedMajor = 0, wantedMinor = 0] = numbers(engines.node);
  const [major = 0, minor = 0] = numbers(process.versions.node);
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  throw new Stop(
    `This is Node ${process.versions.node} (${process.execPath}); Argus needs ${wantedMajor}.${wantedMinor} or newer.\n` +
      '  Install a current Node (https://nodejs.org/en/download, or https://github.com/nodesource/distributions for Debian)\n' +
      '  and run the same command again.',
  );
}

/** @param {string} version */
function numbers(version) {
  return (version.match(/\d+/g) ?? []).map(Number);
}
