import type { types } from 'mediasoup';

export interface TrafficTotals {
  /** everything on the wire above UDP or TCP, since the start of the server */
  bytesReceived: number;
  bytesSent: number;
  /** RTP packets of publishers and to receivers */
  packetsReceived: number;
  packetsSent: number;
}

interface Source {
  /** Reads the absolute counters of one transport, producer or consumer. */
  read(): Promise<Partial<TrafficTotals>>;
  last: Partial<TrafficTotals>;
}

/**
 * Totals over everything that came and went. The worker counts; asking it costs a message per object, so refresh() looks
 * at a bounded number of them, in turn: in a large deployment the totals lag by a few scrapes but never go back.
 */
export class Traffic {
  readonly totals: TrafficTotals = { bytesReceived: 0, bytesSent: 0, packetsReceived: 0, packetsSent: 0 };
  readonly #sources = new Set<Source>();

  watchTransport(transport: types.WebRtcTransport): void {
    this.#watch(transport, async () => {
      const [stat] = await transport.getStats();
      return stat ? { bytesReceived: stat.bytesReceived, bytesSent: stat.bytesSent } : {};
    });
  }

  watchProducer(producer: types.Producer): void {
    this.#watch(producer, async () => ({ packetsReceived: sum(await producer.getStats()) }));
  }

  watchConsumer(consumer: types.Consumer): void {
    this.#watch(consumer, async () => {
      const stats = await consumer.getStats();
      return { packetsSent: sum(stats.filter((stat) => stat.type === 'outbound-rtp')) };
    });
  }

  /** @param limit how many objects to ask at the most */
  async refresh(limit: number): Promise<TrafficTotals> {
    const turn = [...this.#sources].slice(0, limit);
    for (const source of turn) {
      // To the end of the line: a Set keeps the order of insertion.
      this.#sources.delete(source);
      this.#sources.add(source);
    }
    await Promise.all(turn.map((source) => this.#read(source)));
    return this.totals;
  }

  #watch(
    closable: { observer: { once(event: 'close', listener: () => void): unknown } },
    read: Source['read'],
  ): void {
    const source: Source = { read, last: {} };
    this.#sources.add(source);
    closable.observer.once('close', () => this.#sources.delete(source));
  }

  async #read(source: Source): Promise<void> {
    let now: Partial<TrafficTotals>;
    try {
      now = await source.read();
    } catch {
      return; // closed while we asked
    }
    for (const name of Object.keys(now) as (keyof TrafficTotals)[]) {
      this.totals[name] += Math.max(0, (now[name] ?? 0) - (source.last[name] ?? 0));
    }
    source.last = now;
  }
}

function sum(stats: readonly { packetCount: number }[]): number {
  return stats.reduce((packets, stat) => packets + stat.packetCount, 0);
}
