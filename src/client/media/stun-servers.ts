import type { IceServer } from '../../protocol/media.ts';

/**
 * For a direct path: only STUN, which tells a browser its own outer address. The deployment's TURN servers relay to its
 * media ports alone, so they are no way to another participant; but on UDP each of them answers STUN too (RFC 8656
 * section 5). Nobody else's servers are asked.
 */
export function stunServers(given: readonly IceServer[]): RTCIceServer[] {
  const urls = given.flatMap((server) => server.urls.flatMap(stunUrl));
  return urls.length > 0 ? [{ urls: [...new Set(urls)] }] : [];
}

function stunUrl(url: string): string[] {
  if (/^stuns?:/.test(url)) return [url];
  const [, address, transport = 'udp'] = /^turn:([^?]+)(?:\?transport=(\w+))?$/.exec(url) ?? [];
  return address && transport === 'udp' ? [`stun:${address}`] : [];
}
