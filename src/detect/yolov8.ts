import type { Detection } from '../domain/detection.ts';
import type { OutputDecoder } from './contract.ts';
import { suppressOverlaps } from './nms.ts';
import { outputOfShape } from './outputs.ts';
import { toPicture } from './picture.ts';

/**
 * YOLOv8 and YOLO11: `[1, 4 + classes, N]`, so that each row holds one value of all N candidates: centre x, centre y,
 * width and height in input pixels, then a score for each class. Needs non-maximum suppression.
 * Source: the head of Ultralytics' export, https://docs.ultralytics.com/models/yolov8/.
 */
export const decodeYolov8: OutputDecoder = (outputs, letterbox, { classes, minConfidence, nmsIou }) => {
  const { data, dims } = outputOfShape('yolov8', outputs, [1, 4 + classes.length, 'N']);
  const count = dims[2] ?? 0;
  const at = (index: number): number => data[index] ?? NaN;

  // Row by row, in the order of memory.
  const best = new Int16Array(count).fill(-1);
  const confidences = new Float32Array(count);
  for (let c = 0; c < classes.length; c++) {
    const row = (4 + c) * count;
    for (let i = 0; i < count; i++) {
      const score = at(row + i);
      if (score >= minConfidence && score > (confidences[i] ?? NaN)) {
        best[i] = c;
        confidences[i] = score;
      }
    }
  }

  const detections: Detection[] = [];
  for (let i = 0; i < count; i++) {
    const label = classes[best[i] ?? -1];
    if (label === undefined) continue;
    const [x, y] = [at(i), at(count + i)];
    const [halfWidth, halfHeight] = [at(2 * count + i) / 2, at(3 * count + i) / 2];
    const box = toPicture(letterbox, x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight);
    if (box !== null) detections.push({ box, label, confidence: confidences[i] ?? NaN });
  }
  return suppressOverlaps(detections, nmsIou);
};
