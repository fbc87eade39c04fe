import { access } from 'node:fs/promises';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { compressedAssets } from './compressed-assets.ts';
import { messagePage } from './message-page.ts';

/**
 * The web client: index.html for `/`, `/check` and `/m/*`, everything else as it lies there. Names under assets/ carry a hash of their
 * content, so they may be kept for ever.
 * @param directory may be missing, and may appear later
 */
export async function webClient(app: FastifyInstance, directory: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: directory,
    index: false,
    dotfiles: 'ignore',
    cacheControl: false,
    setHeaders(reply, path) {
      const immutable = path.includes(`${sep}assets${sep}`);
      reply.header('Cache-Control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
    suppressWarning: true,
  });
  compressedAssets(app, directory);
  const page = async (_request: unknown, reply: FastifyReply) => {
    try {
      await access(join(directory, 'index.html'));
    } catch {
      return reply
        .code(503)
        .type('text/html; charset=utf-8')
        .header('Cache-Control', 'no-store')
        .send(messagePage('web-client-missing'));
    }
    return reply.sendFile('index.html');
  };
  app.get('/', page);
  app.get('/check', page);
  app.get('/m/*', page);
}
