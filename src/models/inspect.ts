import { classesOf, detectorSchema, type DetectorManifest } from '../config/manifest.ts';
import { cocoClasses } from '../domain/classes.ts';
import { ArgusError } from '../domain/errors.ts';
import { describeModel, tensorText, type ModelDescription } from '../onnx/describe.ts';
import { readModel } from '../onnx/model.ts';

type Layout = DetectorManifest['layout'];

/** What the one who adds a model knows better than its file; all of it may be left out. */
export interface ModelHints {
  readonly layout?: Layout;
  readonly width?: number;
  readonly height?: number;
  readonly colour?: 'rgb' | 'bgr';
  readonly classes?: readonly string[];
  readonly licence?: string;
}

/** An output as it came from a run. */
export interface OutputShape {
  readonly name: string;
  readonly dims: readonly number[];
}

/** Reads what an ONNX file says of itself. @throws ArgusError when it is not a whole ONNX model. */
export const describeFile = (path: string): ModelDescription => describeModel(readModel(path));

const sizeWithoutHint = 640;

/** Size of the input: the file's own, else that of the hints, of Ultralytics' note, or 640. */
export function inputSizeOf(
  path: string,
  { inputs, metadata }: ModelDescription,
  hints: ModelHints,
): { width: number; height: number } {
  const [input, ...others] = inputs;
  const [batch, channels, height, width] = input?.shape ?? [];
  const isPicture =
    others.length === 0 &&
    input?.shape?.length === 4 &&
    ['float32', 'float16'].includes(input.type) &&
    (batch === 1 || typeof batch === 'string') &&
    (channels === 3 || typeof channels === 'string');
  if (!isPicture) {
    throw new ArgusError(
      `${path} takes ${inputs.map(tensorText).join(' and ') || 'nothing'}; a detector takes one float32 or float16 [1, 3, height, width].`,
      'Export it with the picture as its only input, channels first, and without post-processing that wants the size of the picture.',
    );
  }
  const [notedHeight, notedWidth] = [...(metadata['imgsz'] ?? '').matchAll(/\d+/g)].map(([n]) => Number(n));
  const size = {
    width: typeof width === 'number' ? width : (hints.width ?? (notedWidth || sizeWithoutHint)),
    height: typeof height === 'number' ? height : (hints.height ?? (notedHeight || sizeWithoutHint)),
  };
  if (!detectorSchema.shape.input.pick({ width: true, height: true }).safeParse(size).success) {
    throw new ArgusError(
      `${path} would take ${size.width}x${size.height}, and width and height are to be multiples of 4.`,
      'Export it with such a size; the layouts that Argus knows are made for multiples of 32.',
    );
  }
  return size;
}

/**
 * The manifest of a model from what its file and a run of it say: the layout by the shapes of the outputs, the pixels
 * by the layout, the class names by Ultralytics' note or their number.
 * @throws ArgusError naming the outputs when no layout has such, and for a class without a name.
 */
export function guessManifest(
  id: string,
  description: ModelDescription,
  size: { readonly width: number; readonly height: number },
  outputs: readonly OutputShape[],
  hints: ModelHints,
): DetectorManifest {
  const noted = hints.classes ?? notedClasses(description);
  const guess = guessLayout(outputs, size, noted?.length);
  const layout = hints.layout ?? nameOfLayout(guess?.layout, description);
  if (!layout || !guess) throw unknownOutputs(outputs, hints.layout);
  const classes = noted ?? classesOfCount(guess.layout, guess.classes);
  const nameless = classes.indexOf('');
  if (nameless >= 0)
    throw new ArgusError(
      `Class ${nameless} of the model has no name.`,
      'Name all in the order of the output, e.g. --classes person,forklift.',
    );
  const { metadata } = description;
  return detectorSchema.parse({
    id,
    title: titleOf(metadata['description']) ?? id,
    task: 'detect',
    layout,
    licence: hints.licence ?? licenceOf(description),
    input: { ...size, ...pixelsOf[layout], ...(hints.colour && { colour: hints.colour }) },
    classes: isCoco(classes) ? 'coco' : classes,
    thresholds: thresholdsOf[layout],
    sources: [{ kind: 'file', name: `${id}.onnx` }],
  } satisfies Omit<DetectorManifest, 'input' | 'thresholds' | 'classes'> & Record<string, unknown>);
}

interface LayoutGuess {
  readonly layout: Layout;
  /** How many classes the outputs have; undefined when they do not tell. */
  readonly classes: number | undefined;
}

function guessLayout(
  outputs: readonly OutputShape[],
  size: { readonly width: number; readonly height: number },
  noted: number | undefined,
): LayoutGuess | undefined {
  const shapes = outputs.map(({ dims }) => dims).filter((dims) => dims.length === 3);
  const cells = [8, 16, 32].map((stride) => Math.ceil(size.width / stride) * Math.ceil(size.height / stride));
  const allCells = cells.reduce((sum, count) => sum + count, 0);
  const [only, ...others] = shapes;
  if (only && others.length === 0) {
    const [, rows = 0, columns = 0] = only;
    if (columns === 6 && rows !== allCells) return { layout: 'yolov10', classes: noted };
    if (rows === allCells && columns > 5) return { layout: 'yolox', classes: columns - 5 };
    if (columns === allCells && rows > 4) return { layout: 'yolov8', classes: rows - 4 };
    return undefined;
  }
  const scores = shapes.find(([, count, width]) => count === cells[0] && width !== 44);
  const hasBins = cells.every((count) => shapes.some(([, n, width]) => n === count && width === 44));
  if (hasBins && scores) return { layout: 'nanodet', classes: scores[2] };
  const boxes = outputs.find(({ name, dims }) => dims.at(-1) === 4 && /box|dets/i.test(name))?.dims;
  const isBoxes = boxes ?? shapes.find(([, , width]) => width === 4);
  const logits = shapes.find((dims) => dims !== isBoxes && dims[1] === isBoxes?.[1]);
  if (shapes.length === 2 && isBoxes && logits) return { layout: 'detr', classes: logits[2] };
  return undefined;
}

