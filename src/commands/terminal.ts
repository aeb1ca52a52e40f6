import { stderr } from 'node:process';

const barWidth = 28;
/** Without a terminal to redraw, a line is printed for each such step. */
const plainStep = 0.1;
const plainEveryMs = 10_000;

/** What the program says to whoever started it: always on stderr, as stdout belongs to data and protocols. */
export class Terminal {
  #barShown = false;
  #lastPlain = 0;
  #lastWorkingMs = Infinity;

  say(line: string): void {
    this.#clearBar();
    stderr.write(`${line}\n`);
  }

  /** Shows how far something is, 0–1, with a text behind it. */
  progress(share: number, text: string): void {
    const percent = `${Math.floor(share * 100)} %`.padStart(5);
    if (stderr.isTTY) {
      const filled = Math.round(share * barWidth);
      stderr.write(`\r${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${percent}  ${text}\u001b[K`);
      this.#barShown = true;
    } else if (share - this.#lastPlain >= plainStep || share < this.#lastPlain) {
      this.#lastPlain = Math.floor(share / plainStep) * plainStep;
      stderr.write(`${percent}  ${text}\n`);
    }
  }

  /** Shows that something of unknown length goes on. Without a terminal to redraw, a line is printed every ten seconds. */
  working(text: string, elapsedMs: number): void {
    if (stderr.isTTY) {
      stderr.write(`\r${text}\u001b[K`);
      this.#barShown = true;
    } else if (elapsedMs - this.#lastWorkingMs >= plainEveryMs || elapsedMs < this.#lastWorkingMs) {
      this.#lastWorkingMs = elapsedMs;
      stderr.write(`${text}\n`);
    }
  }

  /** The last progress stays; what comes next starts on a new line. */
  endProgress(): void {
    if (this.#barShown) stderr.write('\n');
    this.#barShown = false;
    this.#lastPlain = 0;
  }

  #clearBar(): void {
    if (this.#barShown) stderr.write('\r\u001b[K');
    this.#barShown = false;
  }
}
