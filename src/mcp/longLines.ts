/* Lines of a stream of bytes, of any length. */

/** A line, without its end; `tooLong` tells how many bytes a line had of which only the beginning was kept. */
export interface Line {
  readonly text: string;
  readonly tooLong?: number;
}

const newline = 0x0a;
const byteOrderMark = '\ufeff';

/** Cuts bytes into lines. Of a line longer than `mostBytes` nothing is kept, so that it cannot fill the memory. */
export class LineCutter {
  readonly #mostBytes: number;
  #parts: Buffer[] = [];
  #bytes = 0;
  #isFirst = true;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** The lines that end in the chunk. */
  *push(chunk: Buffer): Generator<Line> {
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      this.#take(chunk.subarray(from, end));
      yield this.#line();
      from = end + 1;
    }
    this.#take(chunk.subarray(from));
  }

  /** The last line, which may have no end. */
  *end(): Generator<Line> {
    if (this.#bytes > 0) yield this.#line();
  }

  #take(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes <= this.#mostBytes) this.#parts.push(part);
    else this.#parts = [];
  }

  #line(): Line {
    const [bytes, parts] = [this.#bytes, this.#parts];
    this.#bytes = 0;
    this.#parts = [];
    if (bytes > this.#mostBytes) return { text: '', tooLong: bytes };
    const text = Buffer.concat(parts).toString('utf8').trim();
    // Some shells put a byte order mark before what they pipe.
    const isMarked = this.#isFirst && text.startsWith(byteOrderMark);
    this.#isFirst = false;
    return { text: isMarked ? text.slice(byteOrderMark.length) : text };
  }
}
