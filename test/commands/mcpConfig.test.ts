import { mkdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { noteUsedConfig } from '../../src/commands/usedConfig.ts';
import { readStationFile } from '../../src/station/stationFile.ts';
import { openWriter } from '../../src/store/writer.ts';
import { sandbox, type Sandbox } from '../fixtures/argus.ts';
import { camera, dock, t0 } from '../store/fixture.ts';

/** A data folder in which something was stored before. */
function withData(): Sandbox {
  const box = sandbox();
  mkdirSync(box.data);
  const writer = openWriter(box.data, { nowMs: t0 });
  writer.syncCameras([camera(dock)], t0);
  writer.close();
  return box;
}

const initialize = `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } } })}\n`;

it('argus mcp with a configuration that is not there fails with the reason, also over data of earlier', async () => {
  const box = withData();
  const { code, stderr } = await box.run(['mcp', '--config', 'tpyo.yaml']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/argus: The configuration .*tpyo\.yaml cannot be read .*Correct --config/);
});

it('argus mcp --data starts no station of a configuration that was only found beside it', async () => {
  const box = withData();
  box.write('argus.yaml', 'cameras:\n  - id: other\n    source: test:ball\n');
  const running = box.start(['mcp']);
  running.process.stdin?.end(initialize);
  const { code, stdout, stderr } = await running.finished;
  expect([code, JSON.parse(stdout) as unknown]).toMatchObject([0, { id: 1 }]);
  expect(stderr).toMatch(
    /No station is started: .*data was not made with .*argus\.yaml\. Name it with --config/,
  );
  expect(readStationFile(box.data)).toBeUndefined();
});

it('argus mcp --data starts the station of the configuration that the folder was served with', async () => {
  const box = withData();
  noteUsedConfig(box.data, box.write('argus.yaml', 'cameras:\n  - id: dock\n    source: test:ball\n'));
  const running = box.start(['mcp']);
  await running.until(() => readStationFile(box.data));
  running.process.stdin?.end(initialize);
  expect((await running.finished).stderr).not.toMatch(/No station is started/);
});
