import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import type { Line, LineFacts, LineReason, TellLine } from '../client/doctor/line.ts';
import { socketProblem, within } from './paths/packet-path.ts';

const limitMs = 8000;
const soonDays = 14;
const dayMs = 24 * 60 * 60 * 1000;

export interface Trust {
  /** Of the certificate that is trusted whoever signed it. */
  fingerprint: string | undefined;
  /** Any certificate will do: asked for, or the connection does not leave this machine. */
  anyCertificate: boolean;
}

export interface Reached {
  /** For further TLS connections to the same server. */
  tlsOptions: ConnectionOptions;
}

/** Name, TCP, TLS and certificate. @returns undefined when there is no way to the server */
export async function reachServer(url: URL, trust: Trust, tell: TellLine): Promise<Reached | undefined> {
  tell({ id: 'address', state: 'running', facts: {} });
  const host = url.hostname.replace(/^\[|\]$/g, '');
  let addresses: string[];
  try {
    addresses = (await lookup(host, { all: true })).map(({ address }) => address);
    tell({ id: 'address', state: 'passed', facts: isIP(host) ? {} : { detail: addresses.join(', ') } });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    tell({ id: 'address', state: 'failed', reason: 'name-unknown', facts: { detail } });
    tell({ id: 'certificate', state: 'untested', reason: 'not-reached', facts: {} });
    tell({ id: 'signalling', state: 'failed', reason: 'not-reached', facts: {} });
    return undefined;
  }
  if (url.protocol === 'http:') {
    tell({ id: 'certificate', state: 'untested', reason: 'not-offered', facts: { detail: 'http://' } });
    return { tlsOptions: {} };
  }
  tell({ id: 'certificate', state: 'running', facts: {} });
  try {
    const socket = await openTls(host, Number(url.port || 443));
    const { line, trusted } = judge(socket, trust);
    socket.destroy();
    tell(line);
    // What is said about the certificate is said; the other lines are worth knowing all the same.
    return { tlsOptions: trusted ? {} : { rejectUnauthorized: false } };
  } catch (error) {
    const { reason, detail } = socketProblem(error);
    tell({ id: 'certificate', state: 'failed', reason, facts: detail ? { detail } : {} });
    tell({ id: 'signalling', state: 'failed', reason: 'not-reached', facts: {} });
    return undefined;
  }
}

async function openTls(host: string, port: number): Promise<TLSSocket> {
  const servername = isIP(host) ? {} : { servername: host };
  const socket = connect({ host, port, ...servername, rejectUnauthorized: false });
  const opened = new Promise<TLSSocket>((resolve, reject) => {
    socket.once('secureConnect', () => resolve(socket));
    socket.on('error', reject);
  });
  try {
    return await within(limitMs, opened);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function judge(socket: TLSSocket, trust: Trust): { line: Line; trusted: boolean } {
  const id = 'certificate';
  const certificate = socket.getPeerX509Certificate();
  const days = certificate ? Math.floor((certificate.validToDate.getTime() - Date.now()) / dayMs) : 0;
  const fingerprint = certificate?.fingerprint256 ?? '';
  const facts: LineFacts = { days };
  if (socket.authorized && trust.fingerprint === undefined) {
    const soon = days < soonDays ? { reason: 'expires-soon' as const } : {};
    return { line: { id, state: 'passed', ...soon, facts }, trusted: true };
  }
  const known = trust.fingerprint === fingerprint;
  if (days >= 0 && (known || (trust.fingerprint === undefined && trust.anyCertificate)))
    return { line: { id, state: 'passed', reason: 'certificate-accepted', facts }, trusted: false };
  const reason = trust.fingerprint === undefined ? reasonOf(socket) : 'certificate-untrusted';
  return { line: { id, state: 'failed', reason, facts: { ...facts, detail: fingerprint } }, trusted: false };
}

/** By OpenSSL's names (verify(1)); Node gives an Error there for a name that does not match. */
function reasonOf(socket: TLSSocket): LineReason {
  const error: unknown = socket.authorizationError;
  const code = typeof error === 'string' ? error : String((error as { code?: unknown } | null)?.code ?? '');
  if (/SELF_SIGNED/.test(code)) return 'certificate-self-signed';
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return 'certificate-expired';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'certificate-other-name';
  return 'certificate-untrusted';
}
