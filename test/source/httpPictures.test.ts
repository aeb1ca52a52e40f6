import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { authorizationFor } from '../../src/source/httpAccess.ts';
import { openPictures } from '../../src/source/httpPictures.ts';
import { MultipartReader } from '../../src/source/multipart.ts';

/** A server for one test; returns HOST:PORT. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The first pictures of an address, as text. */
async function picturesOf(uri: string, count: number): Promise<string[] | undefined> {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const pictures = await openPictures(uri, {
    signal: stop.signal,
    onBytes: () => undefined,
    intervalMs: 10,
  });
  if (!pictures) return undefined;
  const found: string[] = [];
  for await (const picture of pictures) {
    found.push(Buffer.from(picture).toString());
    if (found.length === count) break;
  }
  return found;
}

describe('the parts of a multipart stream', () => {
  const body = (withLength: boolean, lead = '') =>
    lead +
    ['one', 'two\r\n--b', '']
      .map(
        (text) =>
          `--bound\r\nContent-Type: image/jpeg\r\n${withLength ? `Content-Length: ${text.length}\r\n` : ''}\r\n${text}\r\n`,
      )
      .join('') +
    '--bound--\r\n';

  it.each([
    ['with lengths', 'multipart/x-mixed-replace; boundary=bound', body(true)],
    ['without lengths', 'multipart/x-mixed-replace;boundary="bound"', body(false)],
    ['with the dashes in the header', 'multipart/x-mixed-replace; boundary=--bound', body(true)],
    ['after other text', 'multipart/x-mixed-replace; boundary=bound', body(false, 'hello\r\n')],
  ])('%s come whole, in pieces of any size', (_, type, text) => {
    const bytes = Buffer.from(text);
    for (const size of [1, 7, 1000]) {
      const reader = new MultipartReader(type);
      const parts: string[] = [];
      for (let at = 0; at < bytes.length; at += size)
        parts.push(...reader.push(bytes.subarray(at, at + size)).map(String));
      expect(parts).toEqual(['one', 'two\r\n--b']);
    }
  });
});

describe('the pictures of a web address', () => {
  it('that gives one each time are asked for again and again', async () => {
    let asked = 0;
    const host = await serve((_, response) => {
      response.writeHead(200, { 'Content-Type': 'image/jpeg' }).end(`picture ${++asked}`);
    });
    expect(await picturesOf(`http://${host}/snapshot.jpg`, 3)).toEqual([
      'picture 1',
      'picture 2',
      'picture 3',
    ]);
  });

  it('that gives something else are left to GStreamer', async () => {
    const host = await serve((_, response) =>
      response.writeHead(200, { 'Content-Type': 'video/mp2t' }).end('x'),
    );
    expect(await picturesOf(`http://${host}/`, 1)).toBeUndefined();
  });

  it.each([
    [404, /answers 404 Not Found\. Check the address\./],
    [401, /answers 401 Unauthorized\. Check user and password\./],
  ])('that answers %d is an error', async (status, message) => {
    const host = await serve((_, response) => response.writeHead(status).end());
    await expect(picturesOf(`http://u:p@${host}/`, 1)).rejects.toThrow(message);
  });

  it('may want a digest, of a password with any sign in it', async () => {
    const md5 = (text: string) => createHash('md5').update(text).digest('hex');
    const host = await serve(({ headers, url = '' }, response) => {
      const field = (name: string) =>
        new RegExp(`${name}="?([^",]*)`).exec(headers.authorization ?? '')?.[1] ?? '';
      const middle = `n1:${field('nc')}:${field('cnonce')}:auth`;
      const wanted = md5(`${md5('viewer:cam:100%@:/')}:${middle}:${md5(`GET:${url}`)}`);
      const mayPass = field('response') === wanted;
      response.writeHead(mayPass ? 200 : 401, {
        'Content-Type': 'image/jpeg',
        'WWW-Authenticate': 'Digest realm="cam", qop="auth", nonce="n1", algorithm=MD5',
      });
      response.end(mayPass ? 'picture' : '');
    });
    expect(await picturesOf(`http://viewer:100%25%40%3A%2F@${host}/a?b=1`, 1)).toEqual(['picture']);
  });

  it('has the digest of RFC 2617', () => {
    const challenge =
      'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"';
    const answer = authorizationFor(
      challenge,
      { user: 'Mufasa', password: 'Circle Of Life' },
      'GET',
      '/dir/index.html',
      '0a4f113b',
    );
    expect(answer).toContain('response="6629fae49393a05397450978507c4ef1"');
  });
});
