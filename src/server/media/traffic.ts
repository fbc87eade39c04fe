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

/** One transport, producer or consumer. There are many: no closure for each. */
interface Source<T = types.WebRtcTransport | types.Producer | types.Consumer> {
  readonly object: T;
  /** Reads the absolute counters. */
  read(object: T): Promise<Partial<TrafficTotals>>;
  last: Partial<TrafficTotals>;
}

const askedAtOnce = 50;

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
  readonly #sources = new Map<Source['object'], Source>();

  watchTransport(transport: types.WebRtcTransport): void {
    this.#watch(transport, readTransport);
  }

  watchProducer(producer: types.Producer): void {
    this.#watch(producer, readProducer);
  }

  watchConsumer(consumer: types.Consumer): void {
    this.#watch(consumer, readConsumer);
  }

  /** It is closed. */
  forget(object: Source['object']): void {
    this.#sources.delete(object);
  }

  /** @param limit how many objects to ask at the most */
  async refresh(limit: number): Promise<TrafficTotals> {
    const turn = [...this.#sources.values()].slice(0, limit);
    for (const source of turn) {
      // To the end of the line: a Map keeps the order of insertion.
      this.#sources.delete(source.object);
      this.#sources.set(source.object, source);
    }
    // In slices: thousands of questions at once would hold up everything else for tens of milliseconds.
    for (let at = 0; at < turn.length; at += askedAtOnce)
      await Promise.all(turn.slice(at, at + askedAtOnce).map((source) => this.#read(source)));
    return this.totals;
  }

  #watch<T extends Source['object']>(object: T, read: Source<T>['read']): void {
    this.#sources.set(object, { object, read, last: {} });
  }

  async #read(source: Source): Promise<void> {
    let now: Partial<TrafficTotals>;
    try {
      now = await source.read(source.object);
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

async function readTransport(transport: types.WebRtcTransport): Promise<Partial<TrafficTotals>> {
  const [stat] = await transport.getStats();
  return stat ? { bytesReceived: stat.bytesReceived, bytesSent: stat.bytesSent } : {};
}

async function readProducer(producer: types.Producer): Promise<Partial<TrafficTotals>> {
  const stats = await producer.getStats();
  return { packetsReceived: packetsOf(stats), packetsLostReceiving: lostOf(stats) };
}

async function readConsumer(consumer: types.Consumer): Promise<Partial<TrafficTotals>> {
  const stats = (await consumer.getStats()).filter((stat) => stat.type === 'outbound-rtp');
  return { packetsSent: packetsOf(stats), packetsLostSending: lostOf(stats) };
}

function packetsOf(stats: readonly { packetCount: number }[]): number {
  return stats.reduce((packets, stat) => packets + stat.packetCount, 0);
}

/** A receiver's report can say less than nothing: duplicates count as received (RFC 3550, appendix A.3). */
function lostOf(stats: readonly { packetsLost: number }[]): number {
  return stats.reduce((packets, stat) => packets + Math.max(0, stat.packetsLost), 0);
}
