import { isIPv4 } from 'node:net';
import { urlAt } from './ssdp.ts';
import { elements, parseXml, textOf, type XmlElement } from './xml.ts';

/** A service of an Internet Gateway Device that maps ports. */
export interface IgdService {
  type: string;
  /** of the device: 2 knows AddAnyPortMapping */
  version: 1 | 2;
  control: URL;
}

/** Best first. */
const services = [
  { type: 'urn:schemas-upnp-org:service:WANIPConnection:2', version: 2 },
  { type: 'urn:schemas-upnp-org:service:WANIPConnection:1', version: 1 },
  { type: 'urn:schemas-upnp-org:service:WANPPPConnection:1', version: 1 },
] as const;
/** A router with several lines has several; more than this is nonsense. */
const mostServices = 6;

/** @param at where the description came from: everything it names must be there too @throws Error on what is no XML */
export function readDescription(text: string, at: URL): IgdService[] {
  const root = parseXml(text);
  const base = urlAt(textOf(root, 'urlbase') || at.href, at.hostname, at) ?? at;
  const offered = elements(root, 'service').map((element) => ({
    type: textOf(element, 'servicetype'),
    control: urlAt(textOf(element, 'controlurl') || '?', at.hostname, base),
  }));
  return services
    .flatMap(({ type, version }) =>
      offered.flatMap((one) =>
        one.type === type && one.control ? [{ type, version, control: one.control }] : [],
      ),
    )
    .slice(0, mostServices);
}

/** A SOAP request; the order of the arguments matters to some routers. */
export function soapBody(
  type: string,
  action: string,
  values: readonly (readonly [string, string])[],
): string {
  const inner = values.map(([name, value]) => `<${name}>${escaped(value)}</${name}>`).join('');
  return (
    '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" ' +
    's:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>' +
    `<u:${action} xmlns:u="${type}">${inner}</u:${action}></s:Body></s:Envelope>`
  );
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export type SoapAnswer = { ok: true; values: XmlElement } | { ok: false; code: number; description: string };

/** @throws Error on what is no XML */
export function readSoap(text: string, action: string): SoapAnswer {
  const root = parseXml(text);
  const [answer] = elements(root, `${action}Response`.toLowerCase());
  if (answer) return { ok: true, values: answer };
  if (elements(root, 'fault').length === 0) throw new Error('neither an answer nor a fault');
  const code = Number(textOf(root, 'errorcode'));
  const description = textOf(root, 'errordescription')
    .replace(/[^\x20-\x7e]/g, '')
    .slice(0, 80);
  return { ok: false, code: Number.isInteger(code) ? code : 0, description };
}

export function portIn(values: XmlElement, name: string): number | undefined {
  const port = Number(textOf(values, name.toLowerCase()));
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}

export function addressIn(values: XmlElement, name: string): string | undefined {
  const address = textOf(values, name.toLowerCase());
  return isIPv4(address) && address !== '0.0.0.0' ? address : undefined;
}
