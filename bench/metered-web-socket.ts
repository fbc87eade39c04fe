import { WebSocket as NodeWebSocket } from 'ws';
import { machineNow } from './measure/machine-clock.ts';
import type { MediaMeter } from './measure/media-meter.ts';

/** Nobody listens there: a connection is refused at once, as on a machine without a network. */
const nowhere = 'ws://127.0.0.1:9';

/** WebSockets of one client, with their messages and octets counted (of the application: without frame headers and TLS). */
export class MeteredWebSockets {
  readonly #meter: MediaMeter;
  #latest: NodeWebSocket | undefined;
  #cutUntil = 0;

  constructor(meter: MediaMeter) {
    this.#meter = meter;
  }

  /** Breaks the connection as a network does: without a goodbye. @param until none can be made before, ms on the machine clock */
  cut(until: number): void {
    this.#cutUntil = until;
    this.#latest?.terminate();
  }

  readonly open = (url: string, protocol?: string): WebSocket => {
    const { counters } = this.#meter;
    class MeteredWebSocket extends NodeWebSocket {
      override send(data: Uint8Array | string): void {
        counters.signallingMessagesSent += 1;
        counters.signallingOctetsSent += Buffer.byteLength(data);
        super.send(data);
      }
    }
    const target = machineNow() < this.#cutUntil ? nowhere : url;
    const socket = new MeteredWebSocket(target, protocol, { perMessageDeflate: false });
    socket.on('error', () => undefined);
    socket.on('message', (data) => {
      counters.signallingMessagesReceived += 1;
      counters.signallingOctetsReceived +=
        data instanceof ArrayBuffer || Buffer.isBuffer(data) ? data.byteLength : 0;
    });
    this.#latest = socket;
    return socket as unknown as WebSocket;
  };
}
