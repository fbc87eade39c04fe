import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Log } from '../../base/log.ts';
import { Refusal } from '../../protocol/errors.ts';
import { networkOf } from '../nat/network-of.ts';
import { errorAnswers } from './errors.ts';
import { health, type Readiness } from './health.ts';
import { type MeetingsParts, meetings } from './meetings.ts';
import { securityHeaders } from './security-headers.ts';
import type { HttpSettings } from './settings.ts';
import { webClient } from './static.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

export type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

export interface AppParts extends Omit<MeetingsParts, 'limits'> {
  settings: HttpSettings;
  /** dist/web; may be missing */
  webDirectory: string;
  proxies: TrustedProxies;
  readiness: Readiness;
  hasTrustedCertificate: () => boolean;
  /** makes the servers that hand their requests to this app; returns the main one */
  servers: (listener: RequestListener) => HttpServer;
  /** told about every answer */
  answered: (status: number) => void;
  log: Log;
}

/** Everything the server answers over HTTP. */
export async function createApp(parts: AppParts): Promise<FastifyInstance> {
  const { settings, log } = parts;
  const app = Fastify({
    serverFactory: (handler) => parts.servers(handler as RequestListener),
    bodyLimit: settings.limits.bodyBytes,
    trustProxy: (address) => parts.proxies.has(address),
    // "1" is not 1 and unknown properties are not silently dropped.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    return503OnClosing: true,
    exposeHeadRoutes: true,
  });
  app.removeContentTypeParser('text/plain');
  await securityHeaders(app, parts.hasTrustedCertificate);
  await app.register(rateLimit, {
    max: settings.limits.requestsPerMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => networkOf(request.ip),
    errorResponseBuilder: (_request, context) =>
      new Refusal('too-many', `again in ${Math.ceil(context.ttl / 1000)} s`),
    addHeaders: { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false },
    addHeadersOnExceeding: {
      'x-ratelimit-limit': false,
      'x-ratelimit-remaining': false,
      'x-ratelimit-reset': false,
    },
  });
  errorAnswers(app, log);
  app.addHook('onResponse', async (request, reply) => {
    parts.answered(reply.statusCode);
    // The route, not the URL: ids of meetings are nobody's business.
    const { method, routeOptions, ip } = request;
    log.debug(
      {
        method,
        route: routeOptions.url,
        status: reply.statusCode,
        address: ip,
        ms: Math.round(reply.elapsedTime),
      },
      'http',
    );
  });
  health(app, parts.readiness);
  meetings(app, { directory: parts.directory, tokens: parts.tokens, limits: settings.limits });
  await webClient(app, parts.webDirectory);
  await app.ready();
  return app;
}
