import type { Canvas, SKRSContext2D } from '@napi-rs/canvas';
import type { Box } from '../domain/box.ts';
import type { Shape } from '../domain/event.ts';
import { canvasLibrary, fontFamily } from './canvas.ts';
import type { Point } from '../domain/geometry.ts';

export interface LabelledBox {
  readonly box: Box;
  readonly text: string;
  /** Drawn stronger than the others. */
  readonly highlighted?: boolean;
}

export interface Annotation {
  readonly boxes: readonly LabelledBox[];
  readonly shapes: readonly Shape[];
  /** A line or zone drawn stronger than the others, and over them. */
  readonly highlighted?: Shape;
  /** Places drawn as dots, 0–1. */
  readonly marks?: readonly Point[];
  /** A line of text for the lower edge, e.g. camera and time. */
  readonly caption: string;
}

export interface Picture {
  readonly jpeg: Buffer;
  readonly width: number;
  readonly height: number;
}

const boxColour = '#00d4ff';
const highlightColour = '#ffd400';
const shapeColour = '#ff5c8a';
/** Tried in turn until the picture is small enough: share of the full width, JPEG quality. */
const sizes: readonly (readonly [scale: number, quality: number])[] = [
  [1, 85],
  [1, 70],
  [0.75, 70],
  [0.5, 65],
  [0.35, 60],
  [0.2, 50],
];

/**
 * Draws boxes, lines and zones into a JPEG and encodes it in at most `maxBytes`, smaller if need be. A picture wider
 * than `maxWidth` pixels is scaled down first. Throws on bytes that are not a picture.
 */
export async function annotate(
  jpeg: Uint8Array,
  annotation: Annotation,
  { maxBytes, maxWidth }: { maxBytes: number; maxWidth: number },
): Promise<Picture> {
  const { createCanvas, loadImage } = await canvasLibrary();
  const image = await loadImage(jpeg);
  const full = Math.min(1, maxWidth / image.width);
  let smallest: Picture | undefined;
  for (const [scale, quality] of sizes) {
    const canvas = createCanvas(
      Math.round(image.width * full * scale),
      Math.round(image.height * full * scale),
    );
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    drawAnnotation(canvas, annotation);
    smallest = { jpeg: await canvas.encode('jpeg', quality), width: canvas.width, height: canvas.height };
    if (smallest.jpeg.length <= maxBytes) return smallest;
  }
  if (!smallest) throw new Error('no size to encode at');
  return smallest;
}

/** As `annotate`, at full size and as a PNG. */
export async function annotatePng(jpeg: Uint8Array, annotation: Annotation): Promise<Buffer> {
  const { createCanvas, loadImage } = await canvasLibrary();
  const image = await loadImage(jpeg);
  const canvas = createCanvas(image.width, image.height);
  canvas.getContext('2d').drawImage(image, 0, 0);
  drawAnnotation(canvas, annotation);
  return canvas.encode('png');
}

/** Draws over what is there; sizes go with the width. */
export function drawAnnotation(
  canvas: Canvas,
  { boxes, shapes, highlighted, marks = [], caption }: Annotation,
): void {
  const context = canvas.getContext('2d');
  const unit = Math.max(1, canvas.width / 640);
  context.font = `${Math.round(13 * unit)}px "${fontFamily}"`;
  context.textBaseline = 'top';
  for (const shape of shapes) drawShape(context, canvas, shape, shapeColour, unit);
  if (highlighted) drawShape(context, canvas, highlighted, highlightColour, unit);
  for (const mark of marks) drawMark(context, canvas, mark, unit);
  for (const box of [...boxes].sort(
    (a, b) => Number(a.highlighted ?? false) - Number(b.highlighted ?? false),
  )) {
    drawBox(context, canvas, box, unit);
  }
  if (caption) drawText(context, caption, 0, canvas.height - 18 * unit, '#ffffff', unit);
}

function drawBox(
  context: SKRSContext2D,
  { width, height }: Canvas,
  { box, text, highlighted }: LabelledBox,
  unit: number,
) {
  const colour = highlighted ? highlightColour : boxColour;
  context.strokeStyle = colour;
  context.lineWidth = (highlighted ? 3 : 1.5) * unit;
  context.strokeRect(box.x1 * width, box.y1 * height, (box.x2 - box.x1) * width, (box.y2 - box.y1) * height);
  drawText(context, text, box.x1 * width, Math.max(0, box.y1 * height - 18 * unit), colour, unit);
}

function drawShape(
  context: SKRSContext2D,
  { width, height }: Canvas,
  shape: Shape,
  colour: string,
  unit: number,
): void {
  const corners = shape.kind === 'line' ? [shape.line.a, shape.line.b] : shape.polygon;
  context.strokeStyle = colour;
  context.lineWidth = 2 * unit;
  context.beginPath();
  for (const [i, { x, y }] of corners.entries()) {
    if (i === 0) context.moveTo(x * width, y * height);
    else context.lineTo(x * width, y * height);
  }
  if (shape.kind === 'zone') context.closePath();
  context.stroke();
  if (shape.kind === 'line') drawForwardArrow(context, { width, height }, shape.line, unit);
  const first = corners[0];
  if (first)
    drawText(context, shape.name, first.x * width + 4 * unit, first.y * height + 4 * unit, colour, unit);
}

function drawMark(context: SKRSContext2D, { width, height }: Canvas, { x, y }: Point, unit: number): void {
  context.fillStyle = boxColour;
  context.beginPath();
  context.arc(x * width, y * height, 2.5 * unit, 0, 2 * Math.PI);
  context.fill();
}

/** A short arrow from the middle of the line towards the side that `forward` leads to. */
function drawForwardArrow(
  context: SKRSContext2D,
  { width, height }: { width: number; height: number },
  { a, b }: { a: { x: number; y: number }; b: { x: number; y: number } },
  unit: number,
): void {
  const dx = (b.x - a.x) * width;
  const dy = (b.y - a.y) * height;
  const length = Math.hypot(dx, dy) || 1;
  // Forward leaves the positive side, so it points along (dy, −dx).
  const [nx, ny] = [dy / length, -dx / length];
  const [mx, my] = [((a.x + b.x) / 2) * width, ((a.y + b.y) / 2) * height];
  const tip = { x: mx + nx * 22 * unit, y: my + ny * 22 * unit };
  context.beginPath();
  context.moveTo(mx, my);
  context.lineTo(tip.x, tip.y);
  for (const turn of [0.6, -0.6]) {
    const angle = Math.atan2(-ny, -nx) + turn;
    context.moveTo(tip.x, tip.y);
    context.lineTo(tip.x + Math.cos(angle) * 8 * unit, tip.y + Math.sin(angle) * 8 * unit);
  }
  context.stroke();
}

/** Text on a dark ground, moved into the picture where it would stick out on the right. */
function drawText(
  context: SKRSContext2D,
  text: string,
  x: number,
  y: number,
  colour: string,
  unit: number,
): void {
  const width = context.measureText(text).width + 6 * unit;
  const left = Math.max(0, Math.min(x, context.canvas.width - width));
  context.fillStyle = 'rgba(0, 0, 0, 0.65)';
  context.fillRect(left, y, width, 17 * unit);
  context.fillStyle = colour;
  context.fillText(text, left + 3 * unit, y + 1 * unit);
}
