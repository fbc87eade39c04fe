// quick
// time limit: 180 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { HomeLab } from '../support/home-lab.ts';
import { type PlenumProcess, startPlenumProcess } from '../support/plenum-process.ts';

/** A server at home, a real router, and somebody on the internet. Needs root and Debian's miniupnpd. */
const test = suite('home router');
if (!HomeLab.possible) console.log('not tested: needs root, miniupnpd and nft');
const check = HomeLab.possible ? test : test.skip;

const { homeAddress, outerAddress } = HomeLab;
const mapped = ['tcp 44400', 'tcp 8443', 'udp 44400'];

function startAtHome(lab: HomeLab, environment: Record<string, string> = {}): Promise<PlenumProcess> {
  return startPlenumProcess(
    {
      PLENUM_HTTP_LISTEN_ADDRESS: '0.0.0.0',
      PLENUM_HTTP_PORT: '8443',
      PLENUM_MEDIA_LISTEN_ADDRESSES: homeAddress,
      PLENUM_MEDIA_FIRST_PORT: '44400',
      PLENUM_NAT_PORT_MAPPING_MODE: 'auto',
      PLENUM_METRICS_PORT: '9464',
      ...environment,
    },
    lab.home,
  );
}

/** What of the server is reached from the internet. */
async function fromOutside(lab: HomeLab): Promise<string[]> {
  const probe = new URL('../support/outside-probe.ts', import.meta.url).pathname;
  // The certificate is self-signed, and made before the outer address was known.
  const line = ['env', 'NODE_TLS_REJECT_UNAUTHORIZED=0', process.execPath, '--no-warnings', probe];
  const printed = await lab.internet.run(...line, `https://${outerAddress}:8443`, outerAddress);
  return printed.trim().split('\n').sort();
}

for (const [name, protocol, igd] of [
  ['PCP', 'pcp', 2],
  ['NAT-PMP', 'nat-pmp', 2],
  ['UPnP IGD 1', 'upnp', 1],
  ['UPnP IGD 2', 'upnp', 2],
] as const) {
  check(`${name}: mapped while the server runs, reached from the internet, gone afterwards`, async () => {
    const lab = await HomeLab.build();
    try {
      await lab.startRouter(igd);
      const plenum = await startAtHome(lab, { PLENUM_NAT_PORT_MAPPING_PROTOCOLS: protocol });
      try {
        assert.equal(await lab.forwarded(), mapped, plenum.output());
        assert.match(
          plenum.output(),
          new RegExp(`"address":"${outerAddress}","how":"the router's, by ${name}"`),
        );
        assert.equal(await fromOutside(lab), [
          `tcp ${outerAddress} 44400 answers`,
          `udp ${outerAddress} 44400 answers`,
        ]);
        const show = `fetch('http://127.0.0.1:9464/metrics').then((its) => its.text()).then(console.log)`;
        const metrics = await lab.home.run(process.execPath, '-e', show);
        assert.match(
          metrics,
          new RegExp(`plenum_port_mapping_state\\{state="mapped",protocol="${protocol}"\\} 1`),
        );
        for (const port of ['purpose="https",protocol="tcp"', 'purpose="media",protocol="udp"'])
          assert.ok(metrics.includes(`plenum_port_mappings{${port},state="mapped"} 1`), port);
        const startedAt = performance.now();
        assert.is(await plenum.stop(), 0, plenum.output());
        console.log(`${name}: ended after ${Math.round(performance.now() - startedAt)} ms`);
        assert.equal(await lab.forwarded(), []);
      } finally {
        await plenum.remove();
      }
    } finally {
      await lab.close();
    }
  });
}

check('after a crash the same ports are ours again', async () => {
  const lab = await HomeLab.build();
  let plenum: PlenumProcess | undefined;
  const secret = { PLENUM_ACCOUNTS_JOIN_TOKEN_SECRET: 'Kuh8-eiw2-Roh3-zae9-Cho4-aqu7-Lei5-thi0' };
  try {
    plenum = await startAtHome(lab, { ...secret, PLENUM_NAT_CHECK_INTERVAL_SECONDS: '1' });
    assert.match(plenum.output(), /Port mapping: the router 192\.168\.50\.1 maps no ports \(PCP: nothing/);
    await plenum.remove();
    await lab.startRouter(2);
    plenum = await startAtHome(lab, secret);
    assert.equal(await lab.forwarded(), mapped);
    await plenum.stop('SIGKILL');
    await plenum.remove();
    assert.equal(await lab.forwarded(), mapped);
    plenum = await startAtHome(lab, { ...secret, PLENUM_NAT_PORT_MAPPING_PROTOCOLS: 'pcp' });
    assert.match(plenum.output(), /the router's, by PCP/);
    await plenum.stop();
    assert.equal(await lab.forwarded(), []);
  } finally {
    await plenum?.remove();
    await lab.close();
  }
});

test.run();
