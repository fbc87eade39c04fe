import { parseArgs } from 'node:util';

export const usage = `Looks whether meetings work from this machine, and what stands in the way.

  npm run doctor [-- --url https://meet.example.org] [options]

  --url <address>          the server; default: the one on this machine, by its configuration
  --config <file>          of the server on this machine; default as for npm start
  --fingerprint <sha256>   trust the certificate with this fingerprint
  --insecure               trust whatever certificate it has
  --json                   for machines
  --help                   this text

It ends with 0 when meetings work from here, with 1 when they do not, with 2 when that could not be found out.
`;

export interface Options {
  /** undefined: the server on this machine */
  url: URL | undefined;
  config: string | undefined;
  fingerprint: string | undefined;
  insecure: boolean;
  json: boolean;
  help: boolean;
}

/** @throws Error with a text for people */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      url: { type: 'string' },
      config: { type: 'string' },
      fingerprint: { type: 'string' },
      insecure: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    url: values.url === undefined ? undefined : parseUrl(values.url),
    config: values.config,
    fingerprint: values.fingerprint === undefined ? undefined : parseFingerprint(values.fingerprint),
    insecure: values.insecure,
    json: values.json,
    help: values.help,
  };
}

function parseUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`);
  } catch {
    throw new Error(`--url: ${text} is no address; it looks like https://meet.example.org`);
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new Error(`--url: ${url.protocol}// is not possible; it looks like https://meet.example.org`);
  return url;
}

function parseFingerprint(text: string): string {
  const digits = text.replace(/[^0-9a-fA-F]/g, '').toUpperCase();
  if (digits.length !== 64)
    throw new Error('--fingerprint: a SHA-256 fingerprint has 64 hexadecimal digits, with or without colons');
  return (digits.match(/../g) ?? []).join(':');
}
