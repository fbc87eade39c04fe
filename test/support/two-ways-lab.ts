import { type LabHost, NetworkLab } from './network-lab.ts';

/** The server's address in it, whichever way packets come. */
export const serverAddress = '10.9.9.1';

const networks = { wifi: 81, mobile: 82 } as const;
type Network = keyof typeof networks;

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
      for (const [host, name, network] of [
        [mover, 'wifi', networks.wifi],
        [mover, 'mobile', networks.mobile],
        [other, 'cable', 83],
      ] as const) {
        await lab.link(
          { host: server, name, address: `192.168.${network}.1/24` },
          { host, name, address: `192.168.${network}.2/24` },
        );
      }
      await other.run('ip', 'route', 'add', 'default', 'via', '192.168.83.1');
      const built = new TwoWaysLab(lab, server, mover, other);
      await built.leave('mobile');
      await built.enter('wifi');
      return built;
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

  /** Address and all, as a system does it. */
  async leave(network: Network): Promise<void> {
    await this.mover.run('ip', 'addr', 'flush', 'dev', network);
    await this.mover.run('ip', 'link', 'set', network, 'down');
  }

  async enter(network: Network): Promise<void> {
    const number = networks[network];
    await this.mover.run('ip', 'link', 'set', network, 'up');
    await this.mover.run('ip', 'addr', 'replace', `192.168.${number}.2/24`, 'dev', network);
    await this.mover.run('ip', 'route', 'replace', 'default', 'via', `192.168.${number}.1`);
  }

  close(): Promise<void> {
    return this.#lab.close();
  }
}
