/**
 * Puts a question to a language model that has the tools and skills of Argus, and nothing else.
 *
 *     ANTHROPIC_API_KEY=… npm start -- [--data FOLDER] [--model MODEL] "How many people crossed the line in the middle?"
 *
 * It costs money: each question is some calls of the model. Without a key it says so and ends with code 2.
 */
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

const argus = resolve(import.meta.dirname, '../..');

const { values: options, positionals } = parseArgs({
  options: {
    data: { type: 'string', default: resolve(argus, '.argus/demo') },
    model: { type: 'string' },
  },
  allowPositionals: true,
});
const question = positionals.join(' ');

function refuse(why: string): never {
  console.error(why);
  process.exit(2);
}

if (!process.env['ANTHROPIC_API_KEY'])
  refuse('ANTHROPIC_API_KEY is not set: no model is asked. Set it to a key from console.anthropic.com.');
if (question === '')
  refuse('Give a question: npm start -- "How many people crossed the line in the middle?"');

// Not before: without a key nothing of it is needed.
const { query } = await import('@anthropic-ai/claude-agent-sdk');

const answers = query({
  prompt: question,
  options: {
    mcpServers: {
      // Without --allow-write: it can look, and change nothing.
      argus: {
        type: 'stdio',
        command: process.execPath,
        args: [resolve(argus, 'dist/cli.js'), 'mcp', '--data', resolve(options.data)],
      },
    },
    // The skills come with the plugin; its server is the one above.
    plugins: [{ type: 'local', path: argus, skipMcpDiscovery: true }],
    skills: readdirSync(resolve(argus, 'skills')).map((name) => `argus:${name}`),
    tools: ['Skill'],
    allowedTools: ['mcp__argus__*'],
    permissionMode: 'dontAsk',
    // Nothing of the user's own set-up.
    settingSources: [],
    strictMcpConfig: true,
    maxTurns: 40,
    ...(options.model !== undefined && { model: options.model }),
  },
});

for await (const message of answers) {
  if (message.type === 'assistant') {
    for (const part of message.message.content)
      if (part.type === 'tool_use') console.error(`  ${part.name} ${JSON.stringify(part.input)}`);
  } else if (message.type === 'result') {
    const { num_turns: turns, total_cost_usd: dollars, duration_ms: ms } = message;
    console.error(`  ${turns} turns, ${(ms / 1000).toFixed(1)} s, ${dollars.toFixed(3)} USD`);
    if (message.subtype === 'success') console.log(message.result);
    else refuse(`No answer: ${message.subtype}. ${message.errors.join(' ')}`);
  }
}
