import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { type Transport, TurnProtocol, UdpTransport } from 'werift';
import { MeetingError } from '../../src/client/index.ts';
import type { TransportInfo } from '../../src/protocol/messages.ts';

const lifetimeSeconds = 600;

interface Relay {
  host: string;
  port: number;
  username: string;
  credential: string;
}

/**
 * A port of this machine behind which the server's media is reached through its TURN server, over UDP. libdatachannel would
 * use a relay only where no other way is open, and here there always is one.
 */
export class RelayShim {
  readonly #turn: TurnProtocol;
  readonly #socket: Socket;
  readonly #peer: readonly [string, number];
  #client: RemoteInfo | undefined;
  #closed = false;

  /** @throws MeetingError `media-failed` when the server has no relay for this client, or it refuses */
  static async open(info: TransportInfo): Promise<RelayShim> {
    const relay = relayOf(info);
    const target = info.iceCandidates.find(({ protocol }) => protocol === 'udp');
    if (!target) throw new MeetingError('media-failed', 'the server gave no UDP candidate');
    const peer = [target.address, target.port] as const;
    const transport = await UdpTransport.init('udp4');
    const socket = createSocket('udp4');
    try {
      const turn = new TurnProtocol(
        [relay.host, relay.port],
        relay.username,
        relay.credential,
        lifetimeSeconds,
        // Its types are not made for exactOptionalPropertyTypes.
        transport as Transport,
      );
      await turn.connectionMade();
      await new Promise<void>((bound) => socket.bind(0, '127.0.0.1', bound));
      const shim = new RelayShim(turn, socket, peer);
      await turn.getChannel([...peer]);
      return shim;
    } catch (error) {
      socket.close();
      void transport.close();
      throw new MeetingError('media-failed', `TURN: ${error instanceof Error ? error.message : error}`);
    }
  }

  private constructor(turn: TurnProtocol, socket: Socket, peer: readonly [string, number]) {
    this.#turn = turn;
    this.#socket = socket;
    this.#peer = peer;
    socket.on('message', (packet, from) => {
      this.#client = from;
      turn.sendData(packet, [...this.#peer]).catch(() => undefined);
    });
    socket.on('error', () => undefined);
    turn.onData.subscribe((packet) => {
      if (this.#client && !this.#closed) socket.send(packet, this.#client.port, this.#client.address);
    });
  }

  /** The same transport, reached through here. */
  redirected(info: TransportInfo): TransportInfo {
    const { port } = this.#socket.address();
    const iceCandidates = info.iceCandidates
      .filter(({ protocol }) => protocol === 'udp')
      .slice(0, 1)
      .map((candidate) => ({ ...candidate, address: '127.0.0.1', port }));
    return { ...info, iceCandidates };
  }

  close(): void {
    this.#closed = true;
    this.#socket.close();
    this.#turn.close().catch(() => undefined);
  }
}

function relayOf({ iceServers = [] }: TransportInfo): Relay {
  for (const { urls, username = '', credential = '' } of iceServers) {
    for (const url of urls) {
      const [, host = '', port = ''] = /^turn:([\d.]+):(\d+)\?transport=udp$/.exec(url) ?? [];
      if (host !== '') return { host, port: Number(port), username, credential };
    }
  }
  throw new MeetingError('media-failed', 'the server offers no TURN over UDP');
}
