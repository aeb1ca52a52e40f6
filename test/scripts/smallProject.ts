import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';

export const realProject = resolve(import.meta.dirname, '../..');

export interface Outcome {
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

/** A project with our scripts and hardly anything else, so that the scripts can be run without touching the real one. */
export class SmallProject {
  readonly folder = mkdtempSync(join(tmpdir(), 'argus-small-'));

  constructor() {
    chmodSync(this.folder, 0o755);
    mkdirSync(this.path('tmp'));
    cpSync(join(realProject, 'scripts'), join(this.folder, 'scripts'), { recursive: true });
    this.write('package.json', JSON.stringify(packageJson));
    this.write('package-lock.json', lockFile());
    this.write('tsconfig.build.json', JSON.stringify(tsconfig));
    this.write('src/one.ts', 'export const one: number = 1;\n');
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), content);
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  /** Puts a program in front of those on PATH. */
  command(name: string, shellScript: string): void {
    this.write(`bin/${name}`, `#!/bin/sh\n${shellScript}\n`);
    chmodSync(this.path('bin', name), 0o755);
  }

  /** Runs `node ...args` in the project. `asNobody`: without root's rights, whoever runs the tests. */
  node(args: readonly string[], options: { env?: NodeJS.ProcessEnv; asNobody?: boolean } = {}): Outcome {
    const isRoot = process.getuid?.() === 0;
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: this.folder,
      encoding: 'utf8',
      timeout: 50_000,
      env: {
        ...process.env,
        TMPDIR: this.path('tmp'),
        ...options.env,
        PATH: `${this.path('bin')}:${process.env['PATH'] ?? ''}`,
      },
      ...(options.asNobody && isRoot && { uid: 65534, gid: 65534 }),
    });
    return { exitCode: status, out: stdout, err: stderr };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

const typescript = join(realProject, 'node_modules', 'typescript');

const { version: typescriptVersion } = JSON.parse(readFileSync(join(typescript, 'package.json'), 'utf8')) as {
  version: string;
};

const packageJson = {
  name: 'small',
  version: '1.0.0',
  type: 'module',
  engines: { node: '>=20.19' },
  // Its only dependency lies on this machine, so that `npm ci` needs no network.
  dependencies: { typescript: `file:${typescript}` },
};

/** What npm would write for `packageJson`. */
function lockFile(): string {
  const { name, version, dependencies } = packageJson;
  const link = relative(join(tmpdir(), 'argus-small'), typescript);
  const packages = {
    '': { name, version, dependencies, engines: packageJson.engines },
    [link]: { version: typescriptVersion },
    'node_modules/typescript': { resolved: link, link: true },
  };
  return JSON.stringify({ name, version, lockfileVersion: 3, requires: true, packages });
}

const tsconfig = {
  compilerOptions: { rootDir: 'src', outDir: 'dist', lib: ['es5'], types: [], skipLibCheck: true },
  include: ['src'],
};
