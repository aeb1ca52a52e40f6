import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { complaints, sandbox, Sandbox, type StartOptions } from '../fixtures/argus.ts';
import { shared } from '../fixtures/shared.ts';

const campus = shared('video/TUD-Campus.mp4');
const missing = campus.missing || shared('models/yolox_nano.onnx').missing;

/** Runs it to its end, which must be one complaint; returns that. */
async function complaintOf(box: Sandbox, args: readonly string[], options?: StartOptions): Promise<string> {
  const { code, stdout, stderr } = await box.run(args, options);
  const found = complaints(stderr);
  expect({ code, stdout, found: found.length, stderr }).toEqual({ code: 1, stdout: '', found: 1, stderr });
  // Nothing of the program's own insides.
  expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$|node:internal|Error:/m);
  return found[0] ?? '';
}

const aBall = 'cameras: [{ id: ball, source: "test:ball?frames=5" }]\n';

describe.skipIf(missing !== false)(`what cannot be used${missing ? ` (${missing})` : ''}`, () => {
  let box: Sandbox;
  beforeAll(() => {
    box = new Sandbox();
    mkdirSync(box.path('folder'));
    mkdirSync(box.path('weights'));
    box.write('weights/yolox_nano.onnx', 'no weights');
    box.write('text.avi', 'a text\n'.repeat(1000));
    box.write('empty.mp4', '');
    box.write('cut.mp4', readFileSync(campus.path).subarray(0, 100_000));
    box.write('key.yaml', 'cameras:\n  - id: a\n    source: test:ball\n    colour: red\n');
    box.write('ball.yaml', aBall);
    box.write(
      'class.yaml',
      'cameras:\n  - id: a\n    source: test:ball\n    confidence:\n      personn: 0.5\n',
    );
    return () => box.close();
  });

  const video = campus.path;
  it.concurrent.each([
    ['a missing file', ['watch', 'none.avi'], /\/none\.avi does not exist\. Give the path/],
    ['a folder without videos', ['watch', 'folder'], /The folder \/.*\/folder has no video files/],
    ['a text', ['watch', 'text.avi'], /text\.avi: .* Check that it is a whole video file/],
    ['an empty file', ['watch', 'empty.mp4'], /\/empty\.mp4 is empty\. Record or copy it again/],
    [
      'a truncated file',
      ['watch', 'cut.mp4'],
      /cut\.mp4: it is cut off at \d+ % of its bytes\. .* give a whole copy/,
    ],
    ['an unknown scheme', ['watch', 'ftp://host/x.avi'], /"ftp:\/\/host\/x\.avi".*no kind of source.*rtsp:/],
    ['an unknown detector', ['watch', video, '--model=yolo99'], /no model "yolo99"; known are .*yolox-nano/],
    [
      'an unknown class',
      ['watch', video, '--classes=person,dragon'],
      /--classes: .*class "dragon".*models classes/,
    ],
    [
      'a misspelt class with a confidence',
      ['watch', video, '--confidence=persn=0.4'],
      /--confidence: .*class "persn" \(did you mean person\?\).*yolox-nano.*models classes/,
    ],
    ['a confidence of two', ['watch', video, '--confidence=car=2'], /--confidence: "car=2".*from 0 to 1/],
    [
      'a misspelt class in the configuration',
      ['serve', '--config=class.yaml'],
      /\/class\.yaml:5: cameras\[0\]\.confidence\.personn: camera a .*\(did you mean person\?\)/,
    ],
    [
      'a zone of two corners',
      ['watch', video, '--zone=z:0,0,1,1'],
      /--zone "z:.*2 corners.*at least 3.*e\.g\./,
    ],
    ['a line of three numbers', ['watch', video, '--line=l:0,0,1'], /--line "l:.*3 numbers.*has 4.*e\.g\./],
    ['a line in pixels', ['watch', video, '--line=l:0,0,640,0'], /--line "l:.*640.*0 to 1.*not pixels/],
    ['an fps of 0', ['watch', video, '--fps=0'], /--fps: "0".*from 1 to 240/],
    ['a start that is no time', ['watch', video, '--start=noon'], /--start: "noon".*ISO 8601/],
    ['an id with a blank', ['watch', video, '--id=my cam'], /--id: "my cam".*letters/],
    [
      'a camera that is off',
      ['watch', 'rtsp://u:hush@127.0.0.1:9/x'],
      /\/\*\*\*@127\.0\.0\.1:9\/x: .*Check that it is on/,
    ],
    [
      'an unknown key',
      ['serve', '--config=key.yaml'],
      /\/key\.yaml:4: .*colour: unknown key.*source.*Correct/,
    ],
    [
      'no configuration',
      ['serve', '--config=none.yaml'],
      /\/none\.yaml does not exist\. Make one.*argus init/,
    ],
    ['a port that is no number', ['serve', '--config=ball.yaml', '--port=http'], /--port: "http".*65535/],
    ['an unknown option', ['watch', video, '--colour=red'], /unknown option '--colour=red'.*--help/],
    ['an unknown command', ['look'], /unknown command 'look'.*--help/],
  ])('%s is one complaint that says what to do', { timeout: 120_000 }, async (what, args, words) => {
    // A data folder of its own, as only one station may write to one.
    const data = box.path(`data of ${what}`);
    const own = args[0] === 'look' ? [] : ['--data', data];
    expect(await complaintOf(box, [...args, ...own])).toMatch(words);
  });

  it('weights that are none are named', async () => {
    const env = { ARGUS_MODEL_PATH: box.path('weights') };
    const said = await complaintOf(box, ['watch', video, '--model=yolox-nano'], { env });
    expect(said).toContain(box.path('weights', 'yolox_nano.onnx'));
    expect(said).toMatch(/\(10 bytes\).*Delete the file/);
  });

  it('a port in use is named', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const said = await complaintOf(box, ['serve', '--config=ball.yaml', `--port=${port}`]);
    expect(said).toContain(`Port ${port} of 127.0.0.1 is in use.`);
    expect(said).toMatch(/--port PORT/);
  });

  it('a data folder has one station; another one is told so, and the first goes on', async () => {
    const own = sandbox();
    own.write('argus.yaml', 'cameras: [{ id: ball, source: "test:ball", fps: 2 }]\n');
    const first = own.start(['serve', '--port=0']);
    await first.untilSaid(/Stop with/);
    const said = await complaintOf(own, ['watch', video]);
    expect(said).toContain(own.data);
    expect(said).toMatch(/Another Argus station.*stop it, or give this one another data folder/);
    expect(await complaintOf(own, ['serve', '--port=0'])).toBe(said);
    expect(first.process.exitCode).toBeNull();
  });

  const mayMount = process.getuid?.() === 0;
  it.skipIf(!mayMount)(
    `a data folder that cannot be written is named${mayMount ? '' : ' (only root may mount one)'}`,
    async ({ skip }) => {
      const own = sandbox();
      mkdirSync(own.data);
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro,size=64k', 'argus-test', own.data]);
      skip(mounted.status !== 0, 'this root may not mount a file system');
      try {
        const said = await complaintOf(own, ['watch', video]);
        expect(said).toContain(own.data);
        expect(said).toMatch(/cannot be written|cannot be opened/);
        expect(said).toMatch(/another data folder|data folder is a folder/);
      } finally {
        spawnSync('umount', [own.data]);
      }
    },
  );
});
