import { statfs } from 'node:fs/promises';
import type { Registry } from 'prom-client';
import { gaugeOf, onceAtATime } from './read-on-scrape.ts';
import type { MetricsSources } from './sources.ts';

/** What runs here, and what an administrator has to renew or to make room for. */
export function observeInstallation(registry: Registry, sources: MetricsSources): void {
  const { versions, workers, http, dataDirectory } = sources;
  gaugeOf(registry, 'plenum_build_info', 'What runs: always 1', ['version', 'node', 'mediasoup'], (set) =>
    set({ version: versions.plenum, node: versions.node, mediasoup: workers.mediasoupVersion }, 1),
  );
  gaugeOf(
    registry,
    'plenum_tls_certificate_not_after_seconds',
    'When the TLS certificate in use expires, in seconds since 1970',
    [],
    (set) => set({}, http.certificates.current.expiresAt / 1000),
  );
  // A network drive that hangs keeps one thread busy, not one for each metric and scrape.
  const disk = onceAtATime(() => statfs(dataDirectory).catch(() => undefined));
  gaugeOf(
    registry,
    'plenum_data_disk_free_bytes',
    'What Plenum can still write on the disk of the data directory',
    [],
    async (set) => {
      const stats = await disk();
      // bavail: without what is kept for root. Not a number where it cannot be asked: 0 would say that it is full.
      set({}, stats ? stats.bavail * stats.bsize : Number.NaN);
    },
  );
  gaugeOf(
    registry,
    'plenum_data_disk_size_bytes',
    'The size of the disk of the data directory',
    [],
    async (set) => {
      const stats = await disk();
      set({}, stats ? stats.blocks * stats.bsize : Number.NaN);
    },
  );
}
