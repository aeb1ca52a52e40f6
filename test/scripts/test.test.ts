import { symlinkSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SmallProject, realProject, type Outcome } from './smallProject.ts';

let project: SmallProject;
beforeEach(() => {
  project = new SmallProject();
  project.command('dpkg-query', 'shift 2; for name in "$@"; do echo "installed $name 1.22.0-2"; done');
  symlinkSync(`${realProject}/node_modules`, project.path('node_modules'));
});
afterEach(() => project.remove());

const runTests = (...args: string[]): Outcome => project.node(['scripts/test.mjs', ...args]);
const lastLine = ({ out }: Outcome): string => out.trimEnd().split('\n').at(-1) ?? '';

test('ends with the counts alone on a line, and with the exit code 0 when all passes', () => {
  project.write(
    'good.test.js',
    "import { test } from 'vitest'; test('a', () => {}); test('b', () => {}); test.skip('c', () => {}); test.todo('d');",
  );
  const outcome = runTests();
  expect(lastLine(outcome)).toBe('2 passed, 0 failed, 2 skipped');
  expect(outcome.exitCode).toBe(0);
});

test('counts a failed test, and ends with an exit code other than 0', () => {
  project.write(
    'bad.test.js',
    "import { test } from 'vitest'; test('a', () => {}); test('b', () => { throw new Error('no'); });",
  );
  const outcome = runTests();
  expect(lastLine(outcome)).toBe('1 passed, 1 failed, 0 skipped');
  expect(outcome.exitCode).toBe(1);
});

test('counts a test file that does not load as a failure', () => {
  project.write('good.test.js', "import { test } from 'vitest'; test('a', () => {});");
  project.write('broken.test.js', "import './nowhere.js';");
  const outcome = runTests();
  expect(lastLine(outcome)).toBe('1 passed, 1 failed, 0 skipped');
  expect(outcome.exitCode).toBe(1);
});

test("hands vitest's arguments on", () => {
  project.write('good.test.js', "import { test } from 'vitest'; test('a', () => {}); test('b', () => {});");
  expect(lastLine(runTests('--testNamePattern', 'b'))).toBe('1 passed, 0 failed, 1 skipped');
});
