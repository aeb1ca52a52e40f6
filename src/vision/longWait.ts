/** Until then nobody wonders, ms. */
const firstMs = 5_000;
const againMs = 15_000;

/** Tells of something that takes long: that it goes on, every 15 s, and how long it took. */
export class LongWait {
  readonly #say: (line: string) => void;
  #what = '';
  #beganMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #isTold = false;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** @param what What goes on, such as "Loading yolox-nano at 416x256 on cuda". */
  begin(what: string): void {
    this.end();
    this.#what = what;
    this.#beganMs = performance.now();
    this.#timer = setTimeout(() => this.#tell(), firstMs).unref();
  }

  end(): void {
    clearTimeout(this.#timer);
    if (this.#isTold) this.#say(`${this.#what}: took ${this.#seconds()} s.`);
    this.#isTold = false;
  }

  #tell(): void {
    this.#isTold = true;
    this.#say(`${this.#what}: ${this.#seconds()} s so far.`);
    this.#timer = setTimeout(() => this.#tell(), againMs).unref();
  }

  #seconds(): number {
    return Math.round((performance.now() - this.#beganMs) / 1000);
  }
}
