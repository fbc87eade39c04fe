import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../../base/clock.ts';
import type { Log } from '../../../base/log.ts';
import { HttpsPortStreams } from './https-port-streams.ts';
import { Listeners } from './listeners.ts';
import { StreamClients } from './stream-clients.ts';
import type { FromThread, ThreadStart, ToThread } from './thread-messages.ts';
import { TurnServer } from './turn-server.ts';

// The thread of the embedded TURN server; embedded-turn.ts starts it.

const port = parentPort;
if (!port) throw new Error('to be started as a thread');
const start = workerData as ThreadStart;

function tell(message: FromThread, moved: ArrayBuffer[] = []): void {
  port?.postMessage(message, moved);
}

function logAt(level: 'debug' | 'info' | 'warn' | 'error') {
  return (fields: object, message: string) => {
    // An error keeps its stack on the way to the other thread, an object with methods would not arrive.
    tell({ kind: 'log', level, fields, message });
  };
}
const log: Log = {
  debug: logAt('debug'),
  info: logAt('info'),
  warn: logAt('warn'),
  error: logAt('error'),
  child: () => log,
};

const { secret, limits, allocationLifetimeSeconds } = start;
const server = new TurnServer({ secret, limits, allocationLifetimeSeconds, clock: systemClock, log });
server.setPeers(start.peers);
const clients = new StreamClients(server, limits, systemClock);
const listeners = new Listeners(server, clients, limits.bufferedBytes);
const httpsPort = new HttpsPortStreams(clients, tell);
const tellCounters = () => tell({ kind: 'counters', counters: server.counters });
const counting = setInterval(tellCounters, 500);

function stop(): void {
  clearInterval(counting);
  listeners.close();
  clients.close();
  server.close();
  tellCounters();
  tell({ kind: 'stopped' });
  port?.close();
}

port.on('message', (message: ToThread) => {
  switch (message.kind) {
    case 'peers':
      server.setPeers(message.peers);
      break;
    case 'stop':
      stop();
      break;
    case 'open':
      httpsPort.open(message.id, message.client, message.transport);
      break;
    case 'data':
      httpsPort.received(message.id, message.bytes);
      break;
    case 'close':
      httpsPort.closed(message.id);
      break;
  }
});

const { port: open, problems } = await listeners.listen(start.listenAddresses, start.port);
tell({ kind: 'ready', port: open, problems });
