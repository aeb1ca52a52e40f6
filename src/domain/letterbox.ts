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
