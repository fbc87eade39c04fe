import { createHmac } from 'node:crypto';
import type { Clock } from '../../../base/clock.ts';
import { Epoch } from './epoch.ts';
import { type Grant, type Look, MappingError, type MappingGateway, type PortToMap } from './gateway.ts';
import { GatewaySocket } from './gateway-socket.ts';
import { mapRequest, nonceOctets, type PcpMapping, pcpRefusal, readPcpMapping } from './pcp-messages.ts';

export interface PcpParts {
  gateway: string;
  /** Nonces come from it: only who knows a mapping's nonce may change it, and after a crash that is still us. */
  key: Uint8Array;
  clock: Clock;
}

/** Port Control Protocol, RFC 6887, for IPv4: the MAP opcode. */
export class Pcp implements MappingGateway {
  readonly protocol = 'pcp';
  readonly name = 'PCP';
  readonly #socket: GatewaySocket;
  readonly #key: Uint8Array;
  readonly #epoch: Epoch;
  #restarted = false;
  #externalAddress: string | undefined;

  static async open({ gateway, key, clock }: PcpParts): Promise<Pcp> {
    return new Pcp(await GatewaySocket.open(gateway), key, clock);
  }

  private constructor(socket: GatewaySocket, key: Uint8Array, clock: Clock) {
    this.#socket = socket;
    this.#key = key;
    this.#epoch = new Epoch(clock);
  }

  get localAddress(): string {
    return this.#socket.localAddress;
  }

  async map(port: PortToMap, externalPort: number, lifetimeSeconds: number): Promise<Grant> {
    const answer = await this.#map(port, externalPort, lifetimeSeconds);
    if (answer.externalPort === 0 || answer.lifetimeSeconds === 0)
      throw new MappingError('garbage', 'the router grants nothing (PCP)');
    this.#externalAddress = answer.externalAddress;
    return { externalPort: answer.externalPort, lifetimeSeconds: answer.lifetimeSeconds };
  }

  async unmap(port: PortToMap): Promise<void> {
    await this.#map(port, 0, 0);
  }

  /** There is no question for the address alone: it comes with every mapping, also with one that is only prolonged. */
  async look(known?: { port: PortToMap; externalPort: number; lifetimeSeconds: number }): Promise<Look> {
    if (known) await this.map(known.port, known.externalPort, known.lifetimeSeconds);
    const forgotten = this.#restarted;
    this.#restarted = false;
    return { externalAddress: this.#externalAddress, forgotten };
  }

  close(): void {
    this.#socket.close();
  }

  async #map(
    { protocol, port: internalPort }: PortToMap,
    externalPort: number,
    lifetimeSeconds: number,
  ): Promise<PcpMapping> {
    const nonce = createHmac('sha256', this.#key)
      .update(`${protocol} ${internalPort}`)
      .digest()
      .subarray(0, nonceOctets);
    const clientAddress = this.localAddress;
    const ask = { clientAddress, nonce, protocol, internalPort, externalPort, lifetimeSeconds };
    const answer = await this.#socket.ask(mapRequest(ask), (octets) => {
      const read = readPcpMapping(octets);
      if (read === 'other-version') throw new MappingError('refused', 'the router does not speak PCP');
      const isOurs =
        read?.nonce.equals(nonce) && read.protocol === protocol && read.internalPort === internalPort;
      return isOurs ? read : undefined;
    });
    if (this.#epoch.hasRestarted(answer.epochSeconds)) this.#restarted = true;
    if (answer.result !== 0) throw new MappingError('refused', pcpRefusal(answer.result));
    return answer;
  }
}
