import { createHash } from 'node:crypto';
import { messageOf } from '../domain/errors.ts';

interface DownloadOptions {
  /** Lower-case hex. */
  readonly sha256: string;
  /** How long until the first byte, ms. */
  readonly firstByteMs: number;
  readonly onBytes: (received: number, total: number | undefined) => void;
}

/** How long a download that has begun may stand still, ms. */
const stallMs = 15_000;

/**
 * The bytes behind a URL, their sum checked.
 * @throws Error whose message is the reason: no answer, a bad status, a download that stands still, another sum.
 */
export async function download(url: string, options: DownloadOptions): Promise<Uint8Array> {
  const abort = new AbortController();
  const abortAfter = (ms: number, what: string) =>
    setTimeout(() => abort.abort(new Error(`${what} within ${ms / 1000} s`)), ms);
  let timer = abortAfter(options.firstByteMs, 'no answer');
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || response.body === null) throw new Error(`the server answers ${response.status}`);
    const total = Number(response.headers.get('content-length')) || undefined;
    const chunks: Uint8Array[] = [];
    let received = 0;
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      clearTimeout(timer);
      timer = abortAfter(stallMs, 'the download went no further');
      chunks.push(chunk);
      received += chunk.length;
      options.onBytes(received, total);
    }
    const bytes = Buffer.concat(chunks);
    const sum = createHash('sha256').update(bytes).digest('hex');
    if (sum !== options.sha256) {
      throw new Error(`${received} bytes came with SHA-256 ${sum}, but the manifest wants ${options.sha256}`);
    }
    return bytes;
  } catch (error) {
    throw new Error(reasonOf(error), { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** `fetch` hides what happened behind "fetch failed". */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return error instanceof TypeError && cause !== undefined ? messageOf(cause) : messageOf(error);
}
