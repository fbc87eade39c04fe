import http from 'node:http';
import { MappingError } from './gateway.ts';

/** From the first packet to the last octet. */
const limitMs = 3000;
/** Octets of a body; descriptions of real routers have some ten thousand. */
const mostOctets = 256 * 1024;

export interface HttpAnswer {
  status: number;
  body: string;
}

/**
 * One request to a router, that takes and waits for only so much. Redirects are not followed: they are how a page in the
 * router's name would send us elsewhere.
 * @throws MappingError
 */
export function boundedHttp(
  url: URL,
  options: {
    localAddress?: string;
    method?: 'GET' | 'POST';
    headers?: Record<string, string>;
    body?: string;
  },
): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const { localAddress, method = 'GET', headers = {}, body } = options;
  const request = http.request(url, {
    method,
    headers: {
      ...headers,
      Connection: 'close',
      ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }),
    },
    ...(localAddress ? { localAddress } : {}),
    agent: false,
    maxHeaderSize: 16 * 1024,
  });
  const fail = (kind: MappingError['kind'], why: string) => {
    reject(new MappingError(kind, why));
    request.destroy();
  };
  const timer = setTimeout(() => fail('silent', `the router took longer than ${limitMs / 1000} s`), limitMs);
  request.on('response', (response) => {
    const { statusCode: status = 0 } = response;
    if (status >= 300 && status < 400) return fail('garbage', 'the router redirects elsewhere');
    const pieces: Buffer[] = [];
    let octets = 0;
    response.on('data', (piece: Buffer) => {
      octets += piece.length;
      if (octets > mostOctets) fail('garbage', `the router answers more than ${mostOctets / 1024} kB`);
      else pieces.push(piece);
    });
    response.on('error', (error) => fail('garbage', `the router broke off: ${error.message}`));
    response.on('end', () => resolve({ status, body: Buffer.concat(pieces).toString('utf8') }));
  });
  request.on('error', (error: NodeJS.ErrnoException) => {
    const isGarbage = error.code?.startsWith('HPE_') === true;
    fail(isGarbage ? 'garbage' : 'silent', `the router cannot be asked: ${error.code ?? error.message}`);
  });
  request.end(body);
  return promise.finally(() => clearTimeout(timer));
}
