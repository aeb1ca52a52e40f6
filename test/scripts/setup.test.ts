import { existsSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SmallProject, realProject, type Outcome } from './smallProject.ts';

let project: SmallProject;
beforeEach(() => void (project = new SmallProject()));
afterEach(() => project.remove());

const setUp = (...args: string[]): Outcome => project.node(['scripts/setup.mjs', ...args]);

/** What a set-up did, by the steps it showed as done. */
const stepsOf = ({ err }: Outcome): string[] =>
  [...err.matchAll(/^✓ (npm packages|building dist)/gm)].map(([, step = '']) => step);

describe('on a machine with all system packages', () => {
  beforeEach(() => project.command('dpkg-query', everythingInstalled));

  test('sets up a fresh clone, and does nothing the second time', () => {
    const first = setUp();
    expect(first.exitCode, first.err).toBe(0);
    expect(stepsOf(first)).toEqual(['npm packages', 'building dist']);
    expect(existsSync(project.path('dist/one.js'))).toBe(true);

    const second = setUp();
    expect(stepsOf(second)).toEqual([]);
    expect(second.err).toMatch(/^✓ Set-up complete \(.*\)\n$/);
  });

  test('builds again when a source changed, and forgets what a deleted one was built into', () => {
    setUp();
    project.write('src/two.ts', 'export {};\n');
    project.write('src/page.html', '<p>');
    rmSync(project.path('src/one.ts'));
    expect(stepsOf(setUp())).toEqual(['building dist']);
    expect(readdirSync(project.path('dist')).sort()).toEqual(['.argus-build', 'page.html', 'two.js']);
  });

  test('shows what does not compile, and tries again the next time', () => {
    project.write('src/one.ts', "export const one: number = 'one';\n");
    const broken = setUp();
    expect(broken.exitCode).toBe(1);
    expect(broken.err).toContain(
      "src/one.ts(1,14): error TS2322: Type 'string' is not assignable to type 'number'.",
    );
    expect(broken.err).toContain('The sources do not compile.');
    project.write('src/one.ts', 'export const one: number = 1;\n');
    expect(stepsOf(setUp())).toEqual(['building dist']);
  });

  test('installs npm packages again when the lock file changed', () => {
    setUp();
    const lock = project.path('package-lock.json');
    project.node(['-e', `fs.appendFileSync('${lock}', '\\n')`]);
    expect(stepsOf(setUp())).toEqual(['npm packages', 'building dist']);
  });

  test('leaves a linked node_modules alone', () => {
    symlinkSync(`${realProject}/node_modules`, project.path('node_modules'));
    expect(stepsOf(setUp())).toEqual(['building dist']);
  });

  test('stops at a Node that is too old, and says where to get another', () => {
    project.write('package.json', JSON.stringify({ engines: { node: '>=99.1' } }));
    const { exitCode, err } = setUp();
    expect(exitCode).toBe(1);
    expect(err).toContain(`This is Node ${process.versions.node}`);
    expect(err).toContain('Argus needs 99.1 or newer.');
    expect(err).toContain('https://nodejs.org');
  });

  test('stops at a GStreamer that is too old', () => {
    project.command('dpkg-query', everythingInstalled.replaceAll('1.22.0-2', '1.20.3-1'));
    expect(setUp().err).toContain('This system has GStreamer 1.20.3-1; Argus needs 1.22 or newer');
  });

  test('refuses arguments that it does not know', () => {
    const { exitCode, err } = setUp('--for', 'fun');
    expect(exitCode).toBe(1);
    expect(err).toContain('Unknown arguments: --for fun. Usage: npm run setup');
  });
});

describe('on a machine without a system package', () => {
  beforeEach(() =>
    project.command(
      'dpkg-query',
      `${everythingInstalled} | grep -v x264 | sed '/ make /s/installed/config-files/'`,
    ),
  );

  test('gives a user without root the one command to run', () => {
    const { exitCode, err } = project.node(['scripts/setup.mjs'], { asNobody: true });
    expect(exitCode).toBe(1);
    expect(err).toContain('sudo apt-get update && sudo apt-get install --yes --no-install-recommends make\n');
  });
});

/** Answers as dpkg-query does where every package that it is asked for is installed. */
const everythingInstalled = 'shift 2; for name in "$@"; do echo "installed $name 1.22.0-2"; done';
