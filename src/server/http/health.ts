import type { FastifyInstance } from 'fastify';

/** Parts by name, true when they can work. */
export type Readiness = () => Promise<Readonly<Record<string, boolean>>>;

/** live: the process answers; restart it when not. ready: it can take meetings; send nobody here when not. */
export function health(app: FastifyInstance, readiness: Readiness): void {
  const options = { config: { rateLimit: false as const }, logLevel: 'silent' as const };
  app.get('/health/live', options, (_request, reply) =>
    reply.header('Cache-Control', 'no-store').send({ status: 'live' }),
  );
  app.get('/health/ready', options, async (_request, reply) => {
    const checks = await readiness();
    const ready = Object.values(checks).every(Boolean);
    return reply
      .code(ready ? 200 : 503)
      .header('Cache-Control', 'no-store')
      .send({ status: ready ? 'ready' : 'not-ready', checks });
  });
}
