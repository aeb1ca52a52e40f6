import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SmallProject, type Outcome } from './smallProject.ts';

let project: SmallProject;
beforeEach(() => void (project = new SmallProject()));
afterEach(() => project.remove());

const find = (): Outcome =>
  project.node(['-e', findAndPrint], {
    env: { ARGUS_SHARED: project.path('shared'), XDG_CACHE_HOME: project.path('cache') },
  });

const findAndPrint = `
  import('./scripts/footage.mjs')
    .then(({ findFootage }) => findFootage())
    .then(console.log, (error) => { console.error(error.message); process.exit(1); });`;

test('takes the file beside the project first, then the one in the cache', () => {
  project.write('cache/argus/footage/vtest.avi', 'cached');
  expect(find().out).toBe(`${project.path('cache/argus/footage/vtest.avi')}\n`);
  project.write('shared/video/vtest.avi', 'shared');
  expect(find().out).toBe(`${project.path('shared/video/vtest.avi')}\n`);
});

const dpkgDeb = '/usr/bin/dpkg-deb';

describe.skipIf(!existsSync(dpkgDeb))('from a Debian package', () => {
  /** Makes a real .deb with these files, which the `apt-get download` of this test "downloads". */
  function offerPackage(files: Record<string, string | Buffer>): void {
    project.write(
      'deb/DEBIAN/control',
      'Package: opencv-doc\nVersion: 1\nArchitecture: all\nMaintainer: me\nDescription: d\n',
    );
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(project.path('deb', path)), { recursive: true });
      writeFileSync(project.path('deb', path), content);
    }
    execFileSync(dpkgDeb, ['--build', project.path('deb'), project.path('offered.deb')], {
      stdio: 'ignore',
    });
    project.command('apt-cache', 'exit 0');
    project.command(
      'apt-get',
      `[ "$1" = download ] && cp ${project.path('offered.deb')} ./opencv-doc_1_all.deb`,
    );
  }

  test.each([
    ['plain', 'vtest.avi', Buffer.from('moving pictures')],
    ['gzipped', 'vtest.avi.gz', gzipSync('moving pictures')],
  ])('takes out the one file, %s, and keeps nothing else', (_how, name, content) => {
    offerPackage({
      [`usr/share/doc/opencv-doc/${name}`]: content,
      'usr/share/doc/opencv-doc/other.avi': 'x',
    });
    const { out, err } = find();
    expect(out, err).toBe(`${project.path('cache/argus/footage/vtest.avi')}\n`);
    expect(readFileSync(out.trim(), 'utf8')).toBe('moving pictures');
    expect(readdirSync(project.path('cache/argus/footage'))).toEqual(['vtest.avi']);
    expect(readdirSync(project.path('tmp'))).toEqual([]);
  });

  test('says so when the package does not have it any more', () => {
    offerPackage({ 'usr/share/doc/opencv-doc/other.avi': 'x' });
    const { exitCode, err } = find();
    expect(exitCode).toBe(1);
    expect(err).toContain('opencv-doc could not be unpacked, or has no vtest.avi inside any more.');
    expect(err).toContain(`at ${project.path('cache/argus/footage/vtest.avi')}`);
    expect(readdirSync(project.path('cache/argus/footage'))).toEqual([]);
  });

  test('shows why the download failed, and how to do without it', () => {
    project.command('apt-cache', 'exit 0');
    project.command('apt-get', 'echo "E: Unable to locate package opencv-doc" >&2; exit 100');
    const { exitCode, err } = find();
    expect(exitCode).toBe(1);
    expect(err).toContain('| E: Unable to locate package opencv-doc');
    expect(err).toContain(
      `Or put any copy of vtest.avi (OpenCV has it in samples/data) at ${project.path('cache/argus/footage/vtest.avi')}.`,
    );
  });
});
