import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';
import { ArgusError, messageOf } from '../domain/errors.ts';
import { cameraId, shapeId, trackId, type WatchId } from '../domain/ids.ts';
import type { LiveStation } from '../domain/live.ts';
import { parseWatch } from '../watches/definition.ts';
import {
  correctionSchema,
  forgetSchema,
  noteSchema,
  pictureToJson,
  removalSchema,
  shapeOfRequest,
  shapeSchema,
  verdictSchema,
  watchRemovalSchema,
  watchSchema,
} from './wire.ts';

export interface WebOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Every request must carry it as a bearer token. */
  readonly token: string;
  readonly station: LiveStation;
  /** Answers `/mcp`. */
  readonly mcp: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Refuses, by answering itself and returning false, what may not come in. */
  readonly guard: (request: IncomingMessage, response: ServerResponse) => boolean;
  readonly onDefect: (error: unknown) => void;
}

export interface WebServer {
  /** E.g. `http://127.0.0.1:7461`. */
  readonly url: string;
  close(): Promise<void>;
}

/** The station's HTTP endpoint: MCP, and what other Argus processes on this machine ask it. Throws ArgusError when the port is taken. */
export async function startWebServer(options: WebOptions): Promise<WebServer> {
  const server = createServer((request, response) => {
    if (!options.guard(request, response)) return;
    if (!hasToken(request, options.token)) {
      response.setHeader('WWW-Authenticate', 'Bearer realm="argus"');
      sendJson(response, 401, { error: 'Send the token of this station: "Authorization: Bearer TOKEN".' });
      return;
    }
    route(request, response, options).catch((error: unknown) => {
      options.onDefect(error);
      if (!response.headersSent) sendJson(response, 500, { error: messageOf(error) });
      else response.destroy();
    });
  });
  await listen(server, options.host, options.port);
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${port}`,
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // Streams of subscribed clients would never end by themselves.
      server.closeAllConnections();
      return closed;
    },
  };
}

async function route(request: IncomingMessage, response: ServerResponse, options: WebOptions): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === '/mcp') await options.mcp(request, response);
  else if (request.method === 'GET') {
    const { status, body } = await answerGet(pathname, options.station);
    sendJson(response, status, body);
  } else if (request.method === 'POST') {
    const { status, body } = await answerPost(pathname, request, options.station);
    sendJson(response, status, body);
  } else sendJson(response, 405, { error: 'Only GET and POST are answered here.' });
}

async function answerGet(pathname: string, station: LiveStation): Promise<{ status: number; body: unknown }> {
  if (pathname === '/api/status') return { status: 200, body: await station.status() };
  const camera = /^\/api\/cameras\/([\w-]+)\/picture$/.exec(pathname)?.[1];
  if (camera === undefined) {
    return { status: 404, body: { error: 'There is /mcp, /api/status and /api/cameras/ID/picture.' } };
  }
  const picture = await station.latestPicture(cameraId(camera));
  return picture
    ? { status: 200, body: pictureToJson(picture) }
    : { status: 404, body: { error: 'No picture of this camera yet.' } };
}

async function answerPost(
  pathname: string,
  request: IncomingMessage,
  station: LiveStation,
): Promise<{ status: number; body: unknown }> {
  try {
    switch (pathname) {
      case '/api/corrections': {
        const { a, b, same } = correctionSchema.parse(await bodyOf(request));
        await station.correct(trackId(a), trackId(b), same);
        return { status: 200, body: {} };
      }
      case '/api/forget': {
        const { tracks } = forgetSchema.parse(await bodyOf(request));
        return { status: 200, body: await station.forget(tracks.map((id) => trackId(id))) };
      }
      case '/api/anomalies/verdicts': {
        const { camera, shape, ...verdict } = verdictSchema.parse(await bodyOf(request));
        await station.judgeAnomaly({
          ...verdict,
          camera: cameraId(camera),
          ...(shape !== undefined && { shape: shapeId(shape) }),
        });
        return { status: 200, body: {} };
      }
      case '/api/anomalies/notes': {
        const { camera, ...note } = noteSchema.parse(await bodyOf(request));
        await station.noteAnomaly({ ...note, camera: cameraId(camera) });
        return { status: 200, body: {} };
      }
      case '/api/shapes': {
        const asked = shapeSchema.parse(await bodyOf(request));
        await station.saveShape(cameraId(asked.camera), shapeOfRequest(asked));
        return { status: 200, body: {} };
      }
      case '/api/watches': {
        const { watch } = watchSchema.parse(await bodyOf(request));
        return { status: 200, body: { id: await station.addWatch(parseWatch(watch)) } };
      }
      case '/api/watches/remove': {
        const { id } = watchRemovalSchema.parse(await bodyOf(request));
        await station.removeWatch(id as WatchId);
        return { status: 200, body: {} };
      }
      case '/api/shapes/remove': {
        const { camera, shape } = removalSchema.parse(await bodyOf(request));
        await station.removeShape(cameraId(camera), shapeId(shape));
        return { status: 200, body: {} };
      }
      default:
        return {
          status: 405,
          body: {
            error:
              'POST is answered at /mcp, /api/corrections, /api/forget, /api/anomalies, /api/shapes and /api/watches.',
          },
        };
    }
  } catch (error) {
    if (error instanceof ArgusError) return { status: 422, body: { what: error.what, next: error.next } };
    if (error instanceof z.ZodError || error instanceof SyntaxError)
      return { status: 400, body: { error: messageOf(error) } };
    throw error;
  }
}

/** More than any list of tracks that a person would write. */
const mostBodyBytes = 1_000_000;

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > mostBodyBytes) throw new ArgusError('The request is too long.', 'Name fewer tracks at once.');
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw cannotListen(error, host, port);
  }
}

function cannotListen(error: unknown, host: string, port: number): unknown {
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'EADDRINUSE':
      return new ArgusError(
        `Port ${port} of ${host} is in use.`,
        'Stop the program that has it, or choose another: --port PORT, or server.port in argus.yaml.',
      );
    case 'EACCES':
      return new ArgusError(
        `Port ${port} may not be opened by this user.`,
        'Choose one above 1023 with --port.',
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ArgusError(`This machine has no address ${host}.`, 'Correct server.host in argus.yaml.');
    default:
      return error;
  }
}

function hasToken(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(body));
}
