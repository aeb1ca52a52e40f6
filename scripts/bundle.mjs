// Joins what `tsc` made into few files, with the packages that are pure JavaScript: an MCP client waits for `argus mcp` to
// load, and hundreds of small files take longer to find and read than all of their code does to run.
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { projectFolder } from './setup/project.mjs';

const outFolder = join(projectFolder, 'dist');

/** What a process or worker thread starts with. All keep their places: they are found by path. */
const entries = [
  'cli.js',
  'mcp/backgroundWorker.js',
  'vision/appearanceWorker.js',
  'vision/detectWorker.js',
  'vision/main.js',
  'vision/probe.js',
  'vision/tryModel.js',
];

/** Packages of which many files are loaded at every start. The others stay where npm put them. */
const joined = /^(@modelcontextprotocol\/|zod$|temporal-polyfill$|commander$)/;

const { dependencies } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'));

const { metafile } = await build({
  absWorkingDir: outFolder,
  entryPoints: entries.filter((path) => existsSync(join(outFolder, path))),
  outdir: outFolder,
  outbase: outFolder,
  allowOverwrite: true,
  bundle: true,
  splitting: true,
  // As deep as the folders that the code comes from, so that paths from one to another still lead there.
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: Object.keys(dependencies).filter((name) => !joined.test(name)),
  alias: {
    '@modelcontextprotocol/server/_shims': join(import.meta.dirname, 'sdkShims.mjs'),
  },
  // For packages in CommonJS.
  banner: {
    js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
  },
  minify: true,
  sourcemap: true,
  metafile: true,
  logLevel: 'warning',
});

// What earlier builds left: nothing loads it, and it would be packed.
const written = new Set(Object.keys(metafile.outputs).map((path) => join(outFolder, path)));
const chunksFolder = join(outFolder, 'chunks');
for (const name of readdirSync(chunksFolder)) {
  const path = join(chunksFolder, name);
  if (!written.has(path)) rmSync(path);
}
