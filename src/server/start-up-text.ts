import { isIPv6 } from 'node:net';

export interface StartUp {
  securePort: number;
  loopbackPort: number | undefined;
  /** where HTTPS listens; 0.0.0.0 and :: mean all addresses */
  listenAddress: string;
  /** this machine's */
  addresses: readonly string[];
  names: readonly string[];
  certificate: { fingerprint: string; selfSigned: boolean };
  /** where the router lets HTTPS in */
  outerHttps?: { address: string; port: number } | undefined;
  /** addresses that media is told to come to, and how each is known */
  media: readonly { address: string; how: string }[];
  /** addresses that the certificate does not name */
  uncovered: readonly string[];
  notes: readonly string[];
}

/** Where to open Plenum, most useful first. */
export function addressesToOpen(start: StartUp): string[] {
  const everywhere = start.listenAddress === '0.0.0.0' || start.listenAddress === '::';
  const reachable = everywhere
    ? start.addresses.filter((address) => start.listenAddress === '::' || !isIPv6(address))
    : [start.listenAddress];
  const hosts = [...start.names, ...reachable].map((host) => (isIPv6(host) ? `[${host}]` : host));
  const secure = [...new Set(hosts)].map(
    (host) => `https://${host}${start.securePort === 443 ? '' : `:${start.securePort}`}/`,
  );
  return start.loopbackPort === undefined ? secure : [...secure, `http://localhost:${start.loopbackPort}/`];
}

function outerUrl({ address, port }: { address: string; port: number }): string {
  return `https://${address}${port === 443 ? '' : `:${port}`}/`;
}

/** What is said to whoever has started it. */
export function startUpText(start: StartUp): string {
  const lines = [
    '',
    'Plenum is running. Open:',
    ...addressesToOpen(start).map(
      (url) => `  ${url}${url.startsWith('http:') ? '  (this machine only)' : ''}`,
    ),
  ];
  if (start.outerHttps)
    lines.push(`  ${outerUrl(start.outerHttps)}  (from the internet, through the router)`);
  lines.push('Media comes to:', ...start.media.map(({ address, how }) => `  ${address}  (${how})`));
  if (start.certificate.selfSigned) {
    lines.push(
      'The certificate is self-signed: browsers warn once. Compare its fingerprint (SHA-256) before you go on:',
      `  ${start.certificate.fingerprint}`,
    );
  } else lines.push('Certificate fingerprint (SHA-256):', `  ${start.certificate.fingerprint}`);
  const notes = [...start.notes];
  if (start.uncovered.length > 0 && start.certificate.selfSigned) {
    notes.push(
      `The certificate does not name ${start.uncovered.join(', ')}: add what people use to http.tls.names to have it made anew.`,
    );
  }
  if (notes.length > 0)
    lines.push('Not reachable, or not as it could be:', ...notes.map((note) => `  ${note}`));
  return `${lines.join('\n')}\n\n`;
}
