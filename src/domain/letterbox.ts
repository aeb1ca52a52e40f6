/** How a picture was fitted into a network's input, to map boxes back: all in input pixels. */
export interface Letterbox {
  readonly inputWidth: number;
  readonly inputHeight: number;
  /** Left and top edge of the picture inside the input. */
  readonly offsetX: number;
  readonly offsetY: number;
  /** Size of the picture inside the input. */
  readonly contentWidth: number;
  readonly contentHeight: number;
}

/** Where borders go: on both sides alike, or all to the right and below. */
export type Padding = 'centre' | 'end';

/** Pixels before something of length `inner` inside `outer`. */
export const paddingBefore = (inner: number, outer: number, padding: Padding): number =>
  padding === 'end' ? 0 : Math.floor((outer - inner) / 2);

/** The same picture once the whole of its input lies inside a larger one. */
export function paddedTo(
  letterbox: Letterbox,
  inputWidth: number,
  inputHeight: number,
  padding: Padding,
): Letterbox {
  return {
    ...letterbox,
    inputWidth,
    inputHeight,
    offsetX: letterbox.offsetX + paddingBefore(letterbox.inputWidth, inputWidth, padding),
    offsetY: letterbox.offsetY + paddingBefore(letterbox.inputHeight, inputHeight, padding),
  };
}
