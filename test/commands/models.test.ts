import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeOnnx } from '../../src/onnx/write.ts';
import { loadDetector } from '../../src/models/manifests.ts';
import { pixelsOf } from '../fixtures/pixels.ts';
import { complaints, sandbox, type Sandbox } from '../fixtures/argus.ts';
import { shared } from '../fixtures/shared.ts';

const yolo11n = shared('models/yolo11n_320.onnx');
const video = shared('video/vtest.avi');
const missing = yolo11n.missing || video.missing;

describe('argus models classes', () => {
  it('lists the classes of a model, one a line, and its own where it has some', async () => {
    const box = sandbox();
    const coco = await box.run(['models', 'classes', 'yolox-nano']);
    expect(coco).toMatchObject({ code: 0, stderr: '' });
    expect(coco.stdout.trimEnd().split('\n')).toHaveLength(80);
    expect(coco.stdout).toMatch(/^person\nbicycle\ncar\n/);
    mkdirSync(join(box.data, 'models', 'birds'), { recursive: true });
    const birds = { ...loadDetector('yolox-nano'), id: 'birds', classes: ['blue tit', 'robin'] };
    writeFileSync(join(box.data, 'models', 'birds', 'manifest.json'), JSON.stringify(birds));
    expect((await box.run(['models', 'classes', 'birds'])).stdout).toBe('blue tit\nrobin\n');
    const unknown = await box.run(['models', 'classes', 'birbs']);
    expect(complaints(unknown.stderr)).toEqual([expect.stringContaining('There is no model "birbs"')]);
  });
});

