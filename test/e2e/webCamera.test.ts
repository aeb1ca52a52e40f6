import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sandbox } from '../fixtures/argus.ts';
import { shared } from '../fixtures/shared.ts';

const raw = shared('cases/raw.mjpeg');

const pictures = (): Buffer[] => {
  const bytes = readFileSync(raw.path);
  const starts: number[] = [];
  for (let at = bytes.indexOf('ffd8ff', 0, 'hex'); at >= 0; at = bytes.indexOf('ffd8ff', at + 2, 'hex'))
    starts.push(at);
  return starts.map((from, n) => bytes.subarray(from, starts[n + 1]));
};

/** A web camera on loopback. */
async function serve(answer: (response: ServerResponse) => Promise<void> | void): Promise<string> {
  const server = createServer((_, response) => void answer(response)).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Watches until so many frames have come; returns how long after its capture each is told, ms. */
async function lagsOf(uri: string, count: number, ...args: readonly string[]): Promise<number[]> {
  const box = sandbox();
  const running = box.start(['watch', uri, '--model', 'yolox-nano', '--identify', 'off', '--jsonl', ...args]);
  const lags: number[] = [];
  await running.until(() => {
    const lines = running.stdout.split('\n').slice(0, -1);
    for (const line of lines.slice(lags.length)) {
      const { wallTime } = JSON.parse(line) as { wallTime: string };
      lags.push(Date.now() - Date.parse(wallTime));
    }
    return lags.length >= count;
  });
  running.process.kill('SIGINT');
  await running.finished;
  return lags;
}

describe.skipIf(raw.missing !== false)(`a web camera${raw.missing ? ` (${raw.missing})` : ''}`, () => {
  it.each([
    [25, true],
    [10, false],
    [2, true],
  ])(
    'that sends MJPEG at %d frames/s is analysed at once, each frame at the time it came',
    async (fps, withLength) => {
      const all = pictures();
      expect(all).toHaveLength(12);
      const uri = await serve(async (response) => {
        response.writeHead(200, { 'Content-Type': 'multipart/x-mixed-replace; boundary=frame' });
        for (let n = 0; !response.destroyed; n++) {
          const picture = all[n % all.length] ?? Buffer.alloc(0);
          const length = withLength ? `Content-Length: ${picture.length}\r\n` : '';
          response.write(`--frame\r\nContent-Type: image/jpeg\r\n${length}\r\n`);
          response.write(picture);
          response.write('\r\n');
          await new Promise((wake) => setTimeout(wake, 1000 / fps));
        }
      });
      const lags = await lagsOf(uri, 4 * fps);
      expect(Math.min(...lags)).toBeGreaterThanOrEqual(0);
    },
    60_000,
  );

  it('that gives one picture for each request is asked as often as fps says', async () => {
    const all = pictures();
    let asked = 0;
    const uri = await serve((response) => {
      response.writeHead(200, { 'Content-Type': 'image/jpeg' }).end(all[asked++ % all.length]);
    });
    const lags = await lagsOf(`${uri}cgi-bin/snapshot`, 10, '--fps', '4');
    expect(Math.min(...lags)).toBeGreaterThanOrEqual(0);
    expect(asked).toBeGreaterThanOrEqual(10);
    expect(asked).toBeLessThan(60);
  }, 60_000);
});
