// npm run demo: sets up, watches a sample video, and asks about it through MCP as an agent would.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { findFootage } from './footage.mjs';
import { elapsed } from './setup/progress.mjs';
import { projectFolder } from './setup/project.mjs';
import { setUp } from './setup/setUp.mjs';
import { Stop, runMain } from './setup/stop.mjs';

const cli = join(projectFolder, 'dist', 'cli.js');
const dataFolder = join(projectFolder, '.argus', 'demo');
const picturePath = join(dataFolder, 'argus-demo.jpg');

/** What is watched for: a line down the middle of the picture, and a polygon; coordinates are 0–1, y down. */
const line = { name: 'middle', spec: 'middle:0.5,0,0.5,1' };
const zone = { name: 'lawn', spec: 'lawn:0.3,0.4,0.9,0.4,0.9,0.95,0.3,0.95' };

/** @typedef {{ ask: string, tool: string, arguments: Record<string, unknown> }} Question */

/** @type {readonly Question[]} */
const questions = [
  { ask: 'Which cameras are there?', tool: 'list_cameras', arguments: {} },
  {
    ask: 'How many people crossed the line down the middle, and which way?',
    tool: 'count_zone_events',
    arguments: { line: line.name },
  },
  { ask: 'How many people were on the lawn?', tool: 'count_zone_events', arguments: { zone: zone.name } },
  { ask: 'Show me.', tool: 'get_snapshot', arguments: {} },
];

await runMain(async () => {
  const startMs = performance.now();
  await setUp('run');
  const footage = await findFootage();
  emptyDataFolder();
  await watch(footage);
  await converse(questions);
  console.log(
    `\nThat took ${elapsed(startMs)}. To ask more: node dist/cli.js mcp --data ${relative('', dataFolder)}`,
  );
});

/** Forgets earlier demos; downloaded weights stay. */
function emptyDataFolder() {
  mkdirSync(dataFolder, { recursive: true });
  for (const name of readdirSync(dataFolder)) {
    if (name !== 'models') rmSync(join(dataFolder, name), { recursive: true });
  }
}

/**
 * Lets the program watch the footage as fast as it can; it shows its own progress, its detector, and why that one.
 * @param {string} footage
 */
async function watch(footage) {
  const args = ['watch', footage, '--data', dataFolder, '--line', line.spec, '--zone', zone.spec];
  console.log(`\n$ node dist/cli.js ${args.map((arg) => relativeToHere(arg)).join(' ')}`);
  const child = spawn(process.execPath, [cli, ...args], { stdio: 'inherit' });
  const [code, signal] = await once(child, 'exit');
  if (code !== 0)
    throw new Stop(`Watching ${footage} failed (${signal ?? `exit code ${code}`}); its reason is above.`);
}

/**
 * Asks each question of a fresh MCP server over stdio, and prints what an agent would read.
 * @param {readonly Question[]} questions
 */
async function converse(questions) {
  const args = ['mcp', '--data', dataFolder];
  console.log(
    `\n$ node dist/cli.js ${args.map((arg) => relativeToHere(arg)).join(' ')}   (an MCP client asks:)`,
  );
  const client = await connect(args);
  try {
    for (const question of questions) {
      console.log(`\n? ${question.ask}\n  ${question.tool} ${JSON.stringify(question.arguments)}`);
      const startMs = performance.now();
      const answer = await client.callTool({ name: question.tool, arguments: question.arguments });
      const durationMs = Math.round(performance.now() - startMs);
      print(answer.content, durationMs);
      if (answer.isError) throw new Stop(`${question.tool} answered with an error (above).`);
    }
  } finally {
    await client.close();
  }
}

/** @param {string[]} args */
async function connect(args) {
  // Not at the top: before set-up there are no packages to import.
  const { Client } = await import('@modelcontextprotocol/client');
  const { StdioClientTransport } = await import('@modelcontextprotocol/client/stdio');
  const env = /** @type {Record<string, string>} */ ({ ...process.env });
  const client = new Client({ name: 'argus-demo', version: '1.0.0' });
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [cli, ...args], env }));
  return client;
}

/**
 * @param {readonly import('@modelcontextprotocol/client').ContentBlock[]} content
 * @param {number} durationMs
 */
function print(content, durationMs) {
  for (const block of content) {
    if (block.type === 'text') {
      console.log(block.text.replace(/^/gm, '  │ '));
    } else if (block.type === 'image') {
      writeFileSync(picturePath, Buffer.from(block.data, 'base64'));
      console.log(`  │ picture: ${relativeToHere(picturePath)}`);
    } else {
      console.log(`  │ (${block.type})`);
    }
  }
  console.log(`  └ ${durationMs} ms`);
}

/** @param {string} path an argument, or a path, shortened where it lies inside the working folder */
function relativeToHere(path) {
  return path.startsWith(projectFolder) && existsSync(path) ? relative(process.cwd(), path) : path;
}
