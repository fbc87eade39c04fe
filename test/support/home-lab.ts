import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LabHost, NetworkLab } from './network-lab.ts';
import { type TempDir, tempDir } from './temp-dir.ts';
import { until } from './until.ts';

/**
 * A server at home: behind a router with NAT, and somebody on the other side of it.
 *
 *     home 192.168.50.10 ── router 192.168.50.1 | 11.22.33.2 ── internet 11.22.33.1
 *
 * The router is Debian's miniupnpd over nftables (it refuses outer addresses that are reserved for documentation).
 */
export class HomeLab {
  readonly home: LabHost;
  readonly router: LabHost;
  readonly internet: LabHost;
  readonly #lab: NetworkLab;
  readonly #directory: TempDir;
  #daemon: ChildProcess | undefined;

  static readonly possible: boolean =
    NetworkLab.possible && ['/usr/sbin/miniupnpd', '/usr/sbin/nft'].every((path) => existsSync(path));

  static readonly homeAddress = '192.168.50.10';
  static readonly routerAddress = '192.168.50.1';
  static readonly outerAddress = '11.22.33.2';

  static async build(): Promise<HomeLab> {
    const lab = new NetworkLab();
    try {
      const [home, router, internet] = [
        await lab.host('home'),
        await lab.host('router'),
        await lab.host('inet'),
      ];
      await lab.link(
        { host: home, name: 'lan', address: `${HomeLab.homeAddress}/24` },
        { host: router, name: 'lan', address: `${HomeLab.routerAddress}/24` },
      );
      await lab.link(
        { host: router, name: 'wan', address: `${HomeLab.outerAddress}/24` },
        { host: internet, name: 'net', address: '11.22.33.1/24' },
      );
      await home.run('ip', 'route', 'add', 'default', 'via', HomeLab.routerAddress);
      await router.run('ip', 'route', 'add', 'default', 'via', '11.22.33.1');
      // The browser offers no address at all without a default route.
      await internet.run('ip', 'route', 'add', 'default', 'via', HomeLab.outerAddress);
      // As on the internet: nothing leads to somebody's home but through the translation of addresses.
      await internet.run('ip', 'route', 'add', 'blackhole', '192.168.0.0/16');
      await router.run('sysctl', '-qw', 'net.ipv4.ip_forward=1');
      return new HomeLab(lab, { home, router, internet }, await tempDir());
    } catch (error) {
      await lab.close();
      throw error;
    }
  }

  private constructor(
    lab: NetworkLab,
    hosts: Pick<HomeLab, 'home' | 'router' | 'internet'>,
    directory: TempDir,
  ) {
    this.#lab = lab;
    this.#directory = directory;
    this.home = hosts.home;
    this.router = hosts.router;
    this.internet = hosts.internet;
  }

  /** @param igd version of UPnP that it speaks; NAT-PMP and PCP it speaks always */
  async startRouter(igd: 1 | 2): Promise<void> {
    const at = (name: string) => join(this.#directory.path, name);
    await writeFile(at('nft'), firewall);
    await this.router.run('nft', '-f', at('nft'));
    await writeFile(at('leases'), '');
    const lines = [
      'ext_ifname=wan',
      'listening_ip=lan',
      'enable_natpmp=yes',
      'enable_upnp=yes',
      'secure_mode=yes',
      'uuid=7f4a2b10-5c3d-4e6f-8a9b-0c1d2e3f4a5b',
      'min_lifetime=120',
      'max_lifetime=86400',
      'notify_interval=30',
      `lease_file=${at('leases')}`,
      ...(igd === 1 ? ['force_igd_desc_v1=yes'] : []),
      'allow 1024-65535 192.168.50.0/24 1024-65535',
      'deny 0-65535 0.0.0.0/0 0-65535',
    ];
    await writeFile(at('conf'), `${lines.join('\n')}\n`);
    const [program = '', ...args] = this.router.command([
      '/usr/sbin/miniupnpd',
      '-d',
      '-f',
      at('conf'),
      '-P',
      at('pid'),
    ]);
    this.#daemon = spawn(program, args, { stdio: 'ignore' });
    await until('the router runs', () => readFile(at('pid'), 'utf8').catch(() => ''));
  }

  async stopRouter(): Promise<void> {
    const daemon = this.#daemon;
    this.#daemon = undefined;
    if (!daemon || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const gone = once(daemon, 'exit');
    daemon.kill('SIGTERM');
    await gone;
  }

  /** What is forwarded, as the kernel of the router knows it: `tcp 8443`. */
  async forwarded(): Promise<string[]> {
    const rules = await this.router.run('nft', 'list', 'chain', 'inet', 'filter', 'prerouting_miniupnpd');
    // Debian's nft does not know its own shorthand for the protocol of a rule that another program has made.
    const isTcp = /0x0*6 |tcp /;
    return rules
      .split('\n')
      .flatMap((rule) => {
        const port = /dport (\d+)/.exec(rule)?.[1];
        return port === undefined ? [] : [`${isTcp.test(rule) ? 'tcp' : 'udp'} ${port}`];
      })
      .sort();
  }

  async close(): Promise<void> {
    await this.stopRouter();
    await this.#lab.close();
    await this.#directory.remove();
  }
}

const firewall = `flush ruleset
table inet filter {
  chain forward { type filter hook forward priority 0; policy drop;
    ct state established,related accept
    iifname "lan" oifname "wan" accept
    jump miniupnpd
  }
  chain miniupnpd { }
  chain input { type filter hook input priority 0; policy accept; iifname "wan" ct state new drop; }
  chain prerouting { type nat hook prerouting priority -100; policy accept; jump prerouting_miniupnpd; }
  chain postrouting { type nat hook postrouting priority 100; policy accept; jump postrouting_miniupnpd; oifname "wan" masquerade; }
  chain prerouting_miniupnpd { }
  chain postrouting_miniupnpd { }
}
`;
