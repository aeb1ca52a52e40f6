import { homedir } from 'node:os';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArgusError, messageOf } from '../../src/domain/errors.ts';
import { safeText } from '../../src/source/description.ts';
import { parseSource } from '../../src/source/parseSource.ts';

const errorOf = (text: string): string => {
  try {
    parseSource(text);
  } catch (error) {
    expect(error).toBeInstanceOf(ArgusError);
    return messageOf(error);
  }
  throw new Error(`${text} was accepted`);
};

describe('network sources', () => {
  it('understands RTSP and is live', () => {
    const uri = 'rtsp://10.0.0.5:554/Streaming/Channels/101';
    expect(parseSource(uri)).toEqual({ kind: 'rtsp', uri, live: true, safe: uri });
    expect(parseSource('RTSPS://gate.lan/a')).toMatchObject({ kind: 'rtsps', uri: 'rtsps://gate.lan/a' });
  });

  it('encodes what a password may not have in a URI', () => {
    expect(parseSource('rtsp://admin:p@ss@gate.lan/a')).toMatchObject({
      uri: 'rtsp://admin:p%40ss@gate.lan/a',
      safe: 'rtsp://***@gate.lan/a',
    });
  });

  it.each([
    ['rtsp://admin:100%@gate.lan/a', 'rtsp://admin:100%25@gate.lan/a'],
    ['rtsp://admin:%zz%4@gate.lan/a%20b', 'rtsp://admin:%25zz%254@gate.lan/a%20b'],
    ['rtsp://admin:50%25@gate.lan/a', 'rtsp://admin:50%25@gate.lan/a'],
    ['http://gate.lan/100%', 'http://gate.lan/100%'],
  ])('takes a %% that encodes nothing for one: %s', (text, uri) => {
    expect(parseSource(text)).toMatchObject({ uri });
  });

  it.each([
    ['http://cam.lan/video.mjpg', true],
    ['http://cam.lan:8080/', true],
    ['https://cam.lan/live/index.m3u8', true],
    ['https://files.lan/gate.mp4', false],
    ['https://files.lan/gate.MKV?download=1', false],
    ['https://files.lan/play?file=gate.mp4', true],
  ])('takes %s to be live: %s', (uri, live) => expect(parseSource(uri).live).toBe(live));

  it.each([
    ['rtsp:///stream', /names no host/],
    ['rtsp:gate.lan/stream', /names no host/],
    ['http:/gate.lan/stream', /names no host/],
    ['rtsp://admin:12#34@gate.lan/a', /has a # or @ .*%23/],
    ['rtsp://admin:12/34@gate.lan/a', /has a # or @ .*%40/],
    ['rtsp://gate.lan:port/a', /not a valid address/],
  ])('refuses %s', (text, message) => expect(errorOf(text)).toMatch(message));
});

describe('files', () => {
  it('takes a path from the working folder or the given one', () => {
    expect(parseSource('videos/a b.mp4')).toEqual({
      kind: 'file',
      path: resolve('videos/a b.mp4'),
      uri: `file://${resolve('videos/a')}%20b.mp4`,
      live: false,
      safe: 'videos/a b.mp4',
    });
    expect(parseSource('a#1?.mp4', { folder: '/srv' })).toMatchObject({
      path: '/srv/a#1?.mp4',
      uri: 'file:///srv/a%231%3F.mp4',
    });
    expect(parseSource('/x/y.avi', { folder: '/srv' })).toMatchObject({ path: '/x/y.avi' });
    expect(parseSource('~/y.avi', { folder: '/srv' })).toMatchObject({ path: resolve(homedir(), 'y.avi') });
  });

  it('takes a file URL', () => {
    expect(parseSource('file:///srv/a%20b.mp4')).toMatchObject({ kind: 'file', path: '/srv/a b.mp4' });
    expect(errorOf('file:a.mp4')).toMatch(/no absolute path/);
    expect(errorOf('file://host/a.mp4')).toMatch(/no absolute path/);
    expect(errorOf('file:///a%2Fb.mp4')).toMatch(/not a valid file address/);
  });

  it('keeps every absolute path through the URI, but for what may be an address with a password', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), (parts) => {
        const path = `/${parts.join('/')}`;
        fc.pre(!path.includes('\0') && path.trim() === path && !path.startsWith('/dev/'));
        if (/^\/\/[^/]*@/.test(path)) {
          expect(errorOf(path)).toMatch(/looks like an address without its scheme/);
          return;
        }
        const source = parseSource(path);
        expect(source).toMatchObject({ kind: 'file', path: resolve(path) });
        if (source.kind === 'file') expect(parseSource(source.uri)).toMatchObject({ path: source.path });
      }),
    );
  });

  it('refuses //user:password@host, which as a path would be shown in full', () => {
    expect(errorOf('//bob:hush@gate/stream')).toMatch(/looks like an address without its scheme/);
    expect(errorOf('//bob:hush@gate/stream')).not.toContain('hush');
  });

  it('does not take an @ or = in a path for a credential', () => {
    expect(safeText(parseSource('/srv/user=bob/a@b.mp4'))).toBe('/srv/user=bob/a@b.mp4');
  });
});