/** A file of strangers may note what steers a terminal. */
const oneLine = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ').trim();

/** Ultralytics adds the path of what a model was trained on, which is nobody's business here. */
const titleOf = (description = ''): string | undefined =>
  oneLine(description.replace(/ trained on .*/s, '')) || undefined;

/** The same layout has the names of several models. */
function nameOfLayout(layout: Layout | undefined, { metadata }: ModelDescription): Layout | undefined {
  const text = metadata['description'] ?? '';
  if (layout === 'yolov8' && /yolo ?v?11/i.test(text)) return 'yolo11';
  if (layout === 'yolov10' && /yolo ?v?26/i.test(text)) return 'yolo26';
  return layout;
}

type Pixels = Pick<DetectorManifest['input'], 'colour' | 'padding' | 'mean' | 'std'>;
const unit: Pixels = { colour: 'rgb', padding: 'centre', mean: [0, 0, 0], std: [255, 255, 255] };
/** What networks of a layout were trained on. */
const pixelsOf: Readonly<Record<Layout, Pixels>> = {
  yolox: { colour: 'bgr', padding: 'end', mean: [0, 0, 0], std: [1, 1, 1] },
  yolov8: unit,
  yolo11: unit,
  yolov10: unit,
  yolo26: unit,
  nanodet: {
    colour: 'bgr',
    padding: 'centre',
    mean: [103.53, 116.28, 123.675],
    std: [57.375, 57.12, 58.395],
  },
  detr: {
    colour: 'rgb',
    padding: 'centre',
    mean: [123.675, 116.28, 103.53],
    std: [58.395, 57.12, 57.375],
  },
};

const plain = { low: 0.1, high: 0.4, nmsIou: 0.6 };
const thresholdsOf: Readonly<Record<Layout, DetectorManifest['thresholds']>> = {
  yolox: { ...plain, nmsIou: 0.45 },
  yolov8: plain,
  yolo11: plain,
  yolov10: plain,
  yolo26: plain,
  nanodet: { low: 0.1, high: 0.45, nmsIou: 0.45 },
  detr: plain,
};

/** Ultralytics notes a Python dictionary: `{0: 'person', 1: "farmer's cart", …}`. */
function notedClasses({ metadata }: ModelDescription): string[] | undefined {
  const entries = [
    ...(metadata['names'] ?? '').matchAll(/(\d+)\s*:\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g),
  ];
  const names: string[] = [];
  for (const [, index, single, double] of entries)
    names[Number(index)] = oneLine((single ?? double ?? '').replaceAll(/\\(.)/g, '$1'));
  const isWhole = names.length > 0 && Object.keys(names).length === names.length;
  return isWhole ? names : undefined;
}

function classesOfCount(layout: Layout, count: number | undefined): readonly string[] {
  if (count === undefined || count === cocoClasses.length) return cocoClasses;
  // Background besides, or a logit for each of COCO's 91 ids.
  if (layout === 'detr' && (count === cocoClasses.length + 1 || count === 91)) return cocoClasses;
  return Array.from({ length: count }, (_, i) => `class ${i}`);
}

const isCoco = (classes: readonly string[]): boolean =>
  classes.length === cocoClasses.length && classes.every((name, i) => name === cocoClasses[i]);

function licenceOf({ metadata }: ModelDescription): string {
  const noted = metadata['license'] ?? '';
  return /AGPL/i.test(noted) ? 'AGPL-3.0' : oneLine(noted) || 'unknown';
}

function unknownOutputs(outputs: readonly OutputShape[], asked: Layout | undefined): ArgusError {
  const found = outputs.map(({ name, dims }) => `${name} [${dims.join(', ')}]`).join(', ') || 'none';
  const which = asked === undefined ? 'no layout that Argus knows' : `not layout ${asked}`;
  return new ArgusError(
    `The network gives ${found}, which is ${which}.`,
    'Known are YOLOX without its decoder, YOLOv8 to YOLO26, NanoDet, and DETR with boxes and logits: export it as one of these. See docs/models.md.',
  );
}

/** E.g. `layout yolo11, input 320x320 rgb, 80 classes of COCO, licence AGPL-3.0`. */
export function manifestText(manifest: DetectorManifest): string {
  const { layout, input, licence } = manifest;
  const classes = classesOf(manifest);
  const named =
    manifest.classes === 'coco'
      ? 'of COCO'
      : `(${classes.slice(0, 5).join(', ')}${classes.length > 5 ? ', …' : ''})`;
  return `layout ${layout}, input ${input.width}x${input.height} ${input.colour}, ${classes.length} classes ${named}, licence ${licence}`;
}
