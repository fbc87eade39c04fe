import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import process from 'node:process';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const prefix = 'plenum-lab-';

/** One host of a lab: a network namespace. */
export interface LabHost {
  readonly namespace: string;
  /** The command line that runs `command` on this host, for `spawn`. */
  command(command: readonly string[]): string[];
  /** Runs a command on this host to its end. @returns what it printed @throws when it fails */
  run(...command: string[]): Promise<string>;
}

export interface LinkEnd {
  host: LabHost;
  /** Name of the interface on that host, at most 15 letters. */
  name: string;
  /** With prefix length: 192.168.50.1/24. */
  address?: string;
}

/**
 * Hosts and cables for tests of routers and relays: network namespaces joined by veth pairs, with no way out.
 * Needs root. Removed by `close()`, at the latest when the process ends; what a killed one left, the next lab removes.
 */
export class NetworkLab {
  readonly #hosts: string[] = [];
  readonly #atExit = () => removeSync(this.#hosts);

  /** Whether this process may make namespaces: else such tests are skipped. */
  static readonly possible: boolean = process.getuid?.() === 0 && existsSync('/usr/sbin/ip');

  constructor() {
    removeSync(orphans());
    process.once('exit', this.#atExit);
  }

  /** @param name unique within the lab */
  async host(name: string): Promise<LabHost> {
    const namespace = `${prefix}${process.pid}-${name}`;
    await execute('ip', ['netns', 'add', namespace]);
    this.#hosts.push(namespace);
    const command = (line: readonly string[]) => ['ip', 'netns', 'exec', namespace, ...line];
    const run = async (...line: string[]) => {
      const [program = '', ...args] = command(line);
      return (await execute(program, args)).stdout;
    };
    await run('ip', 'link', 'set', 'lo', 'up');
    return { namespace, command, run };
  }

  /** A cable between two hosts. */
  async link(one: LinkEnd, other: LinkEnd): Promise<void> {
    const ends = ['name', one.name, 'netns', one.host.namespace, 'type', 'veth'];
    await execute('ip', ['link', 'add', ...ends, 'peer', 'name', other.name, 'netns', other.host.namespace]);
    for (const { host, name, address } of [one, other]) {
      // An IPv6 address of its own becomes valid after a second: to a browser the network has changed then, and it ends what it is loading.
      await host.run('ip', 'link', 'set', name, 'addrgenmode', 'none');
      if (address) await host.run('ip', 'addr', 'add', address, 'dev', name);
      await host.run('ip', 'link', 'set', name, 'up');
    }
  }

  /** Processes in the namespaces have to be ended before. */
  async close(): Promise<void> {
    for (let host = this.#hosts.pop(); host; host = this.#hosts.pop())
      await execute('ip', ['netns', 'del', host]);
    process.off('exit', this.#atExit);
  }
}

function removeSync(namespaces: readonly string[]): void {
  for (const namespace of namespaces) {
    try {
      execFileSync('ip', ['netns', 'del', namespace], { stdio: 'ignore' });
    } catch {
      // Somebody else was faster.
    }
  }
}

function orphans(): string[] {
  const present = existsSync('/run/netns') ? readdirSync('/run/netns') : [];
  return present.filter((name) => {
    const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    return pid !== undefined && !existsSync(`/proc/${pid}`);
  });
}
