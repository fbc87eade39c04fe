import type { FastifyInstance } from 'fastify';
import { Refusal } from '../../protocol/errors.ts';
import type { Role } from '../../protocol/messages.ts';
import type { JoinTokens } from '../accounts/tokens.ts';
import type { RoomDirectory, RoomRecord } from '../rooms/directory.ts';
import type { HttpSettings } from './settings.ts';

export interface MeetingsParts {
  directory: RoomDirectory;
  tokens: JoinTokens;
  limits: HttpSettings['limits'];
}

const text = (property: string, others: object = {}) => ({
  type: 'object',
  properties: { [property]: { type: 'string', maxLength: 1000 }, ...others },
  required: [property],
  additionalProperties: false,
});

/** Creating a meeting and finding one by its code. Nothing else is told about a meeting without a token. */
export function meetings(app: FastifyInstance, { directory, tokens, limits }: MeetingsParts): void {
  const path = (room: RoomRecord, role: Role) =>
    tokens.path({ roomId: room.id, role, expiresAt: room.expiresAt });
  const wrongCodes = app.createRateLimit({ max: limits.wrongCodesPerMinute, timeWindow: 60_000 });

  app.post<{ Body: { name: string; p2p?: boolean } }>(
    '/api/meetings',
    {
      schema: { body: text('name', { p2p: { type: 'boolean' } }) },
      config: { rateLimit: { max: limits.meetingsPerMinute, timeWindow: 60_000 } },
    },
    async (request, reply) => {
      const { name, ...options } = request.body;
      const room = await directory.create(name, options);
      return reply
        .code(201)
        .header('Cache-Control', 'no-store')
        .send({
          id: room.id,
          name: room.name,
          code: room.code,
          moderatorPath: await path(room, 'moderator'),
          invitationPath: await path(room, 'participant'),
          viewerPath: await path(room, 'viewer'),
          expiresAt: room.expiresAt,
        });
    },
  );

  app.post<{ Body: { code: string } }>(
    '/api/meetings/by-code',
    { schema: { body: text('code') } },
    async (request, reply) => {
      const tries = await wrongCodes(request, { increment: false });
      if (!tries.isAllowed && tries.remaining === 0) {
        reply.header('Retry-After', tries.ttlInSeconds);
        throw new Refusal('too-many', `again in ${tries.ttlInSeconds} s`);
      }
      const room = await directory.findByCode(request.body.code);
      if (!room) {
        await wrongCodes(request);
        throw new Refusal('not-found', 'code');
      }
      return reply.header('Cache-Control', 'no-store').send({ path: await path(room, 'participant') });
    },
  );
}
