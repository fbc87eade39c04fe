import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const group = '239.255.255.250';
const port = 1900;
/** ms to wait for answers; each question is repeated once, because datagrams get lost. */
const repeatAfterMs = 400;
const waitMs = 1500;
const mostAnswers = 64;

/** What routers with a WAN connection call themselves; some answer only to one of these. */
const targets = [
  'urn:schemas-upnp-org:device:InternetGatewayDevice:2',
  'urn:schemas-upnp-org:device:InternetGatewayDevice:1',
  'urn:schemas-upnp-org:service:WANIPConnection:2',
  'urn:schemas-upnp-org:service:WANIPConnection:1',
  'urn:schemas-upnp-org:service:WANPPPConnection:1',
];

/**
 * Looks for descriptions of the router by SSDP (UPnP Device Architecture 2.0, section 1.3).
 * @param from only answers of this host count, and only when they point to itself
 * @returns what to read, the first answer first; empty when nobody answered
 */
export async function searchSsdp(from: string, localAddress: string): Promise<URL[]> {
  const found = new Map<string, URL>();
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  let answers = 0;
  const first = Promise.withResolvers<void>();
  socket.on('error', () => first.resolve());
  socket.on('message', (message, { address }) => {
    answers += 1;
    if (answers > mostAnswers || address !== from) return;
    const location = readSsdp(message, address);
    if (!location) return;
    found.set(location.href, location);
    first.resolve();
  });
  try {
    socket.bind(0, localAddress);
    await once(socket, 'listening');
    socket.setMulticastInterface(localAddress);
    socket.setMulticastTTL(2);
    const ask = () => {
      for (const target of targets) socket.send(question(target), port, group, () => undefined);
    };
    ask();
    const again = setTimeout(ask, repeatAfterMs);
    const over = setTimeout(() => first.resolve(), waitMs);
    await first.promise;
    clearTimeout(again);
    clearTimeout(over);
    return [...found.values()];
  } catch {
    return [];
  } finally {
    socket.close();
  }
}

function question(target: string): Buffer {
  const lines = [
    'M-SEARCH * HTTP/1.1',
    `HOST: ${group}:${port}`,
    'MAN: "ssdp:discover"',
    'MX: 1',
    `ST: ${target}`,
    '',
    '',
  ];
  return Buffer.from(lines.join('\r\n'));
}

/** @param host who sent it @returns where its description is; undefined: no answer, or one that points to somebody else */
export function readSsdp(message: Uint8Array, host: string): URL | undefined {
  if (message.length > 2048) return undefined;
  const [status = '', ...lines] = Buffer.from(message).toString('latin1').split(/\r?\n/);
  if (!/^HTTP\/1\.[01] 200(\s|$)/.test(status)) return undefined;
  const location = lines.map((line) => /^location:\s*(\S+)\s*$/i.exec(line)?.[1]).find((value) => value);
  if (!location) return undefined;
  return urlAt(location, host);
}

/** @returns the URL when it is plain HTTP at this very host, as an address */
export function urlAt(text: string, host: string, base?: URL): URL | undefined {
  if (text.length > 1024 || !URL.canParse(text, base)) return undefined;
  const url = new URL(text, base);
  const isPlain = url.protocol === 'http:' && url.username === '' && url.password === '';
  return isPlain && url.hostname === host ? url : undefined;
}