describe.skipIf(missing !== false)('argus models add', () => {
  it('guesses layout, input and classes, shows people in a picture, and the model can be used', async () => {
    const box = sandbox();
    const { code, stdout, stderr } = await box.run(['models', 'add', yolo11n.path, '--id', 'mine']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain(
      'yolo11n_320.onnx: layout yolo11, input 320x320 rgb, 80 classes of COCO, licence AGPL-3.0',
    );
    expect(stderr).toMatch(/^It saw [3-9] person/m);
    const folder = join(box.data, 'models', 'mine');
    expect(stdout).toBe(`${join(folder, 'manifest.json')}\n`);
    expect(readdirSync(folder).toSorted()).toEqual(['manifest.json', 'mine.onnx', 'trial.png']);
    expect(loadDetector('mine', [join(box.data, 'models')])).toMatchObject({
      layout: 'yolo11',
      classes: 'coco',
      input: { width: 320, height: 320, colour: 'rgb', std: [255, 255, 255] },
    });
    const picture = readFileSync(join(folder, 'trial.png'));
    expect(picture.subarray(1, 4).toString()).toBe('PNG');
    // The box colour of the drawing is on the picture, and not in the footage.
    const pixels = await pixelsOf(picture);
    const colours = Array.from({ length: 300 * 300 }, (_, i) =>
      pixels.at((i % 300) / 300, Math.floor(i / 300) / 300),
    );
    expect(colours.some(([red, green, blue]) => red < 30 && green > 180 && blue > 220)).toBe(true);

    // A picture has no frame rate.
    const again = await box.run(['models', 'add', yolo11n.path, '--picture', join(folder, 'trial.png')]);
    expect(again.stderr).toMatch(/^It saw [1-9] person/m);

    const listed = await box.run(['models']);
    expect(listed.stdout).toMatch(/^mine +detect +yolo11 +320x320 +2\.9 MB +AGPL-3\.0 +from .*mine\.onnx$/m);
    const watched = await box.run(['watch', video.path, '--model', 'mine', '--fps', '1']);
    expect(watched).toMatchObject({ code: 0 });
    expect(watched.stderr).toContain('Detector: mine from');
  });

  it('takes another name by itself when the file has that of a model that is there', async () => {
    const { stdout } = await sandbox().run(['models', 'add', yolo11n.path]);
    expect(stdout).toContain(join('models', 'yolo11n-320-2', 'manifest.json'));
  });
});

describe('argus models add refuses, and keeps nothing,', () => {
  const identity = (dims: number[], inputs = 1) =>
    encodeOnnx({
      name: 'net',
      producer: 'test',
      opset: 13,
      nodes: [{ opType: 'Identity', name: 'copy', inputs: ['in0'], outputs: ['out'], attributes: {} }],
      constants: [],
      inputs: Array.from({ length: inputs }, (_, i) => ({ name: `in${i}`, dims })),
      outputs: [{ name: 'out', dims }],
    });

  it.each<[string, (box: Sandbox) => string[], string]>([
    ['a file that is not there', () => ['none.onnx'], 'There is no model file'],
    ['a file that is not ONNX', (box) => [box.write('a.onnx', 'Not found')], 'is not a whole ONNX model'],
    [
      'outputs that no layout has',
      (box) => [box.write('a.onnx', identity([1, 3, 32, 32]))],
      'The network gives out [1, 3, 32, 32], which is no layout that Argus knows.',
    ],
    [
      'a layout that the graph does not have',
      (box) => [box.write('a.onnx', identity([1, 3, 32, 32])), '--layout', 'yolox'],
      'The network gives out [1, 3, 32, 32], which is not layout yolox.',
    ],
    [
      'an input that is no picture',
      (box) => [box.write('a.onnx', identity([1, 7]))],
      'takes in0 float32 [1, 7]; a detector takes one float32 or float16 [1, 3, height, width].',
    ],
    [
      'two inputs',
      (box) => [box.write('a.onnx', identity([1, 3, 32, 32], 2))],
      'takes in0 float32 [1, 3, 32, 32] and in1 float32',
    ],
    ['an id with a slash', () => ['a.onnx', '--id', '../x'], '"../x" is no id of a model.'],
    ['an id that is taken', () => ['a.onnx', '--id', 'yolox-nano'], 'There is a model yolox-nano already.'],
    ['an id that is no name of a folder', () => ['a.onnx', '--id', 'a'.repeat(65)], 'Use up to 64 '],
    [
      'an input that no detector has',
      (box) => [box.write('a.onnx', identity([1, 3, 66, 66]))],
      'would take 66x66, and width and height are to be multiples of 4.',
    ],
    ['a size that is none', () => ['a.onnx', '--size', 'big'], '"big" is no size.'],
  ])('%s', async (_, args, message) => {
    const box = sandbox();
    const { code, stdout, stderr } = await box.run(['models', 'add', ...args(box)]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(complaints(stderr)).toEqual([expect.stringContaining(message)]);
    const kept = join(box.data, 'models');
    expect(existsSync(kept) ? readdirSync(kept) : []).toEqual([]);
  });

  it.skipIf(missing)('classes that are not the network’s, and says with which flags to tell', async () => {
    const box = sandbox();
    const { code, stderr } = await box.run(['models', 'add', yolo11n.path, '--classes', 'cat,dog']);
    expect(code).toBe(1);
    expect(complaints(stderr)).toEqual([
      expect.stringMatching(/the network gives output0 \[1, 84, .*--layout, --size and --classes/),
    ]);
    expect(existsSync(join(box.data, 'models'))).toBe(false);
  });

  it.skipIf(missing)('a model that its data folder cannot take', async () => {
    const box = sandbox();
    const args = ['models', 'add', yolo11n.path, '--id', 'mine', '--picture', video.path];
    const { stderr } = await box.run([...args, '--data', box.write('file', 'no folder')]);
    expect(complaints(stderr)).toEqual([expect.stringMatching(/The model mine could not be kept .*ENOTDIR/)]);
  });

  it.skipIf(missing)('a model when the picture cannot be read', async () => {
    const box = sandbox();
    const picture = box.write('text.jpg', 'no picture');
    const { code, stderr } = await box.run(['models', 'add', yolo11n.path, '--picture', picture]);
    expect(code).toBe(1);
    expect(complaints(stderr)).toEqual([expect.stringContaining('text.jpg')]);
    expect(existsSync(join(box.data, 'models'))).toBe(false);
  });
});

describe('argus models get', () => {
  /** A model of the user's whose weights would come from a server. */
  function withRemoteModel(box: Sandbox, licence: string): void {
    const folder = join(box.data, 'models', 'far');
    mkdirSync(folder, { recursive: true });
    const source = { kind: 'url', url: 'https://127.0.0.1:40001/far.onnx', sha256: '0'.repeat(64) };
    const manifest = { ...loadDetector('yolox-nano'), id: 'far', licence, sources: [source] };
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  }

  it('asks to accept a licence that asks for the source, says why, and remembers it', async () => {
    const box = sandbox();
    withRemoteModel(box, 'AGPL-3.0');
    const refused = await box.run(['models', 'get', 'far']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('its licence AGPL-3.0 is not accepted yet');
    expect(refused.stderr).toContain('offer its users the source of what you build on it');
    expect(refused.stderr).toContain('argus models get far --accept-licence AGPL-3.0');

    // Nobody is at that address, so that it fails, but further on; and so it does without the flag from then on.
    const accepted = await box.run(['models', 'get', 'far', '--accept-licence', 'AGPL-3.0']);
    expect(accepted.stderr).not.toContain('not accepted');
    expect(accepted.stderr).toContain('ECONNREFUSED');
    expect((await box.run(['models', 'get', 'far'])).stderr).toContain('ECONNREFUSED');
  });

  it('says so when the licence cannot be noted', async () => {
    const box = sandbox();
    const data = box.write('file', 'no folder');
    const args = ['models', 'get', 'yolov10n', '--accept-licence', 'AGPL-3.0', '--data', data];
    expect(complaints((await box.run(args)).stderr)).toEqual([
      expect.stringContaining('That licence AGPL-3.0 is accepted cannot be noted: ENOTDIR'),
    ]);
  });

  it('refuses the name of another licence', async () => {
    const box = sandbox();
    withRemoteModel(box, 'AGPL-3.0');
    const { stderr } = await box.run(['models', 'get', 'far', '--accept-licence', 'MIT']);
    expect(complaints(stderr)).toEqual([expect.stringContaining('The licence of far is AGPL-3.0, not MIT.')]);
  });

  it('names the known models for one that is not known', async () => {
    const { code, stderr } = await sandbox().run(['models', 'get', 'yolo-x']);
    expect(code).toBe(1);
    expect(complaints(stderr)).toEqual([
      expect.stringMatching(
        /There is no model "yolo-x"; known are nanodet-g, .*yolox-nano\. .*argus models add/,
      ),
    ]);
  });

  it.skipIf(missing)('tells where weights are that are at hand', async () => {
    const { code, stdout } = await sandbox().run(['models', 'get', 'yolo11n-320']);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `yolo11n-320 from ${yolo11n.path}\n${yolo11n.path}\n`,
    });
  });
});
