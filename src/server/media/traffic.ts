import type { types } from 'mediasoup';

export interface TrafficTotals {
  /** everything on the wire above UDP or TCP, since the start of the server */
  bytesReceived: number;
  bytesSent: number;
  /** RTP packets of publishers and to receivers */
  packetsReceived: number;
  packetsSent: number;
  /** of these, what did not arrive; a packet that was sent again and came then is one too */
  packetsLostReceiving: number;
  packetsLostSending: number;
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
  readonly totals: TrafficTotals = {
    bytesReceived: 0,
    bytesSent: 0,
    packetsReceived: 0,
    packetsSent: 0,
    packetsLostReceiving: 0,
    packetsLostSending: 0,
  };
  readonly #sources = new Set<Source>();

  watchTransport(transport: types.WebRtcTransport): void {
    this.#watch(transport, async () => {
      const [stat] = await transport.getStats();
      return stat ? { bytesReceived: stat.bytesReceived, bytesSent: stat.bytesSent } : {};
    });
  }

  watchProducer(producer: types.Producer): void {
    this.#watch(producer, async () => {
      const stats = await producer.getStats();
      return { packetsReceived: packetsOf(stats), packetsLostReceiving: lostOf(stats) };
    });
  }

  watchConsumer(consumer: types.Consumer): void {
    this.#watch(consumer, async () => {
      const stats = (await consumer.getStats()).filter((stat) => stat.type === 'outbound-rtp');
      return { packetsSent: packetsOf(stats), packetsLostSending: lostOf(stats) };
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
      const last = source.last[name] ?? 0;
      // Losses go down when a late packet comes after all, and must not be counted again when they rise anew.
      const highest = Math.max(last, now[name] ?? 0);
      this.totals[name] += highest - last;
      source.last[name] = highest;
    }
  }
}

function packetsOf(stats: readonly { packetCount: number }[]): number {
  return stats.reduce((packets, stat) => packets + stat.packetCount, 0);
}

/** A receiver's report can say less than nothing: duplicates count as received (RFC 3550, appendix A.3). */
function lostOf(stats: readonly { packetsLost: number }[]): number {
  return stats.reduce((packets, stat) => packets + Math.max(0, stat.packetsLost), 0);
}
