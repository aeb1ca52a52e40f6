import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { runLogged } from './command.mjs';
import { step } from './progress.mjs';
import { projectFolder } from './project.mjs';

const bundlePath = join('scripts', 'bundle.mjs');
const sourceFolder = join(projectFolder, 'src');
const outFolder = join(projectFolder, 'dist');
const programPath = join(outFolder, 'cli.js');
const stampPath = join(outFolder, '.argus-build');

/** Builds src/ into dist/ when a source, a tsconfig or the lock file changed since the last build. */
export async function ensureBuild() {
  const wanted = fingerprint();
  if (existsSync(stampPath) && readFileSync(stampPath, 'utf8') === wanted) return;
  await step('building dist/', async () => {
    rmSync(outFolder, { recursive: true, force: true }); // else a deleted source would live on
    await runLogged(
      process.execPath,
      [join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'],
      {
        cwd: projectFolder,
        advice: 'The sources do not compile.',
      },
    );
    copyOtherFiles();
    if (existsSync(programPath)) await bundle();
    writeFileSync(stampPath, wanted);
  });
}

/** Few files of many, and one that `npm link` can put on the PATH. */
async function bundle() {
  await runLogged(process.execPath, [bundlePath], {
    cwd: projectFolder,
    advice: 'The build cannot be bundled.',
  });
  chmodSync(programPath, 0o755);
}

function fingerprint() {
  const settings = readdirSync(projectFolder).filter((name) =>
    /^tsconfig.*\.json$|^package-lock\.json$/.test(name),
  );
  const ofBundle = [bundlePath, join('scripts', 'sdkShims.mjs')];
  settings.push(...ofBundle.filter((path) => existsSync(join(projectFolder, path))));
  const hash = createHash('sha256');
  for (const path of [...settings.sort(), ...sourceFiles().map((name) => join('src', name))]) {
    const content = readFileSync(join(projectFolder, path));
    hash.update(`${path}\n${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

/** Paths inside src/, sorted. */
function sourceFiles() {
  return readdirSync(sourceFolder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(sourceFolder, name)).isFile())
    .sort();
}

/** What tsc leaves behind (a page, a query) keeps its place beside the code that reads it. */
function copyOtherFiles() {
  for (const name of sourceFiles().filter((name) => !name.endsWith('.ts'))) {
    mkdirSync(dirname(join(outFolder, name)), { recursive: true });
    cpSync(join(sourceFolder, name), join(outFolder, name));
  }
}
