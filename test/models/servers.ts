import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { create } from 'tar';

export interface LocalServer {
  readonly url: string;
  /** Paths that were asked for. */
  readonly asked: string[];
  close(): Promise<void>;
}

export async function serve(answer: RequestListener): Promise<LocalServer> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(decodeURIComponent(request.url ?? ''));
    answer(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

/** A registry of one package, `@argus-test/weights@1.0.0`, with these files, and the tarball's integrity. */
export async function serveRegistry(
  files: Readonly<Record<string, string | Buffer>>,
): Promise<LocalServer & { readonly integrity: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'argus-registry-'));
  const manifest = { name: '@argus-test/weights', version: '1.0.0' };
  for (const [name, content] of Object.entries({ ...files, 'package.json': JSON.stringify(manifest) })) {
    mkdirSync(dirname(join(folder, 'package', name)), { recursive: true });
    writeFileSync(join(folder, 'package', name), content);
  }
  await create({ file: join(folder, 'weights.tgz'), cwd: folder, gzip: true }, ['package']);
  const tarball = readFileSync(join(folder, 'weights.tgz'));
  rmSync(folder, { recursive: true });

  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  const server = await serve((request, response) => {
    if (request.url?.endsWith('.tgz')) return response.end(tarball);
    const dist = { tarball: `${server.url}/weights-1.0.0.tgz`, integrity };
    response.setHeader('content-type', 'application/json');
    return response.end(
      JSON.stringify({
        name: manifest.name,
        'dist-tags': { latest: '1.0.0' },
        versions: { '1.0.0': { ...manifest, dist } },
      }),
    );
  });
  return { ...server, integrity };
}
