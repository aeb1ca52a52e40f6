// npm test [-- vitest's arguments]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFolder } from './setup/project.mjs';
import { setUp } from './setup/setUp.mjs';
import { runMain } from './setup/stop.mjs';

await runMain(async () => {
  await setUp('test');
  const folder = mkdtempSync(join(tmpdir(), 'argus-test-'));
  try {
    const reportPath = join(folder, 'report.json');
    const exitCode = await runVitest(process.argv.slice(2), reportPath);
    const { passed, failed, skipped, reasons } = tally(reportPath, exitCode);
    for (const [reason, tests] of reasons) console.log(`skipped ${tests}: ${reason}`);
    console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
    return exitCode;
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/**
 * @param {readonly string[]} args
 * @param {string} reportPath
 * @returns {Promise<number>} vitest's exit code
 */
async function runVitest(args, reportPath) {
  const readersChoice = args.some((arg) => arg.startsWith('--reporter'));
  const reporters = [...(readersChoice ? [] : ['--reporter=default']), '--reporter=json'];
  const vitest = join('node_modules', 'vitest', 'vitest.mjs');
  const child = spawn(
    process.execPath,
    [vitest, 'run', ...reporters, `--outputFile.json=${reportPath}`, ...args],
    { cwd: projectFolder, stdio: 'inherit' },
  );
  const [code] = await once(child, 'exit');
  return code ?? 1;
}

/**
 * @param {string} reportPath
 * @param {number} exitCode
 */
function tally(reportPath, exitCode) {
  const report = existsSync(reportPath) ? JSON.parse(readFileSync(reportPath, 'utf8')) : {};
  const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0 } = report;
  return {
    passed: numPassedTests,
    // A file that does not load, or an error outside a test, fails the run without a failed test.
    failed: Math.max(numFailedTests, exitCode === 0 ? 0 : 1),
    skipped: numPendingTests + numTodoTests,
    reasons: reasonsOf(report),
  };
}

/**
 * Why tests were skipped, with how many for each reason. A skipped test, or a group of them, has its reason for a name.
 * @param {{ testResults?: { assertionResults: { status: string, title: string, ancestorTitles: string[] }[] }[] }} report
 * @returns {Map<string, number>}
 */
function reasonsOf({ testResults = [] }) {
  const reasons = new Map();
  for (const { status, title, ancestorTitles } of testResults.flatMap((file) => file.assertionResults)) {
    if (status !== 'skipped' && status !== 'pending') continue;
    const names = [...ancestorTitles, title];
    const reason =
      names.find((name) => /ARGUS_SHARED|no RTSP server|registry|root/.test(name)) ?? names.join(' > ');
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return reasons;
}
