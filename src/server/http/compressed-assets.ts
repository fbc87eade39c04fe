import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);
const compressible = /^\w[\w.-]*\.(js|css|svg|json|wasm|map)$/;
type Encoding = 'br' | 'gzip';

/**
 * Scripts and styles of the web client, compressed once and kept: on a slow line they are most of what a first visit waits
 * for. Their names carry a hash of the content, so what is kept never becomes wrong.
 */
export function compressedAssets(app: FastifyInstance, directory: string): void {
  const kept = new Map<string, Promise<Buffer>>();
  app.get<{ Params: { file: string } }>('/assets/:file', async (request, reply) => {
    const { file } = request.params;
    const encoding = acceptedEncoding(String(request.headers['accept-encoding'] ?? ''));
    const path = join(directory, 'assets', file);
    reply.header('Vary', 'Accept-Encoding');
    if (!encoding || !compressible.test(file) || !(await isFile(path)))
      return reply.sendFile(`assets/${file}`);
    const key = `${encoding} ${file}`;
    const compressing = kept.get(key) ?? compress(path, encoding);
    kept.set(key, compressing);
    try {
      const body = await compressing;
      return reply
        .type(contentType(file))
        .header('Content-Encoding', encoding)
        .header('Cache-Control', 'public, max-age=31536000, immutable')
        .send(body);
    } catch (error) {
      kept.delete(key);
      throw error;
    }
  });
}

function acceptedEncoding(header: string): Encoding | undefined {
  const accepted = header
    .split(',')
    .flatMap((part) => (/;\s*q=0(\.0*)?\s*$/.test(part) ? [] : part.trim().split(';')[0]));
  if (accepted.includes('br')) return 'br';
  return accepted.includes('gzip') ? 'gzip' : undefined;
}

async function compress(path: string, encoding: Encoding): Promise<Buffer> {
  const content = await readFile(path);
  if (encoding === 'gzip') return zip(content, { level: 9 });
  return brotli(content, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
  });
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

function contentType(file: string): string {
  if (file.endsWith('.js')) return 'text/javascript; charset=utf-8';
  if (file.endsWith('.css')) return 'text/css; charset=utf-8';
  if (file.endsWith('.svg')) return 'image/svg+xml';
  return file.endsWith('.wasm') ? 'application/wasm' : 'application/json; charset=utf-8';
}
