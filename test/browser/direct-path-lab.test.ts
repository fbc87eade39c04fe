// heavy
// time limit: 240 s
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launchChromium } from '../support/chromium.ts';
import { MeetingPage } from '../support/meeting-page.ts';
import { type LabHost, NetworkLab } from '../support/network-lab.ts';
import { type PlenumProcess, startPlenumProcess } from '../support/plenum-process.ts';

/**
 * Two hosts that reach each other through the server's host, which can forbid it:
 *
 *     ada 192.168.91.2 ── 192.168.91.1 ┐
 *     bob 192.168.92.2 ── 192.168.92.1 ┘ server 10.9.8.1
 */
const test = suite('direct path between two hosts');

const serverAddress = '10.9.8.1';
let lab: NetworkLab;
let server: LabHost;
let plenum: PlenumProcess;
const browsers: Browser[] = [];

async function person(name: string, network: number): Promise<MeetingPage> {
  const host = await lab.host(name.toLowerCase());
  const address = `192.168.${network}.1`;
  await lab.link(
    { host: server, name: `to-${network}`, address: `${address}/24` },
    { host, name: 'cable', address: `192.168.${network}.2/24` },
  );
  await host.run('ip', 'route', 'add', 'default', 'via', address);
  const switches = ['--disable-features=WebRtcHideLocalIpsWithMdns'];
  const browser = await launchChromium({ host, switches });
  browsers.push(browser);
  return MeetingPage.open(browser, name);
}

/** Whether the hosts reach each other; they always reach the server. */
async function forward(open: boolean): Promise<void> {
  await server.run('sh', '-c', `echo ${open ? 1 : 0} > /proc/sys/net/ipv4/ip_forward`);
}

test.before(async () => {
  if (!NetworkLab.possible) return;
  lab = new NetworkLab();
  server = await lab.host('server');
  await server.run('ip', 'addr', 'add', `${serverAddress}/32`, 'dev', 'lo');
  await forward(true);
  const environment = {
    PLENUM_HTTP_LISTEN_ADDRESS: serverAddress,
    PLENUM_MEDIA_LISTEN_ADDRESSES: serverAddress,
    PLENUM_ROOMS_P2P_MODE: 'auto',
    PLENUM_ROOMS_P2P_SETTLE_MS: '500',
    PLENUM_ROOMS_P2P_TRIAL_MS: '5000',
    PLENUM_ROOMS_P2P_FIRST_RETRY_MS: '500',
    PLENUM_ROOMS_P2P_LONGEST_RETRY_MS: '1000',
  };
  plenum = await startPlenumProcess(environment, server);
});
test.after(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await plenum?.remove();
  await lab?.close();
});

const check = NetworkLab.possible ? test : test.skip;
check(
  'a path that is there is found, one that is cut is given up, one that is not there does no harm',
  async () => {
    const people = [await person('Ada', 91), await person('Bob', 92)];
    const [ada, bob] = people as [MeetingPage, MeetingPage];
    const { invitation } = await ada.startMeeting(plenum.url, 'Council');
    await bob.followLink(invitation);
    await MeetingPage.untilAllFlow(people);
    await ada.page.keyboard.press('q');
    const says = (text: string) => ada.page.getByText(text).waitFor({ timeout: 60_000 });
    await says('directly to the other person');
    await MeetingPage.untilAllFlow(people);

    await forward(false);
    const cutAt = performance.now();
    await says('through the server');
    await MeetingPage.untilAllFlow(people);
    if (process.env['PLENUM_TEST_REPORT'])
      console.log(`cut: all flows again after ${Math.round(performance.now() - cutAt)} ms`);
    // Tried again and again in vain, with media where it was.
    await says('the networks allow no direct path');
    await MeetingPage.untilAllFlow(people);
    assert.equal([...ada.complaints, ...bob.complaints], []);
  },
);

test.run();
