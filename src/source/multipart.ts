/** More than any camera's picture; what has no end until then is no picture. */
const mostBytes = 64 * 1024 * 1024;

/**
 * Takes the parts out of `multipart/x-mixed-replace`, as cameras send MJPEG: with or without Content-Length, with the dashes
 * of the boundary also in the header, with text before the first boundary.
 */
export class MultipartReader {
  readonly #boundary: Buffer;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(contentType: string) {
    const found = /boundary=(?:"([^"]*)"|([^\s;]+))/i.exec(contentType);
    this.#boundary = Buffer.from(`--${(found?.[1] ?? found?.[2] ?? '').replace(/^-+/, '')}`);
  }

  /** The bodies of the parts that end in these bytes. Throws when a part has no end. */
  push(bytes: Uint8Array): Buffer[] {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    const parts: Buffer[] = [];
    for (let part = this.#take(); part; part = this.#take()) if (part.length > 0) parts.push(part);
    if (this.#bytes.length > mostBytes) throw new Error('a part of the stream has no end.');
    return parts;
  }

  #take(): Buffer | undefined {
    const start = this.#bytes.indexOf(this.#boundary);
    if (start < 0) return undefined;
    const head = this.#bytes.indexOf('\r\n\r\n', start);
    if (head < 0) return undefined;
    const body = head + 4;
    const length = /^content-length:\s*(\d+)/im.exec(this.#bytes.toString('latin1', start, head))?.[1];
    const end = length === undefined ? this.#bytes.indexOf(this.#boundary, body) : body + Number(length);
    if (end < 0 || end > this.#bytes.length) return undefined;
    const part = this.#bytes.subarray(body, end);
    this.#bytes = this.#bytes.subarray(end);
    return length === undefined ? withoutLineEnd(part) : part;
  }
}

const withoutLineEnd = (part: Buffer): Buffer =>
  part.at(-2) === 13 && part.at(-1) === 10 ? part.subarray(0, -2) : part;
