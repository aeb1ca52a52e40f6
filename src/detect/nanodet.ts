import type { Detection } from '../domain/detection.ts';
import type { OutputDecoder } from './contract.ts';
import { suppressOverlaps } from './nms.ts';
import { outputOfShape } from './outputs.ts';
import { toPicture } from './picture.ts';

const strides = [8, 16, 32];
/** A distance is spread over bins 0…10, in strides. */
const bins = 11;

/**
 * NanoDet: per stride a `[1, cells, classes]` of scores after the sigmoid and a `[1, cells, 4 · 11]` of distances from
 * the cell's centre to the left, top, right and bottom edge: the softmax-weighted mean of the bins, times the stride.
 * Li et al., "Generalized Focal Loss" (arXiv 2006.04388), equation 6.
 */
export const decodeNanodet: OutputDecoder = (outputs, letterbox, { classes, minConfidence, nmsIou }) => {
  const detections: Detection[] = [];
  for (const stride of strides) {
    const columns = Math.ceil(letterbox.inputWidth / stride);
    const cells = columns * Math.ceil(letterbox.inputHeight / stride);
    const scores = outputOfShape('nanodet', outputs, [1, cells, classes.length]).data;
    const distances = outputOfShape('nanodet', outputs, [1, cells, 4 * bins]).data;

    for (let cell = 0; cell < cells; cell++) {
      const start = cell * classes.length;
      // Scores below the threshold never take the branch, and most are.
      let best = -1;
      let confidence = minConfidence;
      for (let c = 0; c < classes.length; c++) {
        const score = scores[start + c] ?? NaN;
        if (score >= confidence) {
          best = c;
          confidence = score;
        }
      }
      if (best < 0) continue;

      const x = ((cell % columns) + 0.5) * stride;
      const y = (Math.floor(cell / columns) + 0.5) * stride;
      const edge = (side: number) => stride * meanBin(distances, (cell * 4 + side) * bins);
      const box = toPicture(letterbox, x - edge(0), y - edge(1), x + edge(2), y + edge(3));
      if (box !== null) detections.push({ box, label: classes[best] ?? '', confidence });
    }
  }
  return suppressOverlaps(detections, nmsIou);
};

/** Mean of the bin numbers, weighted by the softmax of the 11 logits from `start`. */
function meanBin(logits: Float32Array, start: number): number {
  let highest = -Infinity;
  for (let bin = 0; bin < bins; bin++) highest = Math.max(highest, logits[start + bin] ?? NaN);
  let total = 0;
  let weighted = 0;
  for (let bin = 0; bin < bins; bin++) {
    const weight = Math.exp((logits[start + bin] ?? NaN) - highest);
    total += weight;
    weighted += weight * bin;
  }
  return weighted / total;
}
