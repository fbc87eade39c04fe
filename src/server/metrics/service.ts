import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { Lifecycle } from '../../base/lifecycle.ts';
import type { Log } from '../../base/log.ts';
import { observe } from './observe.ts';
import type { MetricsSettings } from './settings.ts';
import type { MetricsSources } from './sources.ts';

export interface MetricsServiceParts extends MetricsSources {
  settings: MetricsSettings;
  log: Log;
}

/** `/metrics` for Prometheus, on a listener of its own. */
export class MetricsService {
  readonly #parts: MetricsServiceParts;
  readonly #registry = new Registry();
  readonly #server: http.Server;
  #scrape: Promise<string> | undefined;
  readonly #lifecycle = new Lifecycle<void>(() => this.#close());

  constructor(parts: MetricsServiceParts) {
    this.#parts = parts;
    observe(this.#registry, parts);
    this.#server = http.createServer(
      { requestTimeout: 10_000 },
      (request, response) => void this.#answer(request, response),
    );
  }

  /** @returns what does not work, in words: a server without metrics is still a server */
  listen(): Promise<string[]> {
    const { enabled, listenAddress, port } = this.#parts.settings;
    if (!enabled) return Promise.resolve([]);
    return new Promise((resolve) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        const why = error.code === 'EADDRINUSE' ? 'the port is taken by another program' : error.message;
        resolve([
          `Metrics at http://${listenAddress}:${port}/metrics: ${why}. Change metrics.port or set PLENUM_METRICS_PORT.`,
        ]);
      });
      this.#server.listen({ host: listenAddress, port, exclusive: true }, () => resolve([]));
    });
  }

  /** undefined while not listening */
  get port(): number | undefined {
    return (this.#server.address() as AddressInfo | null)?.port;
  }

  close(): Promise<void> {
    return this.#lifecycle.close();
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    try {
      if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
        response.writeHead(404).end();
        return;
      }
      // Who asks while another is being answered gets the same: workers are not asked twice.
      this.#scrape ??= this.#registry.metrics().finally(() => {
        this.#scrape = undefined;
      });
      const text = await this.#scrape;
      response
        .writeHead(200, { 'Content-Type': this.#registry.contentType, 'Cache-Control': 'no-store' })
        .end(text);
    } catch (error) {
      this.#parts.log.error({ error }, 'metrics failed');
      if (!response.headersSent) response.writeHead(500);
      response.end();
    }
  }

  async #close(): Promise<void> {
    this.#registry.clear();
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}
