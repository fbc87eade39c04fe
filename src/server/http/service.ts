import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Lifecycle } from '../../base/lifecycle.ts';
import { networkOf } from '../nat/network-of.ts';
import { type AppParts, createApp } from './app.ts';
import { CertificateSource, type CertificateSourceParts } from './certificate-source.ts';
import { sortByFirstByte } from './first-bytes.ts';
import { listen } from './listen.ts';
import { TrustedProxies } from './trusted-proxies.ts';

export interface HttpServiceParts
  extends Omit<AppParts, 'servers' | 'answered' | 'hasTrustedCertificate' | 'proxies'>,
    Omit<CertificateSourceParts, 'settings'> {
  /** Takes connections to the HTTPS port that begin as STUN does; where it is inside TLS, that is taken off. */
  stunConnection?: (socket: Socket) => void;
}

export interface HttpStats {
  /** answers by class: 2xx, 3xx, 4xx, 5xx */
  answers: Readonly<Record<string, number>>;
}

const closeLimitMs = 3000;

/** The HTTPS server for everybody and the plain one for this machine; both answer the same. */
export class HttpService {
  readonly certificates: CertificateSource;
  readonly secureServer: https.Server;
  /** undefined when switched off */
  readonly loopbackServer: http.Server | undefined;
  readonly #parts: HttpServiceParts;
  readonly #app: FastifyInstance;
  readonly #proxies: TrustedProxies;
  readonly #sockets: Set<Socket>;
  readonly #closeOthers: () => void;
  readonly #answers: Record<string, number>;
  readonly #lifecycle = new Lifecycle<void>(() => this.#close());

  /** Not listening yet: whoever wants `upgrade` events attaches first. */
  static async create(parts: HttpServiceParts): Promise<HttpService> {
    const { settings } = parts;
    const certificates = await CertificateSource.create({ ...parts, settings: settings.tls });
    const proxies = new TrustedProxies(settings.trustedProxies);
    const sockets = new Set<Socket>();
    const answers: Record<string, number> = {};
    const { certificate, key } = certificates.current;
    const { minVersion, maxVersion, ciphers } = settings.tls;
    const tls = { minVersion, maxVersion, ...(ciphers === null ? {} : { ciphers }) };
    const timeouts = {
      requestTimeout: settings.limits.requestTimeoutMs,
      headersTimeout: settings.limits.requestTimeoutMs,
    };
    let secureServer: https.Server | undefined;
    let loopbackServer: http.Server | undefined;
    try {
      const app = await createApp({
        ...parts,
        proxies,
        hasTrustedCertificate: () => !certificates.current.selfSigned,
        answered: (status) => {
          const group = `${Math.floor(status / 100)}xx`;
          answers[group] = (answers[group] ?? 0) + 1;
        },
        servers: (listener) => {
          secureServer = https.createServer({ ...tls, ...timeouts, key, cert: certificate }, listener);
          if (settings.loopback.enabled) loopbackServer = http.createServer(timeouts, listener);
          // Fastify takes either kind.
          return secureServer as unknown as http.Server;
        },
      });
      if (!secureServer) throw new Error('no server was made');
      certificates.events.on('changed', (next) =>
        secureServer?.setSecureContext({ ...tls, key: next.key, cert: next.certificate }),
      );
      const closeOthers = sortByFirstByte(secureServer, {
        stun: parts.stunConnection,
        silenceMs: settings.limits.requestTimeoutMs,
      });
      for (const server of [secureServer, loopbackServer]) if (server) track(server, sockets);
      return new HttpService({
        parts,
        certificates,
        app,
        proxies,
        secureServer,
        loopbackServer,
        sockets,
        closeOthers,
        answers,
      });
    } catch (error) {
      certificates.close();
      throw error;
    }
  }

  private constructor(made: {
    parts: HttpServiceParts;
    certificates: CertificateSource;
    app: FastifyInstance;
    proxies: TrustedProxies;
    secureServer: https.Server;
    loopbackServer: http.Server | undefined;
    sockets: Set<Socket>;
    closeOthers: () => void;
    answers: Record<string, number>;
  }) {
    this.#parts = made.parts;
    this.certificates = made.certificates;
    this.#app = made.app;
    this.#proxies = made.proxies;
    this.secureServer = made.secureServer;
    this.loopbackServer = made.loopbackServer;
    this.#sockets = made.sockets;
    this.#closeOthers = made.closeOthers;
    this.#answers = made.answers;
  }

  /**
   * Opens the ports. Without HTTPS nobody else can come, so that failure is thrown; the loopback port is a convenience.
   * @returns what does not work, in words
   * @throws ListenError
   */
  async listen(): Promise<string[]> {
    const { settings, log } = this.#parts;
    await listen(this.secureServer, settings.listenAddress, settings.port, {
      key: 'http.port',
      variable: 'PLENUM_HTTP_PORT',
    });
    if (!this.loopbackServer) return [];
    const { listenAddress, port } = settings.loopback;
    try {
      await listen(this.loopbackServer, listenAddress, port, {
        key: 'http.loopback.port',
        variable: 'PLENUM_HTTP_LOOPBACK_PORT',
      });
      return [];
    } catch (error) {
      log.debug({ error }, 'no loopback listener');
      return [`http://localhost:${port}: ${error instanceof Error ? error.message : String(error)}`];
    }
  }

  /** The ports really in use; undefined while not listening. */
  get securePort(): number | undefined {
    return portOf(this.secureServer);
  }

  get loopbackPort(): number | undefined {
    return this.loopbackServer && portOf(this.loopbackServer);
  }

  /** Who a request counts for in limits: the client behind trusted proxies, IPv6 by /64. */
  clientOf(request: http.IncomingMessage): string {
    return networkOf(this.#proxies.addressOf(request));
  }

  /** How somebody came to us, for addresses that are to be told. */
  arrivalOf(request: http.IncomingMessage): {
    host: string | undefined;
    peer: string | undefined;
    client: string;
    secure: boolean;
  } {
    const { remoteAddress } = request.socket;
    const secure = 'encrypted' in request.socket;
    return {
      host: request.headers.host,
      peer: remoteAddress,
      client: this.#proxies.addressOf(request),
      secure,
    };
  }

  stats(): HttpStats {
    return { answers: { ...this.#answers } };
  }

  /** Takes nothing new, lets running requests end for a moment, then cuts. */
  close(): Promise<void> {
    return this.#lifecycle.close();
  }

  async #close(): Promise<void> {
    this.certificates.close();
    const cut = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, closeLimitMs);
    const servers = [this.secureServer, this.loopbackServer].filter((server) => server?.listening);
    const closed = servers.map((server) => new Promise<void>((resolve) => server?.close(() => resolve())));
    for (const server of servers) server?.closeIdleConnections();
    this.#closeOthers();
    await Promise.all(closed);
    clearTimeout(cut);
    await this.#app.close();
  }
}

function track(server: NetServer, sockets: Set<Socket>): void {
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
}

function portOf(server: NetServer): number | undefined {
  return (server.address() as AddressInfo | null)?.port;
}
