// time limit: 240 s
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launchChromium } from '../support/chromium.ts';
import { MeetingPage } from '../support/meeting-page.ts';
import { NetworkLab } from '../support/network-lab.ts';
import { type PlenumProcess, startPlenumProcess } from '../support/plenum-process.ts';
import { until } from '../support/until.ts';

/**
 * Three browsers, each in another kind of network: one whose firewall lets no UDP out, one with IPv6 only, one behind a
 * router that translates addresses. (A network that lets only the HTTPS port out: test/browser/only-https.test.ts.)
 */
const test = suite('clients in other networks');
if (!NetworkLab.possible) console.log('not tested: needs root');
const check = NetworkLab.possible ? test : test.skip;

const [four, six, port] = ['10.79.0.1', 'fd79::1', '8443'];
// Which of the ways that work a browser takes is its own choice, and a matter of moments; without UDP it is none of UDP's.
const clients = [
  { name: 'Ada', from: 'no-udp', url: `https://${four}:${port}`, path: /TCP, direct|relay over t/ },
  { name: 'Bob', from: 'only-six', url: `https://[${six}]:${port}`, path: /direct|relayed/ },
  { name: 'Eve', from: 'behind-nat', url: `https://${four}:${port}`, path: /direct|relayed/ },
] as const;

let lab: NetworkLab | undefined;
let plenum: PlenumProcess | undefined;
let browsers: Browser[] = [];

test.before(async () => {
  if (!NetworkLab.possible) return;
  lab = new NetworkLab();
  const [server, noUdp, onlySix, router, behind] = [
    await lab.host('server'),
    await lab.host('no-udp'),
    await lab.host('only-six'),
    await lab.host('router'),
    await lab.host('behind-nat'),
  ];
  await server.run('ip', 'link', 'add', 'lan0', 'type', 'bridge');
  await server.run('ip', 'addr', 'add', `${four}/24`, 'dev', 'lan0');
  await server.run('ip', 'addr', 'add', `${six}/64`, 'dev', 'lan0', 'nodad');
  await server.run('ip', 'link', 'set', 'lan0', 'up');
  for (const [index, host] of [noUdp, onlySix, router].entries()) {
    await lab.link({ host: server, name: `to${index}` }, { host, name: 'cable' });
    await server.run('ip', 'link', 'set', `to${index}`, 'master', 'lan0');
  }
  await noUdp.run('ip', 'addr', 'add', '10.79.0.11/24', 'dev', 'cable');
  await noUdp.run('ip', 'route', 'add', 'default', 'via', four);
  const out =
    'chain out { type filter hook output priority 0; policy accept; oifname cable meta l4proto udp drop; }';
  await noUdp.run('nft', `table inet firewall { ${out}; }`);
  await onlySix.run('ip', 'addr', 'add', 'fd79::12/64', 'dev', 'cable', 'nodad');
  await onlySix.run('ip', 'route', 'add', 'default', 'via', six);
  await router.run('ip', 'addr', 'add', '10.79.0.13/24', 'dev', 'cable');
  await lab.link(
    { host: router, name: 'inside', address: '192.168.79.1/24' },
    { host: behind, name: 'cable', address: '192.168.79.2/24' },
  );
  await behind.run('ip', 'route', 'add', 'default', 'via', '192.168.79.1');
  await router.run('sysctl', '-qw', 'net.ipv4.ip_forward=1');
  const nat =
    'chain post { type nat hook postrouting priority 100; policy accept; oifname cable masquerade; }';
  await router.run('nft', `table ip router { ${nat}; }`);
  plenum = await startPlenumProcess(
    {
      PLENUM_HTTP_LISTEN_ADDRESS: '::',
      PLENUM_HTTP_PORT: port,
      PLENUM_MEDIA_LISTEN_ADDRESSES: '',
    },
    server,
  );
  browsers = await Promise.all([noUdp, onlySix, behind].map((host) => launchChromium({ host })));
});
test.after(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await plenum?.remove();
  await lab?.close();
});

check('without UDP, with IPv6 only and behind a NAT: all see and hear each other', async () => {
  const people = await Promise.all(
    clients.map(({ name }, index) => MeetingPage.open(browsers[index] as Browser, name)),
  );
  const { invitation } = (await people[0]?.startMeeting(clients[0].url, 'Council')) ?? { invitation: '' };
  for (const [index, { url }] of clients.entries())
    if (index > 0) await people[index]?.followLink(invitation.replace(clients[0].url, url));
  await MeetingPage.untilAllFlow(people);
  for (const [index, { from, path }] of clients.entries()) {
    const page = people[index]?.page;
    await page?.keyboard.press('q');
    await until(`the path of ${from} is shown`, async () => {
      const shown = (await page?.locator('.statistics .numbers').first().innerText()) ?? '';
      if (!path.test(shown)) throw new Error(shown);
      return true;
    });
  }
  for (const { complaints } of people) assert.equal(complaints, []);
});

test.run();
