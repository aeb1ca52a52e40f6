import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { cameraId } from '../../src/domain/ids.ts';
import { openReader } from '../../src/store/reader.ts';
import { remoteStation } from '../../src/web/remoteStation.ts';
import { Sandbox, type Running } from '../fixtures/argus.ts';
import { pixelsOf } from '../fixtures/pixels.ts';
import { shared } from '../fixtures/shared.ts';

const { missing } = shared('models/yolox_nano.onnx');

describe.skipIf(missing !== false)(`a station on HTTP${missing ? ` (${missing})` : ''}`, () => {
  let box: Sandbox;
  let station: Running;
  let url: string;
  let token: string;
  beforeAll(async () => {
    box = new Sandbox();
    box.write('argus.yaml', 'cameras: [{ id: ball, source: "test:ball", fps: 2 }]\n');
    station = box.start(['serve', '--port=0']);
    [, url = ''] = await station.untilSaid(/MCP: (http:\S+)\/mcp/);
    token = readFileSync(box.path('data', 'token'), 'utf8');
  });
  afterAll(() => box.close());

  /** Not `fetch`, which does not let its user forge a Host. */
  async function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
    const asked = request(new URL(path, url), {
      method,
      headers: { Authorization: `Bearer ${token}`, ...headers },
    });
    return new Promise<{ status: number; body: string; headers: NodeJS.Dict<string | string[]> }>(
      (resolve, reject) => {
        asked.once('error', reject);
        asked.once('response', (response) => {
          text(response).then(
            (body) => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
            reject,
          );
        });
        asked.end();
      },
    );
  }

  it('listens on this machine alone, with a token that only its owner can read', () => {
    expect(new URL(url).hostname).toBe('127.0.0.1');
    expect(token).toMatch(/^[\w-]{32}$/);
    expect(statSync(box.path('data', 'token')).mode & 0o777).toBe(0o600);
  });

  it.each(['/mcp', '/api/status', '/api/cameras/ball/picture', '/'])(
    'tells nothing at %s without its token',
    async (path) => {
      for (const wrong of [
        '',
        `Bearer ${token}x`,
        `Bearer ${token.slice(1)}`,
        `Basic ${token}`,
        token,
        'Bearer ',
      ]) {
        const answer = await ask(path, { Authorization: wrong });
        expect([wrong, answer.status]).toEqual([wrong, 401]);
        expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
        expect(answer.body).not.toContain(token);
        expect(answer.body).not.toContain('ball');
      }
    },
  );

  it.each([
    ['a foreign Host', { Host: 'attacker.example' }],
    ['a foreign Host with our port', { Host: 'attacker.example:7461' }],
    ['a name that begins as ours', { Host: 'localhost.attacker.example' }],
    ['a foreign Origin', { Origin: 'https://attacker.example' }],
    ['an Origin that hides itself', { Origin: 'null' }],
  ])('refuses %s, even with the token', async (_, headers) => {
    for (const path of ['/mcp', '/api/status']) {
      expect((await ask(path, headers)).status).toBe(403);
      expect((await ask(path, headers, 'POST')).status).toBe(403);
    }
  });

  it('answers its own names', async () => {
    const { port } = new URL(url);
    for (const headers of [{ Host: `localhost:${port}` }, { Host: `127.0.0.1:${port}` }, { Origin: url }]) {
      expect([headers, (await ask('/api/status', headers)).status]).toEqual([headers, 200]);
    }
  });

  it('says what there is where there is nothing', async () => {
    for (const path of [
      '/',
      '/api',
      '/api/status/x',
      '/api/cameras/none/picture',
      '/api/cameras/ball',
      '/../token',
    ]) {
      const { status, body } = await ask(path);
      expect([path, status]).toEqual([path, 404]);
      expect(z.object({ error: z.string().min(10) }).safeParse(JSON.parse(body)).success).toBe(true);
    }
    for (const method of ['POST', 'PUT', 'DELETE'])
      expect((await ask('/api/status', {}, method)).status).toBe(405);
    // Not a defect of ours, so not an error 500.
    expect((await ask('/api/cameras/%E0%A4%A/picture')).status).toBe(404);
  });

  it('gives another process its state and its newest picture', async () => {
    const remote = remoteStation(url, token);
    const picture = await station.until(() => remote.latestPicture(cameraId('ball')));
    const { width, height } = await pixelsOf(picture.jpeg);
    expect([width, height]).toEqual([640, 480]);
    expect(await remote.latestPicture(cameraId('none'))).toBeUndefined();
    const status = await remote.status();
    expect(status).toMatchObject({
      detector: { id: 'yolox-nano', provider: 'cpu' },
      visionRestarts: 0,
      cameras: [{ camera: 'ball', state: 'running' }],
    });
    await expect(remoteStation(url, 'wrong').status()).rejects.toThrow(/401.*token/);
    await expect(remoteStation('http://127.0.0.1:9', token).status()).rejects.toThrow(
      /127\.0\.0\.1:9 does not answer/,
    );
  });

  it('notes for another process what its user says of anomalies', async () => {
    const remote = remoteStation(url, token);
    const note = { camera: cameraId('ball'), timeMs: 1000, text: 'Tür offen', by: 'agent' };
    await remote.noteAnomaly(note);
    await remote.judgeAnomaly({ anomaly: 'a', family: 'more', camera: note.camera, useful: false });
    await expect(remote.noteAnomaly({ ...note, text: '' })).rejects.toThrow(/400/);
    const reader = openReader(box.path('data'));
    expect(reader.history.notes([note.camera], { fromMs: 0, toMs: 2000 }, 9)).toEqual([note]);
    expect(reader.history.verdicts()).toEqual([{ family: 'more', camera: note.camera, useful: 0, not: 1 }]);
    reader.close();
  });

  it('is found by its file while it runs, and stopped by "argus stop"', async () => {
    const file = box.path('data', 'station.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: station.pid, url });
    const stopped = await box.run(['stop']);
    expect(stopped).toMatchObject({ code: 0, stdout: '' });
    expect(stopped.stderr).toMatch(/has stopped/);
    expect(await station.finished).toMatchObject({ code: 0 });
    expect(existsSync(file)).toBe(false);
    const again = await box.run(['stop']);
    expect(again).toMatchObject({ code: 0 });
    expect(again.stderr).toMatch(/No station runs/);
  });
});
