import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { randomId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import { type ErrorCode, errorTexts, Refusal } from '../../protocol/errors.ts';
import { messagePage } from './message-page.ts';

const statusByCode: Partial<Record<ErrorCode, number>> = {
  'bad-request': 400,
  'token-invalid': 401,
  'token-expired': 401,
  'not-allowed': 403,
  'not-found': 404,
  'room-ended': 410,
  'too-many': 429,
  'media-unavailable': 503,
  'shutting-down': 503,
  internal: 500,
};

/** Every error leaves as `{ code, message, detail }`; what nobody foresaw is logged and gets a number to ask about. */
export function errorAnswers(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof Refusal)
      return refuse(reply, statusByCode[error.code] ?? 409, error.code, error.detail);
    const { status, detail } = frameworkError(error);
    if (status === 429) return refuse(reply, 429, 'too-many', detail);
    if (status >= 400 && status < 500) return refuse(reply, status, 'bad-request', detail);
    if (status === 503) return refuse(reply, 503, 'shutting-down', '');
    const requestNumber = randomId(8);
    log.error(
      { error, requestNumber, method: request.method, route: request.routeOptions.url },
      'request failed',
    );
    return refuse(reply, 500, 'internal', `request ${requestNumber}`);
  });
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, (request, reply) => {
    if (!wantsPage(request)) return refuse(reply, 404, 'not-found', '');
    return reply.code(404).type('text/html; charset=utf-8').send(messagePage('not-found'));
  });
}

function refuse(reply: FastifyReply, status: number, code: ErrorCode, detail: string): FastifyReply {
  return reply
    .code(status)
    .header('Cache-Control', 'no-store')
    .send({ code, message: errorTexts[code], detail });
}

/** The framework's own complaints (body too large, not JSON, fails the schema) carry a status and a text that is safe to show. */
function frameworkError(error: unknown): { status: number; detail: string } {
  if (typeof error !== 'object' || error === null || !('statusCode' in error))
    return { status: 500, detail: '' };
  const { statusCode, message } = error as { statusCode?: unknown; message?: unknown };
  return {
    status: typeof statusCode === 'number' ? statusCode : 500,
    detail: typeof message === 'string' ? message : '',
  };
}

function wantsPage(request: FastifyRequest): boolean {
  return !request.url.startsWith('/api/') && (request.headers.accept ?? '').includes('text/html');
}