describe('devices', () => {
  it.each(['/dev/video0', 'v4l2:/dev/video0', 'v4l2:///dev/video0'])('understands %s', (text) => {
    expect(parseSource(text)).toEqual({ kind: 'v4l2', device: '/dev/video0', live: true, safe: text });
  });

  it('understands a name by id, and refuses what is no device', () => {
    expect(parseSource('/dev/v4l/by-id/usb-cam')).toMatchObject({ device: '/dev/v4l/by-id/usb-cam' });
    expect(errorOf('v4l2:video0')).toMatch(/names no video device\. Write v4l2:\/dev\/video0/);
  });
});

describe('test pictures', () => {
  it.each([
    ['test:ball', { pattern: 'ball', live: true }],
    ['test:snow?frames=50', { pattern: 'snow', frames: 50, live: false }],
    ['test:smpte?frames=50&live=true', { pattern: 'smpte', frames: 50, live: true }],
    ['test:ball?live=false', { pattern: 'ball', live: false }],
  ])('understands %s', (text, expected) =>
    expect(parseSource(text)).toEqual({ kind: 'test', safe: text, ...expected }),
  );

  it.each([
    ['test:', /names no test picture\. There are: ball, /],
    ['test:ball ! filesink', /names no test picture/],
    ['test:ball?frames=0', /frames is a whole number of at least 1/],
    ['test:ball?frames=1e3', /frames is a whole number/],
    ['test:ball?live=yes', /live is true or false/],
    ['test:ball?speed=2', /has "speed"\. A test source takes/],
  ])('refuses %s', (text, message) => expect(errorOf(text)).toMatch(message));
});

describe('other text', () => {
  it('names the accepted forms for a scheme it does not know', () => {
    expect(errorOf('rtmp://gate.lan/a')).toMatch(/starts with "rtmp:".*rtsp:\/\/….*test:ball/);
    expect(errorOf('  ')).toMatch(/empty.*rtsp:/);
    expect(errorOf('a\0b')).toMatch(/zero byte/);
  });
});

describe('credentials', () => {
  it.each([
    ['rtsp://admin:hunter2@gate.lan/a?b=1', 'rtsp://***@gate.lan/a?b=1'],
    ['http://cam.lan/v.cgi?user=admin&pwd=hunter2&res=1', 'http://cam.lan/v.cgi?user=***&pwd=***&res=1'],
    ['rtsp://c.lan/user=admin&password=hunter2&channel=1', 'rtsp://c.lan/user=***&password=***&channel=1'],
    ['https://c.lan/s.mp4?X-Amz-Signature=hunter2', 'https://c.lan/s.mp4?X-Amz-Signature=***'],
  ])('hides those of %s', (text, safe) => expect(safeText(parseSource(text))).toBe(safe));

  it('shows variables by their names', () => {
    const written = 'rtsps://me:${PASSWORD}@nvr.lan/${TOKEN}';
    const source = parseSource('rtsps://me:hunter2@nvr.lan/t0ken', { written });
    expect(safeText(source)).toBe('rtsps://***@nvr.lan/${TOKEN}');
    expect(source).toMatchObject({ uri: 'rtsps://me:hunter2@nvr.lan/t0ken' });
  });

  it.each([
    'rtsp://admin:hunter2@',
    'rtsp://admin:hunter2@host:port/',
    'rtmp://admin:hunter2@host/',
    'admin:hunter2@host/stream',
    'rtsp//admin:hunter2@host/stream',
    '//admin:hunter2@host/stream',
    '2nd:hunter2@host/stream',
    'rtsp://admin:1/hunter2@host/',
    'rtsp://admin:1?hunter2@host/',
    'rtsp://admin:1#hunter2@host/',
    'rtsp://admin:hun@ter2:hunter2@ho st/',
    'ftp://host/?password=hunter2',
  ])('never shows the password of the invalid %s', (text) => expect(errorOf(text)).not.toContain('hunter2'));

  it('never shows a password, valid or not', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 12 }), (noise) => {
        const password = `${noise}S3CRET`;
        const text = `rtsp://admin:${password}@gate.lan/a`;
        let shown: string;
        try {
          shown = safeText(parseSource(text));
        } catch (error) {
          shown = messageOf(error);
        }
        expect(shown).not.toContain('S3CRET');
      }),
    );
  });
});
