import { describe, expect, test } from 'vitest';
import { ArgusError } from '../../src/domain/errors.ts';
import { guessManifest, inputSizeOf, type ModelHints, type OutputShape } from '../../src/models/inspect.ts';
import type { ModelDescription } from '../../src/onnx/describe.ts';

const describing = (
  metadata: Record<string, string> = {},
  shape: (number | string)[] = [1, 3, 320, 320],
): ModelDescription => ({
  inputs: [{ name: 'images', type: 'float32', shape }],
  outputs: [],
  producer: '',
  metadata,
});
const outputsOf = (...dims: number[][]): OutputShape[] =>
  dims.map((one, i) => ({ name: `output${i}`, dims: one }));
const size = { width: 320, height: 320 };
const guess = (outputs: OutputShape[], metadata: Record<string, string> = {}, hints: ModelHints = {}) =>
  guessManifest('some', describing(metadata), size, outputs, hints);

describe('the layout by the outputs', () => {
  test.each<[string, number[][], Record<string, string>]>([
    ['yolov10', [[1, 300, 6]], {}],
    ['yolo26', [[1, 300, 6]], { description: 'Ultralytics YOLO26n model' }],
    ['yolov8', [[1, 84, 2100]], {}],
    ['yolo11', [[1, 84, 2100]], { description: 'Ultralytics YOLO11n model' }],
    ['yolox', [[1, 2100, 85]], {}],
    ['yolox', [[1, 2100, 6]], {}],
    [
      'nanodet',
      [
        [1, 1600, 80],
        [1, 400, 80],
        [1, 100, 80],
        [1, 1600, 44],
        [1, 400, 44],
        [1, 100, 44],
      ],
      {},
    ],
    [
      'detr',
      [
        [1, 300, 80],
        [1, 300, 4],
      ],
      {},
    ],
  ])('%s', (layout, dims, metadata) => {
    expect(guess(outputsOf(...dims), metadata)).toMatchObject({ layout, input: size });
  });

  test('with a title that does not tell where the model was trained', () => {
    const description = 'Ultralytics YOLO11n model trained on /home/someone/coco.yaml';
    expect(guess(outputsOf([1, 84, 2100]), { description }).title).toBe('Ultralytics YOLO11n model');
    expect(guess(outputsOf([1, 84, 2100])).title).toBe('some');
  });

  test.each([
    ['YOLOv5, three anchors a cell', [[1, 6300, 85]]],
    ['labels', [[1, 300]]],
    ['nothing', []],
  ])('is none for %s', (_, dims) => {
    expect(() => guess(outputsOf(...dims))).toThrow('which is no layout that Argus knows');
  });
});

describe('the classes', () => {
  test('are those that Ultralytics notes, with quotes of either kind', () => {
    const names = `{0: 'fork lift', 1: "farmer's cart", 2: 'it\\'s'}`;
    const { classes } = guess(outputsOf([1, 7, 2100]), { names });
    expect(classes).toEqual(['fork lift', "farmer's cart", "it's"]);
  });

  test('are those of COCO when there are as many', () => {
    expect(guess(outputsOf([1, 84, 2100])).classes).toBe('coco');
    expect(guess(outputsOf([1, 300, 91], [1, 300, 4])).classes).toBe('coco');
    expect(guess(outputsOf([1, 300, 81], [1, 300, 4])).classes).toBe('coco');
    expect(guess(outputsOf([1, 95, 2100])).classes).toHaveLength(91);
  });

  test('do not steer a terminal, and neither does the licence', () => {
    const found = guess(outputsOf([1, 5, 2100]), { names: "{0: 'a\u001b[31m'}", license: 'MIT\n\u0007x' });
    expect(found).toMatchObject({ classes: ['a [31m'], licence: 'MIT x' });
  });

  test.each<[Record<string, string>, ModelHints]>([
    [{ names: "{0: 'a', 1: ''}" }, {}],
    [{}, { classes: ['a', ''] }],
  ])('all have names: %j %j', (metadata, hints) => {
    const nameless = () => guess(outputsOf([1, 6, 2100]), metadata, hints);
    expect(nameless).toThrow(ArgusError);
    expect(nameless).toThrow('Class 1 of the model has no name.');
  });

  test('are numbered when nobody names them, and the hints go before all', () => {
    expect(guess(outputsOf([1, 6, 2100])).classes).toEqual(['class 0', 'class 1']);
    const classes = ['cat', 'dog'];
    expect(guess(outputsOf([1, 6, 2100]), { names: "{0: 'a', 1: 'b'}" }, { classes }).classes).toEqual(
      classes,
    );
  });
});

describe('the size of the input', () => {
  test.each<[(number | string)[], ModelHints]>([
    [[1, 3, 66, 66], {}],
    [[1, 3, 'h', 'w'], { width: 66, height: 66 }],
    [[1, 3, 'h', 'w'], { width: 0, height: 64 }],
  ])('is refused where no detector has it: %j %j', (shape, hints) => {
    const size = () => inputSizeOf('some.onnx', describing({}, shape), hints);
    expect(size).toThrow(ArgusError);
    expect(size).toThrow('width and height are to be multiples of 4');
  });

  test.each<[string, ModelDescription, ModelHints, [number, number]]>([
    ['is the graph’s', describing({ imgsz: '[64, 64]' }), { width: 96, height: 96 }, [320, 320]],
    [
      'is that of the hints where the graph leaves it open',
      describing({ imgsz: '[384, 640]' }, ['n', 3, 'h', 'w']),
      { width: 96, height: 64 },
      [96, 64],
    ],
    ['else that noted', describing({ imgsz: '[384, 640]' }, ['n', 3, 'h', 'w']), {}, [640, 384]],
    ['else 640', describing({}, [1, 3, 'h', 'w']), {}, [640, 640]],
  ])('%s', (_, description, hints, [width, height]) => {
    expect(inputSizeOf('some.onnx', description, hints)).toEqual({ width, height });
  });
});
