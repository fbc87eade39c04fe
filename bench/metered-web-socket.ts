import type { MediaMeter } from './measure/media-meter.ts';

/** The platform's WebSocket, with its messages and octets counted (of the application: without frame headers and TLS). */
export function meteredWebSocket(meter: MediaMeter): (url: string, protocol?: string) => WebSocket {
  const { counters } = meter;
  class MeteredWebSocket extends WebSocket {
    override send(data: Parameters<WebSocket['send']>[0]): void {
      counters.signallingMessagesSent += 1;
      counters.signallingOctetsSent += sizeOf(data);
      super.send(data);
    }
  }
  return (url, protocol) => {
    const socket = new MeteredWebSocket(url, protocol);
    socket.addEventListener('message', ({ data }) => {
      counters.signallingMessagesReceived += 1;
      counters.signallingOctetsReceived += sizeOf(data);
    });
    return socket;
  };
}

function sizeOf(data: unknown): number {
  if (typeof data === 'string') return Buffer.byteLength(data);
  if (data instanceof Blob) return data.size;
  return data instanceof ArrayBuffer || ArrayBuffer.isView(data) ? data.byteLength : 0;
}
