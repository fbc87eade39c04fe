import type { IncomingMessage } from 'node:http';
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

const self = "'self'";
const none = "'none'";
const permissions = [
  ...['camera', 'microphone', 'display-capture', 'speaker-selection', 'autoplay', 'fullscreen'],
  ...['picture-in-picture', 'screen-wake-lock', 'clipboard-write'],
].map((feature) => `${feature}=(self)`);
const refused = [
  'geolocation',
  'usb',
  'serial',
  'hid',
  'bluetooth',
  'midi',
  'payment',
  'browsing-topics',
  'identity-credentials-get',
];
const permissionsPolicy = [...permissions, ...refused.map((feature) => `${feature}=()`)].join(', ');

/**
 * @param hasTrustedCertificate whether browsers can be told never to come back without a valid certificate; with a
 *   self-signed one that would lock people out
 */
export async function securityHeaders(
  app: FastifyInstance,
  hasTrustedCertificate: () => boolean,
): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: [none],
        scriptSrc: [self],
        styleSrc: [self],
        imgSrc: [self, 'blob:', 'data:'],
        fontSrc: [self],
        mediaSrc: [self, 'blob:'],
        workerSrc: [self],
        manifestSrc: [self],
        connectSrc: [self, webSocketOrigin],
        baseUri: [none],
        formAction: [self],
        frameAncestors: [none],
        objectSrc: [none],
      },
    },
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
  });
  app.addHook('onSend', async (request, reply) => {
    reply.header('Permissions-Policy', permissionsPolicy);
    if (isEncrypted(request.raw) && hasTrustedCertificate())
      reply.header('Strict-Transport-Security', 'max-age=31536000');
  });
}

/** 'self' does not cover WebSockets in older browsers, and wss: alone would allow every host. */
function webSocketOrigin(request: IncomingMessage): string {
  const host = request.headers.host ?? '';
  // What goes into the header comes from outside: only what a host can look like.
  if (!/^(\[[0-9a-f:]+\]|[\w.-]+)(:\d{1,5})?$/i.test(host)) return self;
  // Behind a reverse proxy the plain listener is reached by pages that came over TLS.
  return isEncrypted(request) ? `wss://${host}` : `ws://${host} wss://${host}`;
}

function isEncrypted(request: IncomingMessage): boolean {
  return 'encrypted' in request.socket;
}
