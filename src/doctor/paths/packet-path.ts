import { PathProblem } from '../../client/doctor/path-engine.ts';

/** Something that carries packets to one place and back. */
export interface PacketPath {
  send(packet: Buffer): void;
  /** Called with every packet from there; set once. */
  onPacket: (packet: Buffer) => void;
  /** Octets that wait here because the line does not take them: 0 where packets are just dropped. */
  readonly waitingOctets: number;
  /** What the socket told last. */
  readonly failure?: unknown;
  close(): void;
}

/** What a socket says, in our words. */
export function socketProblem(error: unknown): PathProblem {
  if (error instanceof PathProblem) return error;
  const { code = '', message = String(error) } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'EPIPE' || code === 'EACCES')
    return new PathProblem('refused', code, { cause: error });
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH' || code === 'EADDRNOTAVAIL' || code === 'EINVAL')
    return new PathProblem('unreachable', code, { cause: error });
  if (code === 'ETIMEDOUT') return new PathProblem('no-answer', code, { cause: error });
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new PathProblem('unreachable', code, { cause: error });
  if (/CERT|TLS|SSL|SELF_SIGNED|EPROTO/.test(code))
    return new PathProblem('tls-failed', message, { cause: error });
  return new PathProblem('internal', message, { cause: error });
}

/** @throws PathProblem `no-answer` after the time limit */
export async function within<T>(limitMs: number, work: Promise<T>, detail = ''): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new PathProblem('no-answer', detail)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
