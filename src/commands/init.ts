import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { exampleConfig } from '../config/example.ts';
import { ArgusError } from '../domain/errors.ts';
import { Terminal } from './terminal.ts';

/** Writes a commented configuration to start from; never over one that is there. Returns the exit code. */
export function init(path = 'argus.yaml'): number {
  const target = resolve(path);
  try {
    writeFileSync(target, exampleConfig(), { flag: 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw new ArgusError(
        `${target} is there already.`,
        'Move it away, or name another: argus init OTHER.yaml',
        {
          cause: error,
        },
      );
    }
    throw new ArgusError(`${target} cannot be written.`, 'Choose a folder that you may write to.', {
      cause: error,
    });
  }
  new Terminal().say(`Wrote ${target}. Put your camera in it, then run: argus serve --config ${path}`);
  return 0;
}
