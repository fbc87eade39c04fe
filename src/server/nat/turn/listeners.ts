import dgram from 'node:dgram';
import net from 'node:net';
import { familyOf, remoteIp, type TransportAddress } from './addresses.ts';
import type { ClientPath } from './client-path.ts';
import { noLookup } from './relay-socket.ts';
import type { Stream, StreamClients } from './stream-clients.ts';
import type { TurnServer } from './turn-server.ts';

/** All clients over UDP come through one socket per address: the system's usual 208 kB are some 90 packets of 1,200 octets. */
const socketBufferOctets = 1024 * 1024;
/** Free ports for TCP that are taken for UDP are rare; only port 0 is tried again. */
const attempts = 10;

function ignore(): void {}

/** UDP and TCP on one port at each of some addresses. */
export class Listeners {
  readonly #server: TurnServer;
  readonly #clients: StreamClients;
  readonly #bufferedOctets: number;
  readonly #open: { close(): unknown }[] = [];
  #paths = 0;

  constructor(server: TurnServer, clients: StreamClients, bufferedOctets: number) {
    this.#server = server;
    this.#clients = clients;
    this.#bufferedOctets = bufferedOctets;
  }

  /** @returns the port that is open; problems: an error code for each listener that is not */
  async listen(
    addresses: readonly string[],
    port: number,
  ): Promise<{ port: number | undefined; problems: string[] }> {
    const problems: string[] = [];
    let open: number | undefined;
    for (const address of addresses) {
      const found = await this.#listenAt(address, open ?? port, problems);
      open ??= found;
    }
    return { port: open, problems };
  }

  close(): void {
    for (const listener of this.#open.splice(0)) listener.close();
  }

  async #listenAt(address: string, port: number, problems: string[]): Promise<number | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      const tcp = await this.#tcp(address, port);
      const chosen = typeof tcp === 'string' ? port : tcp.port;
      const udp = await this.#udp(address, chosen);
      if (typeof udp === 'string' && port === 0 && attempt < attempts) {
        if (typeof tcp !== 'string') this.#open.pop()?.close();
        continue;
      }
      if (typeof tcp === 'string') problems.push(`TCP port ${port} on ${address}: ${tcp}`);
      if (typeof udp === 'string') problems.push(`UDP port ${chosen} on ${address}: ${udp}`);
      return typeof udp === 'string' ? (typeof tcp === 'string' ? undefined : tcp.port) : udp.port;
    }
  }

  #tcp(address: string, port: number): Promise<{ port: number } | string> {
    const server = net.createServer({ noDelay: true }, (socket) => this.#accept(socket));
    return new Promise((resolve) => {
      server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      server.listen({ host: address, port, exclusive: true }, () => {
        // Descriptors that have run out must not end the thread.
        server.on('error', ignore);
        this.#open.push(server);
        resolve({ port: (server.address() as net.AddressInfo).port });
      });
    });
  }

  #udp(address: string, port: number): Promise<{ port: number } | string> {
    const socket = dgram.createSocket({
      type: familyOf(address) === 'ipv6' ? 'udp6' : 'udp4',
      lookup: noLookup,
      recvBufferSize: socketBufferOctets,
      sendBufferSize: socketBufferOctets,
    });
    const name = ++this.#paths;
    return new Promise((resolve) => {
      socket.once('error', (error: NodeJS.ErrnoException) => {
        socket.close();
        resolve(error.code ?? error.message);
      });
      socket.bind({ address, port, exclusive: true }, () => {
        socket.removeAllListeners('error');
        socket.on('error', ignore);
        socket.on('message', (bytes, from) => this.#server.receive(bytes, new UdpPath(socket, name, from)));
        this.#open.push(socket);
        resolve({ port: socket.address().port });
      });
    });
  }

  #accept(socket: net.Socket): void {
    socket.on('error', ignore);
    const { remoteAddress, remotePort } = socket;
    if (remoteAddress === undefined || remotePort === undefined) {
      socket.destroy();
      return;
    }
    const stream = new TcpStream(socket, this.#bufferedOctets, () => this.#server.quotas.hit('slow-client'));
    const client = { ip: remoteIp(remoteAddress), port: remotePort };
    const accepted = this.#clients.accept('tcp', client, stream);
    if (!accepted) return;
    socket.on('data', (chunk) => accepted.received(chunk));
    socket.on('close', () => accepted.closed());
    // One half is no use: RFC 8656 knows no half-closed connections.
    socket.on('end', () => socket.destroy());
  }
}

class UdpPath implements ClientPath {
  readonly key: string;
  readonly transport = 'udp';
  readonly client: TransportAddress;
  readonly #socket: dgram.Socket;
  readonly #ip: string;

  constructor(socket: dgram.Socket, listener: number, from: dgram.RemoteInfo) {
    this.#socket = socket;
    this.#ip = from.address;
    this.client = { ip: remoteIp(from.address), port: from.port };
    this.key = `${listener} ${from.address} ${from.port}`;
  }

  send(message: Buffer): void {
    if (this.#socket.getSendQueueSize() < socketBufferOctets)
      this.#socket.send(message, this.client.port, this.#ip, ignore);
  }
}

class TcpStream implements Stream {
  readonly #socket: net.Socket;
  readonly #bufferedOctets: number;
  readonly #dropped: () => void;
  #isCorked = false;

  constructor(socket: net.Socket, bufferedOctets: number, dropped: () => void) {
    this.#socket = socket;
    this.#bufferedOctets = bufferedOctets;
    this.#dropped = dropped;
  }

  write(message: Buffer): void {
    if (this.#socket.destroyed) return;
    if (this.#socket.writableLength > this.#bufferedOctets) {
      this.#dropped();
      return;
    }
    // What arrives in one turn of the event loop leaves with one call of the system.
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.#socket.cork();
      setImmediate(() => {
        this.#isCorked = false;
        this.#socket.uncork();
      });
    }
    this.#socket.write(message);
  }

  close(): void {
    this.#socket.destroy();
  }
}
