import { sleep } from '../async/sleep.ts';
import { request } from './httpAccess.ts';
import { MultipartReader } from './multipart.ts';

export interface PicturesOptions {
  readonly signal: AbortSignal;
  /** Called whenever bytes come, so that a slow camera is not taken for dead. */
  readonly onBytes: () => void;
  /** Time between two requests of an address that gives one picture, ms. */
  readonly intervalMs: number;
}

/**
 * Opens an address of a camera that gives JPEG pictures: a stream of them (multipart), or one each time it is asked
 * (snapshot), which is then asked again and again. Undefined where it gives something else. Rejects when it cannot be had.
 */
export async function openPictures(
  uri: string,
  options: PicturesOptions,
): Promise<AsyncGenerator<Uint8Array, void> | undefined> {
  const response = await request(uri, options.signal);
  options.onBytes();
  const type = response.headers.get('content-type') ?? '';
  if (/^multipart\//i.test(type)) return parts(response, type, options);
  if (/^image\/jpe?g/i.test(type)) return snapshots(uri, response, options);
  await response.body?.cancel();
  return undefined;
}

async function* parts(response: Response, type: string, { onBytes }: PicturesOptions) {
  const reader = new MultipartReader(type);
  for await (const bytes of response.body ?? []) {
    onBytes();
    yield* reader.push(bytes as Uint8Array);
  }
}

async function* snapshots(uri: string, first: Response, { signal, onBytes, intervalMs }: PicturesOptions) {
  let askedMs = performance.now();
  for (let response = first; ; response = await request(uri, signal)) {
    onBytes();
    yield new Uint8Array(await response.arrayBuffer());
    await sleep(Math.max(0, askedMs + intervalMs - performance.now()), signal);
    if (signal.aborted) return;
    askedMs = performance.now();
  }
}
