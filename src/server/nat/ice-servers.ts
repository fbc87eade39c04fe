import { isIP, isIPv6 } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import type { IceServer } from '../../protocol/media.ts';
import type { ParticipantId } from '../../protocol/messages.ts';
import { isPrivateAddress } from './public-address.ts';
import { remoteIp } from './turn/addresses.ts';
import { makeCredential } from './turn/credentials.ts';
import type { TurnSettings } from './turn/settings.ts';

/** How a client came to us, read off its request. */
export interface Arrival {
  /** the Host header */
  host: string | undefined;
  /** the other end of the connection: the client, or a reverse proxy */
  peer: string | undefined;
  /** the client as trusted proxies tell it */
  client: string;
  /** TLS ended here, so that TURN over TLS can come the same way */
  secure: boolean;
}

export interface IceServersParts {
  settings: TurnSettings;
  secret: Uint8Array;
  /** the embedded server, as it is now */
  turn: { readonly isRunning: boolean; readonly port: number | undefined } | undefined;
  /** what the server is called or reached at from outside, best first: for clients that came through a proxy elsewhere */
  publicNames: () => readonly string[];
  clock: Clock;
}

/** STUN and TURN servers for clients: the embedded one at the address by which the client reached us, and configured ones. */
export class IceServers {
  readonly #parts: IceServersParts;

  constructor(parts: IceServersParts) {
    this.#parts = parts;
  }

  for(arrival: Arrival, participantId: ParticipantId): IceServer[] {
    const { settings, clock } = this.#parts;
    const expiresAt = clock.now() + settings.credentialLifetimeMinutes * 60_000;
    const urls = this.#embeddedUrls(arrival);
    const embedded =
      urls.length > 0 ? [{ urls, ...makeCredential(this.#parts.secret, participantId, expiresAt) }] : [];
    const external = settings.externalServers.map(
      ({ urls: theirs, secret, username, credential }): IceServer => {
        if (secret !== null) return { urls: theirs, ...makeCredential(secret, participantId, expiresAt) };
        return username !== null && credential !== null
          ? { urls: theirs, username, credential }
          : { urls: theirs };
      },
    );
    return [...embedded, ...external];
  }

  #embeddedUrls(arrival: Arrival): string[] {
    const { turn, settings, publicNames } = this.#parts;
    if (!turn?.isRunning) return [];
    const client = remoteIp(arrival.client);
    // On this machine nothing is in the way, and TURN does not listen on loopback.
    if (isLoopback(client)) return [];
    const reached = readHost(arrival.host);
    // A proxy on another machine has an address at which there is no TURN.
    const isDirect = arrival.secure && remoteIp(arrival.peer) === client;
    const isNear = isDirect || isLoopback(remoteIp(arrival.peer));
    const host =
      settings.publicName ??
      (isNear && reached && !isLoopback(reached.name) ? reached.name : publicNames()[0]);
    if (host === undefined) return [];
    const name = isIPv6(host) ? `[${host}]` : host;
    const urls = turn.port === undefined ? [] : [`turn:${name}:${turn.port}?transport=udp`];
    if (isDirect && reached) {
      // The port that the client has got through to already: without TLS for who does not trust the certificate, with TLS for
      // who sits behind a firewall that looks inside. A browser allocates at each of these, so there are no more of them.
      const port = reached.port ?? 443;
      urls.push(`turn:${name}:${port}?transport=tcp`, `turns:${name}:${port}?transport=tcp`);
    } else if (turn.port !== undefined) urls.push(`turn:${name}:${turn.port}?transport=tcp`);
    return urls;
  }
}

/**
 * A Host header is the client's own word, and only this client is told what comes of it. Still nothing but a name or an
 * address goes into a URL.
 */
export function readHost(header: string | undefined): { name: string; port: number | undefined } | undefined {
  const [, literal, name, digits] =
    /^(?:\[([\da-fA-F:.]{2,45})\]|([\w.-]{1,253}))(?::(\d{1,5}))?$/.exec(header ?? '') ?? [];
  if (literal !== undefined && !isIPv6(literal)) return undefined;
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  const host = literal ?? name;
  return host === undefined ? undefined : { name: host, port };
}

function isLoopback(host: string): boolean {
  if (isIP(host) === 0) return host === 'localhost' || host.endsWith('.localhost');
  return host === '::1' || host.startsWith('127.');
}

/** Names before addresses, and what everybody reaches before what only neighbours do. */
export function publicNamesFirst(names: readonly string[]): string[] {
  const rank = (name: string) => (isIP(name) === 0 ? 0 : isPrivateAddress(name) ? 2 : 1);
  return [...new Set(names)].sort((one, other) => rank(one) - rank(other));
}
