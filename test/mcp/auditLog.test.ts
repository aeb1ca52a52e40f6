import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { AuditEntry } from '../../src/mcp/audit.ts';
import { createAuditLog } from '../../src/mcp/auditLog.ts';
import { temporaryFolder } from '../store/fixture.ts';

const entry = (change: Partial<AuditEntry> = {}): AuditEntry => ({
  time: '2026-11-22T09:00:00.000Z',
  pid: 7,
  transport: 'stdio',
  client: { name: 'claude-code', version: '3.1' },
  tool: 'list_cameras',
  arguments: {},
  outcome: 'ok',
  duration_ms: 3.4,
  answer_bytes: 812,
  ...change,
});

const lines = (file: string): AuditEntry[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text) as AuditEntry);

const fail = (error: unknown) => {
  throw error;
};

it('has a line for each call, which its owner alone may read, also in a folder that is not there yet', () => {
  const file = join(temporaryFolder(), 'data', 'audit.jsonl');
  const [mine, another] = [
    createAuditLog({ file, onProblem: fail }),
    createAuditLog({ file, onProblem: fail }),
  ];
  mine(entry());
  another(entry({ tool: 'get_snapshot', outcome: 'refused', error: 'Which camera?\nSay it.' }));
  expect(lines(file)).toEqual([
    entry(),
    entry({ tool: 'get_snapshot', outcome: 'refused', error: 'Which camera?\nSay it.' }),
  ]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
});

it('keeps its lines short, whatever was given', () => {
  const file = join(temporaryFolder(), 'audit.jsonl');
  const long = 'x'.repeat(1_000_000);
  createAuditLog({ file, onProblem: fail })(
    entry({ arguments: { line: long }, error: long, client: { name: long, version: long }, resource: long }),
  );
  expect(statSync(file).size).toBeLessThan(5_000);
  expect(lines(file)[0]?.arguments).toMatch(/^\{"line":"x{1000,}…$/);
});

it('begins a new file when one is full, and keeps three', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'audit.jsonl');
  const log = createAuditLog({ file, rotateAt: 1, onProblem: fail });
  for (let call = 1; call <= 6; call++) log(entry({ pid: call }));
  const kept = readdirSync(folder).sort();
  expect(kept).toEqual(['audit.1.jsonl', 'audit.2.jsonl', 'audit.3.jsonl', 'audit.jsonl']);
  expect(kept.map((name) => lines(join(folder, name)).map(({ pid }) => pid))).toEqual([[5], [4], [3], [6]]);
});

it('writes on while another process is at renaming, and takes over from one that died over it', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'audit.jsonl');
  const log = createAuditLog({ file, rotateAt: 1, onProblem: fail });
  writeFileSync(`${file}.lock`, '');
  log(entry({ pid: 1 }));
  log(entry({ pid: 2 }));
  expect(lines(file).map(({ pid }) => pid)).toEqual([1, 2]);
  utimesSync(`${file}.lock`, 0, 0);
  log(entry({ pid: 3 }));
  expect(lines(file).map(({ pid }) => pid)).toEqual([3]);
  expect(existsSync(`${file}.lock`)).toBe(false);
});

it('never fails a call, and complains once', () => {
  const folder = temporaryFolder();
  // Also root cannot write a folder as a file.
  const file = join(folder, 'audit.jsonl');
  mkdirSync(file);
  const problems: unknown[] = [];
  const log = createAuditLog({ file, onProblem: (problem) => problems.push(problem) });
  log(entry());
  log(entry());
  expect(problems).toMatchObject([{ code: 'EISDIR' }]);
});
