import { statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { sandbox } from '../fixtures/argus.ts';
import { shared } from '../fixtures/shared.ts';

const yoloxNano = shared('models/yolox_nano.onnx');

it('argus doctor finds everything on a machine that can run these tests', async () => {
  const box = sandbox();
  // Another program may well have the default port.
  box.write('argus.yaml', 'server: { port: 0 }\ncameras: [{ id: ball, source: test:ball }]\n');
  const { code, stdout, stderr } = await box.run(['doctor']);
  expect({ code, stderr, stdout }).toMatchObject({ code: 0, stderr: '' });
  for (const what of [
    /Node\.js 2\d\./,
    /GStreamer with every element/,
    /ONNX Runtime.*cpu/,
    /SQLite 3\./,
    /configuration .*argus\.yaml, 1 camera/,
  ]) {
    expect(stdout).toMatch(new RegExp(`^\\[  ok  \\] ${what.source}`, 'm'));
  }
  if (yoloxNano.missing === false) expect(stdout).toContain(`yolox-nano (${yoloxNano.path})`);
  expect(stdout).toMatch(/Everything that Argus needs is there\.\n$/);
  // It made the data folder, for its owner alone.
  expect(statSync(box.data).mode & 0o777).toBe(0o700);
});

it('argus doctor says what is wrong with a configuration, and fails', async () => {
  const box = sandbox();
  box.write('argus.yaml', 'cameras: []\ncolour: red\n');
  const { code, stdout } = await box.run(['doctor']);
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /^\[ FAIL \] configuration .*argus\.yaml\n +→ .*argus\.yaml:2: colour: unknown key/m,
  );
  expect(stdout).toMatch(/1 problem to fix: configuration .*argus\.yaml\.\n$/);
});

it('argus init writes a configuration that can be read, and never over one', async () => {
  const box = sandbox();
  expect((await box.run(['doctor'])).stdout).toMatch(/^\[ note \] no configuration\n +→ .*argus init/m);
  expect(await box.run(['init'])).toMatchObject({ code: 0, stdout: '' });
  const { stdout } = await box.run(['doctor']);
  expect(stdout).toMatch(/^\[ {2}ok {2}\] configuration .*argus\.yaml, \d+ camera/m);
  const again = await box.run(['init']);
  expect(again.code).toBe(1);
  expect(again.stderr).toMatch(/^argus: .*argus\.yaml is there already\. Move it away/);
});

it('argus doctor tries the configured cameras and looks for the classes that they ask for', async () => {
  const box = sandbox();
  box.write(
    'argus.yaml',
    `server: { port: 0 }
cameras:
  - { id: ball, source: test:ball }
  - { id: gone, source: gone.mp4 }
  - { id: away, source: 'rtsp://user:secret@127.0.0.1:1/stream', classes: [persn] }
`,
  );
  const { code, stdout } = await box.run(['doctor']);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^\[ {2}ok {2}\] camera ball is there$/m);
  expect(stdout).toMatch(/^\[ FAIL \] camera gone: The video file .*gone\.mp4 does not exist$/m);
  expect(stdout).toMatch(
    /^\[ FAIL \] camera away: rtsp:\/\/.*127\.0\.0\.1:1\/stream cannot be reached \(.*ECONNREFUSED/m,
  );
  expect(stdout).toMatch(/camera away asks for the class "persn" \(did you mean person\?\)/);
  expect(stdout).toMatch(/3 problems to fix: /);
  expect(stdout).not.toContain('secret');
});
