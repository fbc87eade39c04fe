import type { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { backoffDelay } from '../../../base/backoff.ts';
import type { Clock } from '../../../base/clock.ts';
import { Lifecycle } from '../../../base/lifecycle.ts';
import type { Log } from '../../../base/log.ts';
import { remoteIp } from './addresses.ts';
import { noCounts, type TurnCounters } from './counters.ts';
import type { MediaPeer } from './media-peers.ts';
import type { TurnSettings } from './settings.ts';
import type { FromThread, ThreadStart, ToThread } from './thread-messages.ts';

/** Longest wait for the thread to say goodbye. */
const stopLimitMs = 2000;
/** Octets of one connection that the thread has not read yet; then its client waits. */
const unreadOctets = 256 * 1024;
const restarts = { firstMs: 200, highestMs: 30_000, jitter: 0 };

export interface EmbeddedTurnParts {
  settings: TurnSettings;
  secret: Uint8Array;
  listenAddresses: readonly string[];
  /** where media is received now */
  peers: () => readonly MediaPeer[];
  clock: Clock;
  log: Log;
}

interface Connection {
  socket: Socket;
  /** sent to the thread, not read by it yet */
  unread: number;
}

/**
 * The embedded TURN server as the rest of the server sees it. It runs in a thread of its own, so that relaying does not
 * delay signalling; a thread that dies is started again.
 */
export class EmbeddedTurn {
  /** What cannot be reached and why, in words. */
  readonly notes: string[] = [];
  readonly #parts: EmbeddedTurnParts;
  readonly #connections = new Map<number, Connection>();
  readonly #lifecycle = new Lifecycle<void>(() => this.#close());
  #thread: Worker | undefined;
  #port: number | undefined;
  #counters = noCounts();
  /** of threads that are gone: what is counted never falls */
  #before = noCounts();
  #slowClients = 0;
  #connectionId = 0;
  #deaths = 0;

  static async start(parts: EmbeddedTurnParts): Promise<EmbeddedTurn> {
    const turn = new EmbeddedTurn(parts);
    try {
      const problems = (await turn.#start(parts.settings.port)).map(inWords).join('; ');
      const advice = 'Change turn.port in the configuration or set PLENUM_TURN_PORT.';
      if (problems) turn.notes.push(`TURN: ${problems}. ${advice}`);
    } catch (error) {
      // Most people need no TURN; the thread is started again by itself.
      turn.notes.push(`TURN: it did not start: ${error instanceof Error ? error.message : String(error)}`);
    }
    return turn;
  }

  private constructor(parts: EmbeddedTurnParts) {
    this.#parts = parts;
  }

  /** For UDP and TCP; undefined while neither is open. */
  get port(): number | undefined {
    return this.#port;
  }

  get isRunning(): boolean {
    return this.#thread !== undefined;
  }

  stats(): TurnCounters {
    const total = sum(this.#before, this.#counters);
    if (this.#slowClients > 0) {
      total.quotaHits['slow-client'] = (total.quotaHits['slow-client'] ?? 0) + this.#slowClients;
    }
    return total;
  }

  /** To be called when workers or public addresses have changed. */
  refreshPeers(): void {
    this.#tell({ kind: 'peers', peers: this.#parts.peers() });
  }

  /** A connection to the HTTPS port whose first octets were STUN's, with or without TLS around it. */
  accept(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    const { remoteAddress, remotePort } = socket;
    if (!this.#thread || remoteAddress === undefined || remotePort === undefined) {
      socket.destroy();
      return;
    }
    const id = ++this.#connectionId;
    const connection: Connection = { socket, unread: 0 };
    this.#connections.set(id, connection);
    const client = { ip: remoteIp(remoteAddress), port: remotePort };
    this.#tell({ kind: 'open', id, client, transport: 'encrypted' in socket ? 'tls' : 'tcp' });
    socket.on('data', (chunk: Buffer) => {
      // A copy of its own, which then is moved: a chunk can be part of a larger buffer, and all of that would be copied.
      const bytes = new Uint8Array(chunk);
      connection.unread += bytes.length;
      if (connection.unread > unreadOctets) socket.pause();
      this.#tell({ kind: 'data', id, bytes }, [bytes.buffer]);
    });
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      if (this.#connections.delete(id)) this.#tell({ kind: 'close', id });
    });
  }

  close(): Promise<void> {
    return this.#lifecycle.close();
  }

  #start(port: number): Promise<readonly string[]> {
    const { settings, secret, listenAddresses, peers, log } = this.#parts;
    const { limits, allocationLifetimeSeconds } = settings;
    const workerData: ThreadStart = {
      secret,
      limits,
      allocationLifetimeSeconds,
      port,
      listenAddresses,
      peers: peers(),
    };
    const thread = new Worker(new URL('./thread.ts', import.meta.url), { workerData, name: 'turn' });
    this.#thread = thread;
    // Like other timers and workers here: it must not keep the process alive on its own.
    thread.unref();
    return new Promise((resolve, reject) => {
      thread.on('message', (message: FromThread) => {
        this.#received(message);
        if (message.kind === 'ready') resolve(message.problems);
      });
      thread.on('error', (error) => {
        log.error({ error }, 'TURN thread failed');
        reject(error);
      });
      thread.on('exit', () => {
        reject(new Error('the TURN thread ended'));
        this.#died(thread, port);
      });
    });
  }

  /** Allocations are gone with it; clients make new ones when they restart ICE. */
  #died(thread: Worker, port: number): void {
    if (this.#thread !== thread) return;
    this.#thread = undefined;
    for (const { socket } of this.#connections.values()) socket.destroy();
    this.#connections.clear();
    this.#before = sum(this.#before, { ...this.#counters, ...gone() });
    this.#counters = noCounts();
    if (!this.#lifecycle.isOpen) return;
    const wanted = this.#port ?? port;
    const delayMs = backoffDelay(restarts, this.#deaths++, 0);
    this.#parts.log.error({ delayMs }, 'TURN thread ended; starting it again');
    this.#parts.clock.after(delayMs, () => {
      if (!this.#lifecycle.isOpen) return;
      // Its failure has been logged, and ends here again.
      this.#start(wanted).catch(() => undefined);
    });
  }

  #received(message: FromThread): void {
    switch (message.kind) {
      case 'ready':
        this.#port = message.port;
        for (const problem of message.problems) this.#parts.log.warn({ problem }, 'TURN port not open');
        break;
      case 'counters':
        this.#counters = message.counters;
        break;
      case 'log':
        this.#parts.log[message.level](message.fields, message.message);
        break;
      case 'write':
        this.#write(this.#connections.get(message.id)?.socket, message.bytes);
        break;
      case 'taken':
        this.#taken(this.#connections.get(message.id), message.octets);
        break;
      case 'close': {
        const connection = this.#connections.get(message.id);
        this.#connections.delete(message.id);
        connection?.socket.destroy();
        break;
      }
      case 'stopped':
    }
  }

  #write(socket: Socket | undefined, bytes: Uint8Array): void {
    if (!socket || socket.destroyed) return;
    // Whole messages: dropping some is what a full line does with packets.
    if (socket.writableLength > this.#parts.settings.limits.bufferedBytes) this.#slowClients += 1;
    else socket.write(bytes);
  }

  #taken(connection: Connection | undefined, octets: number): void {
    if (!connection) return;
    connection.unread -= octets;
    if (connection.unread <= unreadOctets && connection.socket.isPaused()) connection.socket.resume();
  }

  #tell(message: ToThread, moved: ArrayBuffer[] = []): void {
    this.#thread?.postMessage(message, moved);
  }

  async #close(): Promise<void> {
    const thread = this.#thread;
    for (const { socket } of this.#connections.values()) socket.destroy();
    this.#connections.clear();
    if (!thread) return;
    const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
    thread.ref();
    this.#tell({ kind: 'stop' });
    const stopWaiting = this.#parts.clock.after(stopLimitMs, () => void thread.terminate());
    await ended;
    stopWaiting();
  }
}

function inWords(problem: string): string {
  return problem
    .replace('EADDRINUSE', 'taken by another program')
    .replace('EACCES', 'may not be opened by this user')
    .replace('EADDRNOTAVAIL', 'this machine does not have the address');
}

/** What was open in a thread that is gone. */
function gone(): Pick<TurnCounters, 'allocations' | 'connections'> {
  const { allocations, connections } = noCounts();
  return { allocations, connections };
}

function sum(one: TurnCounters, other: TurnCounters): TurnCounters {
  const total = structuredClone(one);
  for (const [name, value] of Object.entries(other) as [keyof TurnCounters, unknown][]) {
    if (typeof value === 'number') Object.assign(total, { [name]: (total[name] as number) + value });
    else {
      const into = total[name] as Record<string, number>;
      for (const [key, more] of Object.entries(value as Record<string, number>))
        into[key] = (into[key] ?? 0) + more;
    }
  }
  return total;
}
