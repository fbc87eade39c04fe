import type { Clock } from '../../../base/clock.ts';
import { Epoch } from './epoch.ts';
import { type Grant, type Look, MappingError, type MappingGateway, type PortToMap } from './gateway.ts';
import { GatewaySocket } from './gateway-socket.ts';
import { addressRequest, mappingRequest, natPmpRefusal, readNatPmp } from './nat-pmp-messages.ts';

/** NAT Port Mapping Protocol, RFC 6886. */
export class NatPmp implements MappingGateway {
  readonly protocol = 'nat-pmp';
  readonly name = 'NAT-PMP';
  readonly #socket: GatewaySocket;
  readonly #epoch: Epoch;
  #restarted = false;

  /** @throws MappingError when the router does not speak it */
  static async open(gateway: string, clock: Clock): Promise<NatPmp> {
    const router = new NatPmp(await GatewaySocket.open(gateway), clock);
    try {
      await router.#address();
      return router;
    } catch (error) {
      router.close();
      throw error;
    }
  }

  private constructor(socket: GatewaySocket, clock: Clock) {
    this.#socket = socket;
    this.#epoch = new Epoch(clock);
  }

  get localAddress(): string {
    return this.#socket.localAddress;
  }

  async map(port: PortToMap, externalPort: number, lifetimeSeconds: number): Promise<Grant> {
    const request = mappingRequest(port.protocol, port.port, externalPort, lifetimeSeconds);
    const answer = await this.#ask(request, (its) => {
      if (its.operation !== port.protocol || its.internalPort !== port.port) return undefined;
      return its;
    });
    if (answer.externalPort === 0 || answer.lifetimeSeconds === 0)
      throw new MappingError('garbage', 'the router grants nothing (NAT-PMP)');
    return { externalPort: answer.externalPort, lifetimeSeconds: answer.lifetimeSeconds };
  }

  async unmap(port: PortToMap): Promise<void> {
    const request = mappingRequest(port.protocol, port.port, 0, 0);
    await this.#ask(request, (its) =>
      its.operation === port.protocol && its.internalPort === port.port ? its : undefined,
    );
  }

  async look(): Promise<Look> {
    const externalAddress = await this.#address();
    const forgotten = this.#restarted;
    this.#restarted = false;
    return { externalAddress, forgotten };
  }

  close(): void {
    this.#socket.close();
  }

  async #address(): Promise<string | undefined> {
    const { address } = await this.#ask(addressRequest(), (its) =>
      its.operation === 'address' ? its : undefined,
    );
    return address === '0.0.0.0' ? undefined : address;
  }

  async #ask<T extends { result: number; epochSeconds: number }>(
    request: Buffer,
    accept: (answer: NonNullable<ReturnType<typeof readNatPmp>>) => T | undefined,
  ): Promise<T> {
    const answer = await this.#socket.ask(request, (octets) => {
      const read = readNatPmp(octets);
      return read && accept(read);
    });
    if (this.#epoch.hasRestarted(answer.epochSeconds)) this.#restarted = true;
    if (answer.result !== 0) throw new MappingError('refused', natPmpRefusal(answer.result));
    return answer;
  }
}
