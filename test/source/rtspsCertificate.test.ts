import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createServer } from 'node:tls';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseSource } from '../../src/source/parseSource.ts';
import { describeRtsp } from '../../src/source/rtspStreams.ts';
import { RtspAccess } from '../../src/vision/rtspAccess.ts';
import { sandbox } from '../fixtures/argus.ts';

function opensslMissing(): false | string {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'openssl is not installed';
  }
}

const missing = opensslMissing();

/** A key and a certificate signed by itself, which nobody trusts. */
function selfSigned(name: string): { key: Buffer; cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'argus-tls-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
        ...['-addext', `subjectAltName=${name}`, '-keyout', key, '-out', cert],
      ],
      { stdio: 'ignore' },
    );
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Camera {
  readonly port: number;
  readonly certificate: Buffer;
  readonly heard: () => string;
  readonly callers: () => number;
}

/** A camera that asks for a password in the way that gives it away, and remembers all that it hears. */
async function camera(name: string): Promise<Camera> {
  let heard = '';
  let callers = 0;
  const identity = selfSigned(name);
  const server = createServer(identity, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      heard += bytes.toString();
      socket.write('RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\nWWW-Authenticate: Basic realm="gate"\r\n\r\n');
    });
  });
  server.on('connection', () => callers++);
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return {
    port: (server.address() as AddressInfo).port,
    certificate: identity.cert,
    heard: () => heard,
    callers: () => callers,
  };
}

/** Describes the camera in a process that trusts its certificate, which Node.js reads at its start; returns what it printed. */
async function describeTrusting({ port, certificate }: Camera): Promise<string> {
  const box = sandbox();
  const path = box.path('trusted.pem');
  writeFileSync(path, certificate);
  const code = `import(${JSON.stringify(pathToFileURL(resolve('dist/source/rtspStreams.js')).href)})
    .then(({ describeRtsp }) => describeRtsp('rtsps://admin:secret@127.0.0.1:${port}/stream', console.log))`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', code], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: path },
  });
  return stdout;
}

describe.skipIf(missing !== false)(
  `an rtsps:// camera whose certificate nobody vouches for${missing ? ` (${missing})` : ''}`,
  () => {
    it.each([
      ['of its own address', 'IP:127.0.0.1'],
      ['of another address', 'IP:192.0.2.1'],
    ])('is sent neither a request nor a password: %s', async (_, name) => {
      const { port, heard, callers } = await camera(name);
      const reasons: string[] = [];
      const streams = await describeRtsp(`rtsps://admin:secret@127.0.0.1:${port}/stream`, (why) =>
        reasons.push(why),
      );
      expect(streams).toBeUndefined();
      expect(callers()).toBe(1);
      expect(heard()).toBe('');
      expect(reasons).toEqual(['DEPTH_ZERO_SELF_SIGNED_CERT']);
    });

    it('is sent none when the environment asks Node.js not to verify', async () => {
      const { port, heard } = await camera('IP:127.0.0.1');
      const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
      try {
        await describeRtsp(`rtsps://admin:secret@127.0.0.1:${port}/stream`);
      } finally {
        if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
        else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
      }
      expect(heard()).toBe('');
    });

    it('is sent the password once the system trusts its certificate, for its own name only', async () => {
      const own = await camera('IP:127.0.0.1');
      await describeTrusting(own);
      expect(own.callers()).toBe(1);
      expect(own.heard()).toContain(`Authorization: Basic ${btoa('admin:secret')}`);
      const other = await camera('IP:192.0.2.1');
      expect(await describeTrusting(other)).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
      expect(other.heard()).toBe('');
    });

    it('is left to GStreamer, which the log says once', async () => {
      const { port } = await camera('IP:127.0.0.1');
      const lines: string[] = [];
      const source = parseSource(`rtsps://admin:secret@127.0.0.1:${port}/stream`);
      const access = new RtspAccess(source, { stream: 2 }, (line) => lines.push(line));
      expect(await access.next()).toEqual({ udp: false });
      expect(await access.next()).toEqual({ udp: false });
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(
        /certificate of rtsps:\/\/.* cannot be verified \(DEPTH_ZERO_SELF_SIGNED_CERT\)/,
      );
      expect(lines[0]).toContain('stream: 2 cannot be looked for');
      expect(lines[0]).not.toContain('secret');
    });

    it('is watched by nobody, and hears no password of GStreamer either', async () => {
      const { port, heard, callers } = await camera('IP:127.0.0.1');
      const uri = `rtsps://admin:secret@127.0.0.1:${port}/stream`;
      const { code, stderr } = await sandbox().run([
        ...['watch', uri, '--model', 'yolox-nano', '--identify', 'off'],
      ]);
      expect(code).toBe(1);
      expect(callers()).toBeGreaterThanOrEqual(2);
      expect(heard()).toBe('');
      expect(stderr).toMatch(/certificate of .* cannot be verified/);
      expect(stderr).not.toContain('secret');
    }, 60_000);
  },
);
