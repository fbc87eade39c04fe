import type { Registry } from 'prom-client';
import { counterOf, onceAtATime } from './read-on-scrape.ts';
import type { MetricsSources } from './sources.ts';

/** Objects asked for statistics in one scrape: a message to a worker each. */
const statsPerScrape = 2000;

/** What media goes through here, and what of it is lost. */
export function observeTraffic(registry: Registry, { traffic }: MetricsSources): void {
  // One sweep serves all three: metrics of one scrape are collected at the same time.
  const totals = onceAtATime(() => traffic.refresh(statsPerScrape));
  counterOf(
    registry,
    'plenum_media_bytes_total',
    'Media bytes over all transports',
    ['direction'],
    async (set) => {
      const { bytesReceived, bytesSent } = await totals();
      set({ direction: 'in' }, bytesReceived);
      set({ direction: 'out' }, bytesSent);
    },
  );
  counterOf(
    registry,
    'plenum_media_packets_total',
    'RTP packets from publishers and to receivers',
    ['direction'],
    async (set) => {
      const { packetsReceived, packetsSent } = await totals();
      set({ direction: 'in' }, packetsReceived);
      set({ direction: 'out' }, packetsSent);
    },
  );
  counterOf(
    registry,
    'plenum_media_packets_lost_total',
    'RTP packets lost on the way, sent again or not: from publishers as seen here, to receivers as they report it',
    ['direction'],
    async (set) => {
      const { packetsLostReceiving, packetsLostSending } = await totals();
      set({ direction: 'in' }, packetsLostReceiving);
      set({ direction: 'out' }, packetsLostSending);
    },
  );
}
