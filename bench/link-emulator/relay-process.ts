import { performance } from 'node:perf_hooks';
import { Delivery } from './delivery.ts';
import { Link, type LinkShape, perfectLink, seededRandom } from './link.ts';
import type { FromRelay, ToRelay } from './relay-messages.ts';
import { TcpRelay } from './tcp-relay.ts';
import { UdpRelay } from './udp-relay.ts';

// A process of its own: neither the server under test nor the harness shares its event loop with the line.

const now = () => performance.now();
const delivery = new Delivery(now);
let up = new Link(perfectLink, seededRandom(1));
let down = new Link(perfectLink, seededRandom(2));
const relays: { close(): void }[] = [];

const tell = (message: FromRelay) => process.send?.(message);

process.on('message', (message: ToRelay) => {
  void handle(message).catch((error: unknown) => tell({ type: 'failed', message: String(error) }));
});
process.on('disconnect', () => process.exit(0));

async function handle(message: ToRelay): Promise<void> {
  switch (message.type) {
    case 'open': {
      up = new Link({ ...perfectLink, ...message.up }, seededRandom(message.seed));
      down = new Link({ ...perfectLink, ...message.down }, seededRandom(message.seed + 1));
      const entries = [];
      for (const target of message.targets) {
        const udp = await UdpRelay.open({ target, up, down, delivery, now });
        const tcp = await TcpRelay.open({ target, up, down, delivery, now });
        relays.push(udp, tcp);
        entries.push({ udpPort: udp.port, tcpPort: tcp.port });
      }
      tell({ type: 'opened', entries });
      return;
    }
    case 'shape':
      up.shape = merged(up.shape, message.up);
      down.shape = merged(down.shape, message.down);
      return;
    case 'counters':
      tell({ type: 'counters', id: message.id, up: up.takeCounters(), down: down.takeCounters() });
      return;
  }
}

function merged(shape: LinkShape, change: Partial<LinkShape> | undefined): LinkShape {
  return { ...shape, ...change };
}
