import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export type Datagram = (request: Buffer) => Buffer | Buffer[] | undefined;
export type Page = (request: { action: string; body: string }, response: http.ServerResponse) => void;

export interface FakeRouterParts {
  /** Answers what comes to the port of PCP and NAT-PMP. */
  datagram?: Datagram;
  /** Answers the description (`action` is empty) and every SOAP call. */
  page?: Page;
  /** What it answers to a search; default: the address of its description. */
  ssdp?: (location: string) => string;
}

/** A router on 127.0.0.1 that says whatever a test wants it to say. Needs a network of its own for the fixed ports. */
export class FakeRouter {
  static readonly address = '127.0.0.1';
  readonly calls: string[] = [];
  readonly #sockets: Socket[] = [];
  #web: http.Server | undefined;

  static async start({ datagram, page, ssdp = ssdpAnswer }: FakeRouterParts): Promise<FakeRouter> {
    const router = new FakeRouter();
    if (datagram) await router.#answerDatagrams(datagram);
    if (page) {
      const location = await router.#serve(page);
      await router.#answerSearches(() => ssdp(location));
    }
    return router;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.close();
    this.#web?.closeAllConnections();
    this.#web?.close();
  }

  async #answerDatagrams(answer: Datagram): Promise<void> {
    const socket = createSocket('udp4').bind(5351, FakeRouter.address);
    this.#sockets.push(socket);
    await once(socket, 'listening');
    socket.on('message', (request, { address, port }) => {
      this.calls.push(`${request[0] === 2 ? 'PCP' : 'NAT-PMP'} ${request[1]}`);
      for (const datagram of [answer(request) ?? []].flat()) socket.send(datagram, port, address);
    });
  }

  async #answerSearches(answer: () => string): Promise<void> {
    const socket = createSocket({ type: 'udp4', reuseAddr: true }).bind(1900);
    this.#sockets.push(socket);
    await once(socket, 'listening');
    socket.addMembership('239.255.255.250', FakeRouter.address);
    socket.on('message', (_, { address, port }) => {
      // Not from the multicast socket: an answer has the router's own address.
      const own = createSocket('udp4').bind(0, FakeRouter.address, () =>
        own.send(answer(), port, address, () => own.close()),
      );
    });
  }

  async #serve(page: Page): Promise<string> {
    const web = http.createServer((request, response) => {
      const action = String(request.headers['soapaction'] ?? '').replace(/.*#|"/g, '');
      this.calls.push(action || `GET ${request.url}`);
      let body = '';
      request.on('data', (piece: Buffer) => {
        body += piece.toString();
      });
      request.on('end', () => page({ action, body }, response));
    });
    this.#web = web;
    await once(web.listen(0, FakeRouter.address), 'listening');
    return `http://${FakeRouter.address}:${(web.address() as AddressInfo).port}/root.xml`;
  }
}

export function ssdpAnswer(location: string): string {
  return `HTTP/1.1 200 OK\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\nLOCATION: ${location}\r\n\r\n`;
}

export function description(
  type = 'urn:schemas-upnp-org:service:WANIPConnection:1',
  control = '/control',
): string {
  return `<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device><deviceList><device><serviceList>
    <service><serviceType>urn:schemas-upnp-org:service:Layer3Forwarding:1</serviceType><controlURL>/l3</controlURL></service>
    <service><serviceType>${type}</serviceType><controlURL>${control}</controlURL></service>
    </serviceList></device></deviceList></device></root>`;
}

export function soapAnswer(action: string, values: Record<string, string> = {}): string {
  const inner = Object.entries(values).map(([name, value]) => `<${name}>${value}</${name}>`);
  return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><u:${action}Response xmlns:u="x">${inner.join('')}</u:${action}Response></s:Body></s:Envelope>`;
}

export function soapFault(code: number): string {
  return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail><UPnPError><errorCode>${code}</errorCode><errorDescription>because</errorDescription></UPnPError></detail></s:Fault></s:Body></s:Envelope>`;
}

/** A well-behaved UPnP 1 router; `faults` refuses an action with a code, while it answers one. */
export function upnpPages(
  address: () => string,
  faults: (action: string, body: string) => number | undefined = () => undefined,
): Page {
  return ({ action, body }, response) => {
    if (action === '') return void response.end(description());
    const fault = faults(action, body);
    if (fault !== undefined) return void response.writeHead(500).end(soapFault(fault));
    const values = action === 'GetExternalIPAddress' ? { NewExternalIPAddress: address() } : {};
    response.end(soapAnswer(action, values));
  };
}

/** A well-behaved NAT-PMP router. */
export function natPmp(address: () => string, epoch: () => number): Datagram {
  return (request) => {
    if (request[0] !== 0) return Buffer.from([0, 128 + (request[1] ?? 0), 0, 1, 0, 0, 0, 0]);
    const operation = request[1] ?? 0;
    const answer = Buffer.alloc(operation === 0 ? 12 : 16);
    answer[1] = 128 + operation;
    answer.writeUInt32BE(epoch(), 4);
    if (operation === 0) Buffer.from(address().split('.').map(Number)).copy(answer, 8);
    else request.copy(answer, 8, 4, 12);
    return answer;
  };
}

/** A well-behaved PCP router. */
export function pcp(address: () => string, epoch: () => number): Datagram {
  return (request) => {
    if (request[0] !== 2) return undefined;
    const answer = Buffer.from(request);
    answer[1] = 0x81;
    answer.fill(0, 8, 24);
    answer.writeUInt32BE(epoch(), 8);
    answer.fill(0, 44, 60).fill(0xff, 54, 56);
    Buffer.from(address().split('.').map(Number)).copy(answer, 56);
    return answer;
  };
}
