import { type LabHost, NetworkLab } from './network-lab.ts';

/** The server's address in it, whichever way packets come. */
export const serverAddress = '10.9.9.1';

/**
 * Somebody who can go to the server by two networks, one at a time, and somebody else who stays where they are.
 *
 *     mover 192.168.81.2 ── 192.168.81.1 ┐
 *     mover 192.168.82.2 ── 192.168.82.1 ┤ server 10.9.9.1
 *     other 192.168.83.2 ── 192.168.83.1 ┘
 */
export class TwoWaysLab {
  readonly server: LabHost;
  readonly mover: LabHost;
  readonly other: LabHost;
  readonly #lab: NetworkLab;

  static async build(): Promise<TwoWaysLab> {
    const lab = new NetworkLab();
    try {
      const [server, mover, other] = [
        await lab.host('server'),
        await lab.host('mover'),
        await lab.host('other'),
      ];
      await server.run('ip', 'addr', 'add', `${serverAddress}/32`, 'dev', 'lo');
      // As providers do: what comes with an address of another network is dropped.
      await server.run('sysctl', '-qw', 'net.ipv4.conf.all.rp_filter=1');
      for (const [host, name, network] of [
        [mover, 'wifi', 81],
        [mover, 'mobile', 82],
        [other, 'cable', 83],
      ] as const) {
        await lab.link(
          { host: server, name, address: `192.168.${network}.1/24` },
          { host, name, address: `192.168.${network}.2/24` },
        );
      }
      await other.run('ip', 'route', 'add', 'default', 'via', '192.168.83.1');
      await mover.run('ip', 'link', 'set', 'mobile', 'down');
      await mover.run('ip', 'route', 'add', 'default', 'via', '192.168.81.1');
      return new TwoWaysLab(lab, server, mover, other);
    } catch (error) {
      await lab.close();
      throw error;
    }
  }

  private constructor(lab: NetworkLab, server: LabHost, mover: LabHost, other: LabHost) {
    this.#lab = lab;
    this.server = server;
    this.mover = mover;
    this.other = other;
  }

  async leave(network: 'wifi' | 'mobile'): Promise<void> {
    await this.mover.run('ip', 'link', 'set', network, 'down');
  }

  async enter(network: 'wifi' | 'mobile'): Promise<void> {
    await this.mover.run('ip', 'link', 'set', network, 'up');
    const gateway = network === 'wifi' ? '192.168.81.1' : '192.168.82.1';
    await this.mover.run('ip', 'route', 'replace', 'default', 'via', gateway);
  }

  close(): Promise<void> {
    return this.#lab.close();
  }
}
