// npm run demo: sets up, watches a sample video, and asks about it through MCP as an agent would.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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
const line = 'middle:0.5,0,0.5,1';
const zone = 'lawn:0.3,0.4,0.9,0.4,0.9,0.95,0.3,0.95';

/** @typedef {import('@modelcontextprotocol/client').Client} Client */

await runMain(async () => {
  const startMs = performance.now();
  await setUp('run');
  const footage = await findFootage();
  emptyDataFolder();
  await watch(footage);
  await converse();
  console.log(`\nDone in ${elapsed(startMs)}. The picture with the evidence: ${shorten(picturePath)}`);
});

/** Forgets earlier demos; downloaded weights stay. */
function emptyDataFolder() {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(dataFolder)) {
    if (name !== 'weights') rmSync(join(dataFolder, name), { recursive: true });
  }
}

/**
 * Lets the program watch the footage as fast as it can; it shows its own progress, its detector, and why that one.
 * @param {string} footage
 */
async function watch(footage) {
  const args = ['watch', footage, '--data', dataFolder, '--line', line, '--zone', zone];
  console.log(`\n$ node dist/cli.js ${args.map(shorten).join(' ')}`);
  const child = spawn(process.execPath, [cli, ...args], { stdio: 'inherit' });
  const [code, signal] = await once(child, 'exit');
  if (code !== 0)
    throw new Stop(`Watching ${footage} failed (${signal ?? `exit code ${code}`}); its reason is above.`);
}

/** Asks an MCP server over stdio what an agent would ask, and prints what an agent would read. */
async function converse() {
  const args = ['mcp', '--data', dataFolder];
  console.log(
    `\n$ node dist/cli.js ${args.map(shorten).join(' ')}   # started by an MCP client, which asks:`,
  );
  const client = await connect(args);
  try {
    await ask(client, 'Which cameras are there?', 'list_cameras');
    const crossings = await ask(
      client,
      'How many people crossed the line down the middle, and which way?',
      'count_zone_events',
      { line: idOf(line), classes: ['person'] },
    );
    await ask(client, 'How many people came onto the lawn?', 'count_zone_events', {
      zone: idOf(zone),
      classes: ['person'],
    });
    const { evidence } = /** @type {{ evidence: { event_id: string }[] }} */ (crossings.structuredContent);
    if (evidence.length === 0)
      throw new Stop('Nobody was seen to cross the line, so there is nothing to show.');
    await ask(client, 'Show me one of the crossings.', 'get_snapshot', { event_id: evidence[0]?.event_id });
  } finally {
    await client.close();
  }
}

/** @param {string} shape */
function idOf(shape) {
  return shape.slice(0, shape.indexOf(':'));
}

/**
 * @param {string[]} args
 * @returns {Promise<Client>}
 */
async function connect(args) {
  // Not imported at the top: before set-up there are no packages.
  const { Client } = await import('@modelcontextprotocol/client');
  const { StdioClientTransport } = await import('@modelcontextprotocol/client/stdio');
  const client = new Client({ name: 'argus-demo', version: '1.0.0' });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [cli, ...args],
      // Away from any argus.yaml: the demo must not start to watch somebody's real cameras.
      cwd: dataFolder,
      env: /** @type {Record<string, string>} */ ({
        ...process.env,
        ARGUS_CONFIG: '',
        XDG_CONFIG_HOME: dataFolder,
      }),
    }),
  );
  return client;
}

/**
 * @param {Client} client
 * @param {string} question
 * @param {string} tool
 * @param {Record<string, unknown>} [input]
 */
async function ask(client, question, tool, input = {}) {
  console.log(`\n? ${question}\n  ${tool} ${JSON.stringify(input)}`);
  const startMs = performance.now();
  const answer = await client.callTool({ name: tool, arguments: input });
  const durationMs = performance.now() - startMs;
  for (const block of answer.content) {
    if (block.type === 'text') console.log(block.text.replace(/^/gm, '  │ '));
    if (block.type === 'image') {
      writeFileSync(picturePath, Buffer.from(block.data, 'base64'));
      console.log(`  │ (picture, saved as ${shorten(picturePath)})`);
    }
  }
  console.log(`  └ answered in ${Math.round(durationMs)} ms`);
  if (answer.isError) throw new Stop(`${tool} answered with an error (above).`);
  return answer;
}

/**
 * A path inside the project as seen from the working folder; anything else as it is.
 * @param {string} text
 */
function shorten(text) {
  return text.startsWith(projectFolder) ? relative(process.cwd(), text) : text;
}
