import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { MappingError } from './gateway.ts';

/** Where routers listen for PCP and NAT-PMP. */
const port = 5351;
/** ms to the next try each time; RFC 6886 goes on for a minute, but a router that is there answers within milliseconds. */
const tries = [250, 500, 1000];
/** Octets; RFC 6887 section 7. */
const longest = 1100;

/**
 * A UDP socket that is connected to the router: the kernel drops what comes from anybody else, and tells when nobody
 * listens there.
 */
export class GatewaySocket {
  readonly localAddress: string;
  readonly #socket: Socket;
  readonly #waiting = new Set<{ take(answer: Buffer): void; fail(error: MappingError): void }>();

  static async open(gateway: string): Promise<GatewaySocket> {
    const socket = createSocket('udp4');
    try {
      socket.connect(port, gateway);
      await once(socket, 'connect');
      return new GatewaySocket(socket);
    } catch (error) {
      socket.close();
      throw new MappingError('silent', `no way to the router: ${String(error)}`);
    }
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.localAddress = socket.address().address;
    socket.unref();
    socket.on('message', (answer) => {
      if (answer.length > longest) return;
      for (const one of [...this.#waiting]) one.take(answer);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'ECONNREFUSED' ? 'nothing on the router listens' : `the network failed: ${error.code}`;
      for (const one of [...this.#waiting]) one.fail(new MappingError('silent', why));
    });
  }

  /**
   * @param accept undefined: not the answer to this request, or none at all; wait for another
   * @throws MappingError
   */
  ask<T>(request: Uint8Array, accept: (answer: Buffer) => T | undefined): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    let timer: NodeJS.Timeout | undefined;
    let strange = 0;
    const waiting = {
      take: (answer: Buffer) => {
        try {
          const accepted = accept(answer);
          if (accepted === undefined) strange += 1;
          else resolve(accepted);
        } catch (error) {
          reject(error);
        }
      },
      fail: reject,
    };
    const send = (attempt: number) => {
      const delay = tries[attempt];
      if (delay === undefined) {
        const { kind, why } =
          strange > 0
            ? { kind: 'garbage' as const, why: 'the router answers what makes no sense' }
            : { kind: 'silent' as const, why: 'the router does not answer' };
        reject(new MappingError(kind, why));
        return;
      }
      try {
        this.#socket.send(request, () => undefined);
      } catch {
        reject(new MappingError('silent', 'closed'));
        return;
      }
      timer = setTimeout(() => send(attempt + 1), delay);
    };
    this.#waiting.add(waiting);
    send(0);
    return promise.finally(() => {
      clearTimeout(timer);
      this.#waiting.delete(waiting);
    });
  }

  close(): void {
    for (const one of [...this.#waiting]) one.fail(new MappingError('silent', 'closed'));
    try {
      this.#socket.close();
    } catch {
      // Twice.
    }
  }
}
