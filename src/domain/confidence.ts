/** How sure a camera wants detections to be, 0–1: at least so sure ones are shown and may start a track. */
export interface Confidence {
  /** Of the classes that `classes` does not name; undefined: as the detector has it. */
  readonly default?: number;
  readonly classes: ReadonlyMap<string, number>;
}
