/**
 * An error made for the person or agent who reads it: what happened, to which thing, and what to do next, in one
 * line. Everything else that is thrown is a defect.
 */
export class ArgusError extends Error {
  override readonly name = 'ArgusError';
  /** What happened; also the beginning of `message`. */
  readonly what: string;
  /** What to do next, a sentence; also the end of `message`. */
  readonly next: string;

  constructor(what: string, next: string, options?: ErrorOptions) {
    super(`${what} ${next}`, options);
    this.what = what;
    this.next = next;
  }
}

/** The message of whatever was thrown. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);
