// A program of its own: a native part that was left unbuilt, or crashes on loading, fails here with its reason.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { projectFolder } from './project.mjs';

const require = createRequire(import.meta.url);
const { dependencies = {} } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'));

/** How to make each package load its native part. */
const loaders = {
  'better-sqlite3': () => new (require('better-sqlite3'))(':memory:').close(),
  'gstreamer-superficial': () => require('gstreamer-superficial'),
  'onnxruntime-node': () => require('onnxruntime-node'),
  '@napi-rs/canvas': () => require('@napi-rs/canvas'),
};

for (const [name, load] of Object.entries(loaders)) {
  if (name in dependencies) load();
}
