import type { Letterbox } from '../../src/domain/letterbox.ts';

/** A picture that is twice as wide as high, in the middle of a square input: 1/4 of the input is border above and below. */
export const letterboxOf = (inputSize: number): Letterbox => ({
  inputWidth: inputSize,
  inputHeight: inputSize,
  offsetX: 0,
  offsetY: inputSize / 4,
  contentWidth: inputSize,
  contentHeight: inputSize / 2,
});
