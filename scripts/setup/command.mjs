import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Stop } from './stop.mjs';

/** Of the log of a failed command so many lines are shown from its first error on, and so many of its end. */
const shownLogLines = 12;

/**
 * Runs a command with all its output in a log file, which is shown (its end) and kept when the command fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {object} [options]
 * @param {string} [options.cwd]
 * @param {NodeJS.ProcessEnv} [options.env] added to this process's environment
 * @param {(line: string) => void} [options.onStatus] gets each line the command writes to its file descriptor 3
 * @param {string} [options.advice] what to do when the command fails
 */
export async function runLogged(command, args, { cwd, env, onStatus, advice } = {}) {
  const logPath = join(mkdtempSync(join(tmpdir(), 'argus-setup-')), 'log.txt');
  const log = openSync(logPath, 'w');
  let failure;
  try {
    const child = spawn(command, args, {
      ...(cwd !== undefined && { cwd }),
      env: { ...process.env, ...env },
      stdio: ['ignore', log, log, onStatus ? 'pipe' : 'ignore'],
    });
    const status = child.stdio[3];
    if (onStatus && status) createInterface(/** @type {any} */ ({ input: status })).on('line', onStatus);
    const [code, signal] = await once(child, 'exit');
    if (code !== 0) failure = `ended with ${signal ?? `exit code ${code}`}`;
  } catch (error) {
    failure = `could not be started (${error instanceof Error ? error.message : error})`;
  } finally {
    closeSync(log);
  }
  if (failure === undefined) {
    rmSync(dirname(logPath), { recursive: true, force: true });
    return;
  }
  console.error(
    excerpt(readFileSync(logPath, 'utf8'))
      .map((line) => `  | ${line}`)
      .join('\n'),
  );
  throw new Stop(
    [`\`${[command, ...args].join(' ')}\` ${failure}. Full log: ${logPath}`, advice]
      .filter(Boolean)
      .join('\n  '),
  );
}

/** @param {string} log */
function excerpt(log) {
  const lines = log.trimEnd().split('\n');
  const firstError = Math.max(
    0,
    lines.findIndex((line) => /\berror\b|^E: /i.test(line)),
  );
  const endStart = lines.length - shownLogLines;
  if (firstError + shownLogLines >= endStart) return lines.slice(Math.min(firstError, Math.max(0, endStart)));
  return [...lines.slice(firstError, firstError + shownLogLines), '…', ...lines.slice(endStart)];
}
