import { createHash, createHmac } from 'node:crypto';
import type { WatchNotice } from '../domain/watch.ts';
import { DeliveryError, payloadOf, type Channel } from './contract.ts';

export interface WebhookOptions {
  readonly url: string;
  /** `whsec_` and the key in base64. */
  readonly secret: string;
  readonly now: () => number;
}

/** A receiver that takes longer is tried again. */
const patienceMs = 10_000;

/**
 * Posts to an address, signed as https://www.standardwebhooks.com/ says. Its id is that of the firing and the moment at
 * which it was stored, so that it is the same at every try, and no other station's.
 */
export function webhook({ url, secret, now }: WebhookOptions): Channel {
  const digest = createHash('sha256').update(url).digest('hex').slice(0, 12);
  return {
    id: `webhook:${digest}`,
    label: `webhook at ${new URL(url).host}`,
    ready: true,
    send: async (notice, signal) => {
      const body = JSON.stringify(payloadOf(notice));
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'argus',
        ...signatureOf(notice, body, secret, now()),
      };
      let response: Response;
      try {
        response = await fetch(withoutCredentials(url), {
          method: 'POST',
          body,
          headers: { ...headers, ...authorisationOf(url) },
          // Where it may lead is for the configuration to say.
          redirect: 'manual',
          signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
        });
      } catch (error) {
        throw new DeliveryError(reasonOf(error), false, { cause: error });
      }
      await response.body?.cancel();
      if (!response.ok) throw new DeliveryError(`it answered ${response.status}`, response.status === 410);
    },
    close: () => Promise.resolve(),
  };
}

function signatureOf(notice: WatchNotice, body: string, secret: string, nowMs: number) {
  const id = `${notice.firing}-${notice.storedMs}`;
  const timestamp = String(Math.floor(nowMs / 1000));
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

/** `fetch` refuses addresses with credentials in them. */
function withoutCredentials(text: string): URL {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  return url;
}

function authorisationOf(text: string): Record<string, string> {
  const { username, password } = new URL(text);
  if (username === '' && password === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/** Without the address, which may have a secret in its path. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it could not be reached';
  if (error.name === 'TimeoutError') return `it did not answer within ${patienceMs / 1000} s`;
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  return code === undefined ? 'it could not be reached' : `it could not be reached (${code})`;
}
