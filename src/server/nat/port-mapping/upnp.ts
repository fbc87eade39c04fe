import { boundedHttp } from './bounded-http.ts';
import type { GatewayAddress } from './default-gateway.ts';
import { type Grant, type Look, MappingError, type MappingGateway, type PortToMap } from './gateway.ts';
import { addressIn, type IgdService, portIn, readDescription, readSoap, soapBody } from './igd-messages.ts';
import { searchSsdp } from './ssdp.ts';
import { textOf, type XmlElement } from './xml.ts';

/** UPnP error codes (WANIPConnection 2, section 2.5; Device Architecture, section 3.2.2). */
const noSuchEntry = 714;
const conflicts = new Set([718, 729]);
const onlyPermanent = 725;
/** Other external ports that are tried where the wanted one belongs to somebody else. */
const otherPorts = 4;

class SoapFault extends MappingError {
  readonly code: number;

  constructor(code: number, description: string) {
    super('refused', `the router refuses: error ${code}${description ? `, ${description}` : ''} (UPnP)`);
    this.code = code;
  }
}

/** UPnP Internet Gateway Device 1 and 2. */
export class Upnp implements MappingGateway {
  readonly protocol = 'upnp';
  readonly localAddress: string;
  readonly #service: IgdService;
  readonly #random: () => number;

  /** @throws MappingError when the router does not speak it */
  static async open({ address, localAddress }: GatewayAddress, random = Math.random): Promise<Upnp> {
    const descriptions = await searchSsdp(address, localAddress);
    let problem = new MappingError('silent', 'the router does not answer');
    for (const url of descriptions.slice(0, 3)) {
      try {
        return new Upnp(await connectedService(url, localAddress), localAddress, random);
      } catch (error) {
        problem = error instanceof MappingError ? error : new MappingError('garbage', String(error));
      }
    }
    throw problem;
  }

  private constructor(service: IgdService, localAddress: string, random: () => number) {
    this.#service = service;
    this.localAddress = localAddress;
    this.#random = random;
  }

  get name(): string {
    return `UPnP IGD ${this.#service.version}`;
  }

  async map(port: PortToMap, externalPort: number, lifetimeSeconds: number): Promise<Grant> {
    if (this.#service.version === 2) {
      // A router that has it may still refuse it; then the older call has to do.
      const any = await this.#add('AddAnyPortMapping', port, externalPort, lifetimeSeconds).catch(
        noneIfFault,
      );
      if (any) return any;
    }
    let wanted = externalPort;
    for (let tried = 0; ; tried += 1) {
      try {
        return await this.#add('AddPortMapping', port, wanted, lifetimeSeconds);
      } catch (error) {
        if (!(error instanceof SoapFault && conflicts.has(error.code)) || tried >= otherPorts) throw error;
        wanted = 20_000 + Math.floor(this.#random() * 40_000);
      }
    }
  }

  async unmap({ protocol }: PortToMap, externalPort: number): Promise<void> {
    await this.#call('DeletePortMapping', [
      ['NewRemoteHost', ''],
      ['NewExternalPort', String(externalPort)],
      ['NewProtocol', protocol.toUpperCase()],
    ]);
  }

  async look(known?: { port: PortToMap; externalPort: number }): Promise<Look> {
    const externalAddress = await externalAddressOf(this.#service, this.localAddress);
    return {
      externalAddress,
      forgotten: known ? await this.#hasForgotten(known.port, known.externalPort) : false,
    };
  }

  close(): void {
    // Nothing is open between two calls.
  }

  async #hasForgotten({ protocol }: PortToMap, externalPort: number): Promise<boolean> {
    try {
      const entry = await this.#call('GetSpecificPortMappingEntry', [
        ['NewRemoteHost', ''],
        ['NewExternalPort', String(externalPort)],
        ['NewProtocol', protocol.toUpperCase()],
      ]);
      const client = textOf(entry, 'newinternalclient');
      return client !== '' && client !== this.localAddress;
    } catch (error) {
      // Whatever else it complains of says nothing about the mapping.
      return error instanceof SoapFault && error.code === noSuchEntry;
    }
  }

  async #add(
    action: 'AddAnyPortMapping' | 'AddPortMapping',
    port: PortToMap,
    externalPort: number,
    lifetimeSeconds: number,
  ): Promise<Grant> {
    const add = async (lease: number): Promise<Grant> => {
      const answer = await this.#call(action, [
        ['NewRemoteHost', ''],
        ['NewExternalPort', String(externalPort)],
        ['NewProtocol', port.protocol.toUpperCase()],
        ['NewInternalPort', String(port.port)],
        ['NewInternalClient', this.localAddress],
        ['NewEnabled', '1'],
        ['NewPortMappingDescription', `Plenum ${port.purpose}`],
        ['NewLeaseDuration', String(lease)],
      ]);
      const granted = action === 'AddAnyPortMapping' ? portIn(answer, 'NewReservedPort') : externalPort;
      if (granted === undefined) throw new MappingError('garbage', 'the router names no port (UPnP)');
      return { externalPort: granted, lifetimeSeconds: lease };
    };
    try {
      return await add(lifetimeSeconds);
    } catch (error) {
      if (error instanceof SoapFault && error.code === onlyPermanent) return add(0);
      throw error;
    }
  }

  #call(action: string, values: readonly (readonly [string, string])[]): Promise<XmlElement> {
    return call(this.#service, this.localAddress, action, values);
  }
}

function noneIfFault(error: unknown): undefined {
  if (!(error instanceof SoapFault)) throw error;
}

/** Of a router with several lines, the one that is connected. */
async function connectedService(description: URL, localAddress: string): Promise<IgdService> {
  const { status, body } = await boundedHttp(description, { localAddress });
  if (status !== 200) throw new MappingError('garbage', `the router answers ${status} for its description`);
  let found: IgdService[];
  try {
    found = readDescription(body, description);
  } catch {
    throw new MappingError('garbage', 'the description of the router is no XML');
  }
  const [first] = found;
  if (!first) throw new MappingError('refused', 'the router maps no ports by UPnP');
  for (const service of found) {
    if (await externalAddressOf(service, localAddress).catch(() => undefined)) return service;
  }
  return first;
}

async function externalAddressOf(service: IgdService, localAddress: string): Promise<string | undefined> {
  return addressIn(await call(service, localAddress, 'GetExternalIPAddress', []), 'NewExternalIPAddress');
}

async function call(
  { type, control }: IgdService,
  localAddress: string,
  action: string,
  values: readonly (readonly [string, string])[],
): Promise<XmlElement> {
  const { body } = await boundedHttp(control, {
    localAddress,
    method: 'POST',
    headers: { 'Content-Type': 'text/xml; charset="utf-8"', SOAPAction: `"${type}#${action}"` },
    body: soapBody(type, action, values),
  });
  let answer: ReturnType<typeof readSoap>;
  try {
    answer = readSoap(body, action);
  } catch {
    throw new MappingError('garbage', 'the router answers what makes no sense (UPnP)');
  }
  if (!answer.ok) throw new SoapFault(answer.code, answer.description);
  return answer.values;
}
