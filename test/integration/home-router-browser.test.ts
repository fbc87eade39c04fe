// time limit: 240 s
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launchChromium } from '../support/chromium.ts';
import { writeTone } from '../support/fake-media.ts';
import { Hearing } from '../support/hearing.ts';
import { HomeLab } from '../support/home-lab.ts';
import { MeetingPage } from '../support/meeting-page.ts';
import { type PlenumProcess, startPlenumProcess } from '../support/plenum-process.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

/** A browser on the internet and one at home meet on a server at home. Needs root and Debian's miniupnpd. */
const test = suite('home router, in browsers');
if (!HomeLab.possible) console.log('not tested: needs root, miniupnpd and nft');
const check = HomeLab.possible ? test : test.skip;

const { homeAddress, outerAddress } = HomeLab;
const newAddress = '11.22.33.7';
let lab: HomeLab;
let directory: TempDir;
let plenum: PlenumProcess;
let browsers: Browser[] = [];
let ada: MeetingPage;
let bob: MeetingPage;

test.before(async () => {
  if (!HomeLab.possible) return;
  lab = await HomeLab.build();
  directory = await tempDir();
  await lab.startRouter(2);
  plenum = await startPlenumProcess(
    {
      PLENUM_HTTP_LISTEN_ADDRESS: '0.0.0.0',
      PLENUM_HTTP_PORT: '8443',
      PLENUM_MEDIA_LISTEN_ADDRESSES: homeAddress,
      PLENUM_MEDIA_FIRST_PORT: '44400',
      PLENUM_NAT_PORT_MAPPING_MODE: 'auto',
      PLENUM_NAT_PORT_MAPPING_PROTOCOLS: 'upnp',
      PLENUM_NAT_CHECK_INTERVAL_SECONDS: '1',
    },
    lab.home,
  );
  const microphone = await writeTone(directory.path, 440);
  browsers = await Promise.all([lab.internet, lab.home].map((host) => launchChromium({ host, microphone })));
});
test.after(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await plenum?.remove();
  await lab?.close();
  await directory?.remove();
});

check('they see and hear each other', async () => {
  ada = await MeetingPage.open(browsers[0] as Browser, 'Ada');
  bob = await MeetingPage.open(browsers[1] as Browser, 'Bob');
  const { invitation } = await bob.startMeeting(`https://${homeAddress}:8443`, 'Council');
  await ada.followLink(invitation.replace(homeAddress, outerAddress));
  await MeetingPage.untilAllFlow([ada, bob]);
});

check('the router gets another outer address: media finds it', async () => {
  const before = await ada.connections();
  const hearings = [new Hearing(ada, 'Bob'), new Hearing(bob, 'Ada')];
  const { router } = lab;
  // The old one stays for the page's own connection, as a name that is updated would do it; for media it is gone.
  await router.run(
    'nft',
    'add table ip gone; add chain ip gone pre { type filter hook prerouting priority raw; }',
  );
  await router.run('nft', `add rule ip gone pre iifname wan ip daddr ${outerAddress} th dport 44400 drop`);
  await router.run('sysctl', '-qw', 'net.ipv4.conf.wan.promote_secondaries=1');
  const changedAt = performance.now();
  await router.run('ip', 'addr', 'add', `${newAddress}/24`, 'dev', 'wan');
  await router.run('ip', 'addr', 'del', `${outerAddress}/24`, 'dev', 'wan');
  await router.run('ip', 'addr', 'add', `${outerAddress}/24`, 'dev', 'wan');
  await router.run('ip', 'route', 'replace', 'default', 'via', '11.22.33.1');
  await until('the server knows', () => /external address has changed/.test(plenum.output()));
  console.log(`the server knows after ${Math.round(performance.now() - changedAt)} ms`);
  await until(
    'both hear each other',
    () => hearings.every((hearing) => hearing.isBackSince(changedAt + 3000)),
    {
      timeoutMs: 40_000,
      everyMs: 100,
    },
  );
  for (const [index, hearing] of hearings.entries()) {
    const gap = await hearing.longestGap();
    console.log(`${index === 0 ? 'outside' : 'at home'}: silent for ${Math.round(gap.ms)} ms`);
  }
  await MeetingPage.untilAllFlow([ada, bob]);
  assert.equal(await ada.connections(), before, 'the same connections as before');
  assert.equal([...ada.complaints, ...bob.complaints], []);
});

check('and the mappings go with the server', async () => {
  assert.is(await plenum.stop(), 0, plenum.output());
  assert.equal(await lab.forwarded(), []);
});

test.run();
