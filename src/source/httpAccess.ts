import { createHash, randomBytes } from 'node:crypto';
import { ArgusError } from '../domain/errors.ts';

/** A camera that does not begin to answer for so long is taken for dead. */
const silenceMs = 10_000;

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Asks for an address of a camera, whose user and password are part of it: Basic and Digest, whichever it wants. */
export async function request(uri: string, signal: AbortSignal): Promise<Response> {
  const url = new URL(uri);
  const credentials = credentialsOf(url);
  url.username = '';
  url.password = '';
  const ask = async (authorization?: string): Promise<Response> => {
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), silenceMs);
    try {
      return await fetch(url, {
        signal: AbortSignal.any([signal, silence.signal]),
        headers: authorization === undefined ? {} : { authorization },
      });
    } catch (error) {
      if (silence.signal.aborted) throw new Error(`no answer for ${silenceMs / 1000} s.`, { cause: error });
      // "fetch failed" alone says nothing; its cause does.
      throw error instanceof Error && error.cause instanceof Error ? error.cause : error;
    } finally {
      clearTimeout(timer);
    }
  };
  let response = await ask();
  if (response.status === 401 && credentials) {
    const challenge = response.headers.get('www-authenticate') ?? '';
    await response.body?.cancel();
    response = await ask(authorizationFor(challenge, credentials, 'GET', url.pathname + url.search));
  }
  if (response.ok) return response;
  await response.body?.cancel();
  throw new ArgusError(
    `the camera answers ${response.status} ${response.statusText}.`,
    response.status === 401 ? 'Check user and password.' : 'Check the address.',
  );
}

/** User and password of an address, decoded; undefined where it has none. */
export function credentialsOf({ username, password }: URL): Credentials | undefined {
  return username === '' ? undefined : { user: decoded(username), password: decoded(password) };
}

/** A % that encodes nothing is one. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The value of `Authorization` that answers a challenge (RFC 7617, RFC 7616 with MD5 or SHA-256). */
export function authorizationFor(
  challenge: string,
  { user, password }: Credentials,
  method: string,
  path: string,
  cnonce = randomBytes(8).toString('hex'),
): string {
  if (!/\bdigest\b/i.test(challenge))
    return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
  const value = (name: string): string | undefined => {
    const found = new RegExp(`\\b${name}=(?:"([^"]*)"|([^\\s,]+))`, 'i').exec(challenge);
    return found?.[1] ?? found?.[2];
  };
  const algorithm = value('algorithm');
  const hash = (text: string) =>
    createHash(/^sha-256/i.test(algorithm ?? '') ? 'sha256' : 'md5')
      .update(text)
      .digest('hex');
  const realm = value('realm') ?? '';
  const nonce = value('nonce') ?? '';
  const opaque = value('opaque');
  const hasQop = value('qop') !== undefined;
  const count = '00000001';
  const secret = hash(`${user}:${realm}:${password}`);
  const middle = hasQop ? `${nonce}:${count}:${cnonce}:auth` : nonce;
  const response = hash(`${secret}:${middle}:${hash(`${method}:${path}`)}`);
  const quoted = {
    username: user,
    realm,
    nonce,
    uri: path,
    response,
    ...(opaque !== undefined && { opaque }),
  };
  return `Digest ${[
    ...Object.entries(quoted).map(([name, text]) => `${name}="${text.replaceAll(/["\\]/g, '\\$&')}"`),
    ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
    ...(hasQop ? ['qop=auth', `nc=${count}`, `cnonce="${cnonce}"`] : []),
  ].join(', ')}`;
}
