import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What waits in the UDP sockets of a group of processes, and what was thrown away there for want of room. */
export interface SocketQueues {
  /** octets of kernel memory that wait to be read (about twice the packets) */
  waitingOctets: number;
  /** datagrams since the sockets were opened */
  dropped: number;
}

/**
 * Tells where packets pile up: before the server or before the load clients. Without it a starved harness looks like a
 * slow server.
 */
export class SocketWatch {
  readonly #pids: readonly number[];
  #inodes = new Set<string>();

  constructor(pids: readonly number[]) {
    this.#pids = pids;
  }

  /** Looks up the processes' sockets again: those opened since are watched from now on. */
  refresh(): void {
    this.#inodes = new Set(this.#pids.flatMap(socketsOf));
  }

  read(): SocketQueues {
    const sum: SocketQueues = { waitingOctets: 0, dropped: 0 };
    for (const file of ['/proc/net/udp', '/proc/net/udp6']) {
      for (const { inode, waitingOctets, dropped } of readTable(file)) {
        if (!this.#inodes.has(inode)) continue;
        sum.waitingOctets += waitingOctets;
        sum.dropped += dropped;
      }
    }
    return sum;
  }
}

function socketsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))?.[1] ?? [];
      } catch {
        // Closed meanwhile.
        return [];
      }
    });
  } catch {
    // The process is gone, or another user's.
    return [];
  }
}

function* readTable(file: string): Generator<{ inode: string; waitingOctets: number; dropped: number }> {
  let text = '';
  try {
    text = readFileSync(file, 'latin1');
  } catch {
    // No IPv6 here.
  }
  for (const line of text.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    const [, , , , queues = '', , , , , inode = ''] = fields;
    if (inode === '') continue;
    // transmit:receive, in hexadecimal; the drops are the last field.
    const waitingOctets = Number.parseInt(queues.split(':')[1] ?? '0', 16);
    yield { inode, waitingOctets, dropped: Number(fields.at(-1)) };
  }
}
