import type { Readable, Writable } from 'node:stream';
import {
  isJSONRPCErrorResponse,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  parseJSONRPCMessage,
  ProtocolErrorCode,
  type JSONRPCMessage,
  type RequestId,
  type Transport,
} from '@modelcontextprotocol/server';
import { LineCutter, type Line } from './longLines.ts';

/** A larger message is answered with an error. */
const mostMessageBytes = 10 * 1024 * 1024;
/** Up to so many bytes a message is read for the id that its error has to name. */
const mostReadBytes = 64 * 1024 * 1024;
/** The only revision of the protocol in which messages come in batches (JSON-RPC 2.0, section 6). */
const batchesIn = '2025-03-26';
/** A request of this kind is answered only when the connection ends. */
const unending = 'subscriptions/listen';

/**
 * MCP over a pair of streams, one JSON message a line. Unlike the SDK's own transport it answers every request that came before the
 * end of the input, also the last line without its end, and answers what is no message with the error that JSON-RPC has for it.
 */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Transport['onmessage'];
  /** Resolves once the input has ended and all that it asked is answered, or the transport is closed. */
  readonly finished: Promise<void>;

  readonly #input: Readable;
  readonly #output: Writable;
  readonly #lines = new LineCutter(mostReadBytes);
  /** Requests of the client without an answer yet. */
  readonly #open = new Set<RequestId>();
  /** Requests to the client without an answer yet. */
  readonly #asked = new Set<RequestId>();
  readonly #batches = new Map<RequestId, Batch>();
  /** The batch whose messages are just being read. */
  #reading: Batch | undefined;
  #protocolVersion: string | undefined;
  #hasEnded = false;
  #isClosed = false;
  readonly #finish: () => void;

  constructor(input: Readable, output: Writable) {
    this.#input = input;
    this.#output = output;
    let finish: () => void = () => undefined;
    this.finished = new Promise((resolve) => (finish = resolve));
    this.#finish = finish;
  }

  start(): Promise<void> {
    this.#input.on('data', this.#onData);
    this.#input.on('error', this.#onError);
    this.#input.once('end', this.#onEnd).once('close', this.#onEnd);
    this.#output.on('error', this.#onGone);
    // A stream that is over before says so to nobody.
    if (this.#input.readableEnded || this.#input.destroyed) setImmediate(this.#onEnd);
    return Promise.resolve();
  }

  setProtocolVersion(version: string): void {
    this.#protocolVersion = version;
  }

  send(message: JSONRPCMessage): Promise<void> {
    if (isJSONRPCRequest(message)) this.#ask(message.id);
    if (!isJSONRPCResultResponse(message) && !isJSONRPCErrorResponse(message)) return this.#write(message);
    const { id } = message;
    const batch = id === undefined ? undefined : this.#batches.get(id);
    if (batch) this.#answerInBatch(batch, message, id);
    const sent = batch ? Promise.resolve() : this.#write(message);
    if (id !== undefined) this.#settle(id);
    return sent;
  }

  close(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#isClosed = true;
    this.#input.off('data', this.#onData).off('error', this.#onError);
    this.#input.off('end', this.#onEnd).off('close', this.#onEnd);
    this.#input.pause();
    this.#finish();
    this.onclose?.();
    return Promise.resolve();
  }

  readonly #onData = (chunk: Buffer): void => {
    for (const line of this.#lines.push(chunk)) this.#read(line);
  };

  readonly #onError = (error: Error): void => this.onerror?.(error);

  /** Nobody reads the answers any more. */
  readonly #onGone = (error: Error): void => {
    if (this.#isClosed) return;
    this.onerror?.(error);
    void this.close();
  };

  readonly #onEnd = (): void => {
    if (this.#hasEnded || this.#isClosed) return;
    for (const line of this.#lines.end()) this.#read(line);
    this.#hasEnded = true;
    for (const id of this.#asked) this.#unanswered(id);
    this.#closeWhenAnswered();
  };

  #read({ text, tooLong }: Line): void {
    if (tooLong !== undefined) {
      this.#refuse(tooLongText(tooLong));
      return;
    }
    if (text === '') return;
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      // What it was is not known, so there is no id to answer to.
      this.#reject(null, ProtocolErrorCode.ParseError, 'Parse error: this line is no JSON.');
      return;
    }
    const bytes = Buffer.byteLength(text);
    if (bytes > mostMessageBytes) {
      this.#refuse(tooLongText(bytes), json);
      return;
    }
    if (Array.isArray(json)) {
      this.#readBatch(json);
      return;
    }
    this.#receive(json);
  }

  #receive(json: unknown): void {
    let message: JSONRPCMessage;
    try {
      message = parseJSONRPCMessage(json);
    } catch {
      // An answer to an answer could go on for ever.
      if (isAnswer(json)) this.onerror?.(new Error('The client sent an answer that is none.'));
      else this.#refuse('Invalid Request: this is no JSON-RPC 2.0 message.', json);
      return;
    }
    if (isJSONRPCRequest(message) && message.method !== unending) this.#open.add(message.id);
    if (isJSONRPCNotification(message)) this.#noteCancelled(message);
    if ('id' in message && !('method' in message) && message.id !== undefined) this.#asked.delete(message.id);
    this.onmessage?.(message);
  }

  #readBatch(messages: readonly unknown[]): void {
    if (this.#protocolVersion !== batchesIn) {
      this.#refuse(
        `Invalid Request: only revision ${batchesIn} of MCP has batches; send each message on a line of its own.`,
      );
      return;
    }
    if (messages.length === 0) {
      this.#refuse('Invalid Request: this batch is empty.');
      return;
    }
    const ids = messages.flatMap((one) => idIn(one) ?? []);
    const batch: Batch = { open: new Set(ids), answers: [] };
    for (const id of ids) this.#batches.set(id, batch);
    this.#reading = batch;
    for (const one of messages) this.#receive(one);
    this.#reading = undefined;
    this.#writeWhole(batch);
  }

  #answerInBatch(batch: Batch, answer: unknown, id?: RequestId): void {
    batch.answers.push(answer);
    if (id !== undefined) this.#leaveBatch(id);
  }

  #leaveBatch(id: RequestId): void {
    const batch = this.#batches.get(id);
    if (!batch) return;
    batch.open.delete(id);
    this.#batches.delete(id);
    this.#writeWhole(batch);
  }

  #writeWhole(batch: Batch): void {
    if (batch === this.#reading || batch.open.size > 0 || batch.answers.length === 0) return;
    this.#writeOrReport(batch.answers);
  }

  /** A cancelled request is not answered. */
  #noteCancelled({ method, params }: { method: string; params?: Record<string, unknown> | undefined }): void {
    const id = params?.['requestId'];
    if (method === 'notifications/cancelled' && (typeof id === 'string' || typeof id === 'number'))
      this.#settle(id);
  }

  #settle(id: RequestId): void {
    this.#open.delete(id);
    this.#leaveBatch(id);
    this.#closeWhenAnswered();
  }

  #closeWhenAnswered(): void {
    if (this.#hasEnded && this.#open.size === 0) void this.close();
  }

  #ask(id: RequestId): void {
    this.#asked.add(id);
    if (this.#hasEnded) setImmediate(() => this.#unanswered(id));
  }

  /** Who waits for an answer of a client that says nothing more would wait for ever. */
  #unanswered(id: RequestId): void {
    if (!this.#asked.delete(id)) return;
    const error = { code: ProtocolErrorCode.InternalError, message: 'The client has ended its input.' };
    this.onmessage?.({ jsonrpc: '2.0', id, error });
  }

  #refuse(message: string, json?: unknown): void {
    this.#reject(idIn(json) ?? null, ProtocolErrorCode.InvalidRequest, message);
  }

  /** JSON-RPC wants null for the id of what has none. */
  #reject(id: RequestId | null, code: number, message: string): void {
    const answer = { jsonrpc: '2.0', id, error: { code, message } };
    const batch = id === null ? this.#reading : this.#batches.get(id);
    if (batch) this.#answerInBatch(batch, answer, id ?? undefined);
    else this.#writeOrReport(answer);
  }

  #writeOrReport(message: unknown): void {
    this.#write(message).catch((error: unknown) =>
      this.onerror?.(error instanceof Error ? error : new Error(String(error))),
    );
  }

  #write(message: unknown): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Error('The connection is closed.'));
    return new Promise((resolve, reject) => {
      this.#output.write(`${JSON.stringify(message)}\n`, (error) => (error ? reject(error) : resolve()));
    });
  }
}

interface Batch {
  readonly open: Set<RequestId>;
  readonly answers: unknown[];
}

/** The id of what may be a request, as far as it has one that can be answered. */
function idIn(json: unknown): RequestId | undefined {
  if (typeof json !== 'object' || json === null || !('id' in json)) return undefined;
  const { id } = json;
  return typeof id === 'string' || (typeof id === 'number' && Number.isInteger(id)) ? id : undefined;
}

const isAnswer = (json: unknown): boolean =>
  typeof json === 'object' && json !== null && !('method' in json) && ('result' in json || 'error' in json);

const tooLongText = (bytes: number): string =>
  `Invalid Request: this message has ${(bytes / 1024 ** 2).toFixed(1)} MB; at most ${mostMessageBytes / 1024 ** 2} MB are taken.`;
