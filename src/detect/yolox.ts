import type { Detection } from '../domain/detection.ts';
import type { OutputDecoder } from './contract.ts';
import { suppressOverlaps } from './nms.ts';
import { outputOfShape } from './outputs.ts';
import { toPicture } from './picture.ts';

const strides = [8, 16, 32];

/**
 * YOLOX as exported without its decoder: `[1, cells, 5 + classes]`, cells row by row for strides 8, 16, 32, each
 * (x, y, w, h, objectness, class scores). Centre = (x, y + cell) · stride, size = exp(w, h) · stride, confidence =
 * objectness · best class score. Ge et al., "YOLOX: Exceeding YOLO Series in 2021" (arXiv 2107.08430), section 2.
 */
export const decodeYolox: OutputDecoder = (outputs, letterbox, { classes, minConfidence, nmsIou }) => {
  const grids = strides.map((stride) => ({
    stride,
    columns: Math.ceil(letterbox.inputWidth / stride),
    rows: Math.ceil(letterbox.inputHeight / stride),
  }));
  const cells = grids.reduce((sum, grid) => sum + grid.columns * grid.rows, 0);
  const width = 5 + classes.length;
  const { data } = outputOfShape('yolox', outputs, [1, cells, width]);
  const at = (index: number): number => data[index] ?? NaN;

  const detections: Detection[] = [];
  let cell = 0;
  for (const { stride, columns, rows } of grids) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, cell++) {
        const start = cell * width;
        const objectness = at(start + 4);
        // A class score is at most 1, so most cells end here.
        if (!(objectness >= minConfidence)) continue;

        let best = 0;
        for (let c = 1; c < classes.length; c++) if (at(start + 5 + c) > at(start + 5 + best)) best = c;
        const confidence = objectness * at(start + 5 + best);
        if (!(confidence >= minConfidence)) continue;

        const x = (at(start) + column) * stride;
        const y = (at(start + 1) + row) * stride;
        const halfWidth = (Math.exp(at(start + 2)) * stride) / 2;
        const halfHeight = (Math.exp(at(start + 3)) * stride) / 2;
        const box = toPicture(letterbox, x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight);
        if (box !== null) detections.push({ box, label: classes[best] ?? '', confidence });
      }
    }
  }
  return suppressOverlaps(detections, nmsIou);
};
