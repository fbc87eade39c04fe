import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';
import { build } from 'vite';
import { tempDir } from './temp-dir.ts';

/** The web client with made-up people (src/web/gallery), served under a policy as strict as the server's. */
export interface WebGallery {
  readonly url: string;
  close(): Promise<void>;
}

const root = resolve(import.meta.dirname, '../..');
const types: Record<string, string> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.html': 'text/html',
  '.svg': 'image/svg+xml',
};
const self = "'self'";
const policy = {
  'default-src': "'none'",
  'script-src': self,
  'style-src': self,
  'img-src': self,
  'media-src': `${self} blob:`,
  'connect-src': self,
  'base-uri': "'none'",
  'form-action': self,
  'frame-ancestors': "'none'",
};

export async function serveWebGallery(): Promise<WebGallery> {
  const folder = await tempDir();
  await build({
    configFile: join(root, 'src/web/vite.config.ts'),
    mode: 'gallery',
    logLevel: 'error',
    build: { outDir: folder.path },
  });
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://gallery');
    const extension = extname(pathname);
    const file = extension in types ? pathname : '/gallery/gallery.html';
    readFile(join(folder.path, file)).then(
      (body) => {
        response.writeHead(200, {
          'content-type': types[extname(file)] ?? 'application/octet-stream',
          'content-security-policy': Object.entries(policy)
            .map((directive) => directive.join(' '))
            .join('; '),
        });
        response.end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await folder.remove();
    },
  };
}
