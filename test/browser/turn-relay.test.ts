// heavy
// time limit: 180 s
// network: own
import type { Browser, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sdkBundle } from '../client/sdk-bundle.ts';
import { launchChromium, openPages } from '../support/chromium.ts';
import { type Plenum, startPlenum } from '../support/plenum.ts';
import { until } from '../support/until.ts';

/** The SDK in Chromium against a whole server, on networks that let nothing through but one way to TURN. */
const test = suite('media through the embedded TURN server');

let plenum: Plenum;
let browser: Browser;
let code: string;

test.before(async () => {
  plenum = await startPlenum();
  // turns: wants a certificate that the browser trusts; a click on a warning does not count there, this switch does.
  [browser, code] = await Promise.all([
    launchChromium({ switches: ['--ignore-certificate-errors'] }),
    sdkBundle(),
  ]);
});
test.after(async () => {
  await browser?.close();
  await plenum?.close();
});

/** As a firewall would do it: of the ways to TURN there is only one. Runs in the page. */
function onlyWay(pattern: string): void {
  const Real = globalThis.RTCPeerConnection;
  const allowed = (servers: RTCIceServer[] = []) =>
    servers.map((server) => ({
      ...server,
      urls: [server.urls].flat().filter((url) => new RegExp(pattern).test(url)),
    }));
  globalThis.RTCPeerConnection = class extends Real {
    constructor(configuration: RTCConfiguration = {}) {
      super({ ...configuration, iceServers: allowed(configuration.iceServers) });
    }
    override setConfiguration(configuration: RTCConfiguration = {}): void {
      super.setConfiguration({ ...configuration, iceServers: allowed(configuration.iceServers) });
    }
  };
}

async function enter(name: string, way: string, link: string): Promise<Page> {
  const [page] = await openPages(browser, 1, { bypassCsp: true });
  if (!page) throw new Error('no page');
  await page.addInitScript(onlyWay, way);
  await page.goto(`${plenum.url}/health/live`);
  await page.addScriptTag({ type: 'module', content: code });
  await page.waitForFunction(() => 'sdk' in globalThis);
  await page.evaluate(
    async ([url = '', token = '', displayName = '']) => {
      globalThis.meeting = await sdk.joinMeeting({ url, token, displayName, iceTransportPolicy: 'relay' });
      meeting.on('track', ({ track: heard }) => {
        const player = new Audio();
        player.srcObject = new MediaStream([heard]);
        void player.play();
      });
      const capture = await navigator.mediaDevices.getUserMedia({ audio: true });
      const [track] = capture.getTracks();
      if (track) await meeting.publish('microphone', track);
    },
    [`${plenum.url.replace('https', 'wss')}/signal`, link.split('#')[1] ?? '', name],
  );
  return page;
}

const ways = [
  { relayProtocol: 'udp', url: '^turn:.*transport=udp$' },
  { relayProtocol: 'tcp', url: '^turn:.*transport=tcp$' },
  { relayProtocol: 'tls', url: '^turns:.*transport=tcp$' },
];

test('three people hear each other, over UDP, TCP and TLS on the HTTPS port', async () => {
  const { invitationPath } = await plenum.createMeeting();
  const pages = await Promise.all(
    ways.map(({ relayProtocol, url }) => enter(relayProtocol, url, invitationPath)),
  );
  for (const [index, page] of pages.entries()) {
    const { relayProtocol } = ways[index] ?? {};
    const stats = await until(
      `two voices arrive over ${relayProtocol}`,
      async () => {
        const now = await page.evaluate(() => meeting.stats());
        const heard = now.subscriptions.filter(({ audioEnergy = 0 }) => audioEnergy > 0.01);
        return heard.length === 2 ? now : undefined;
      },
      { timeoutMs: 60_000 },
    );
    for (const { route } of [stats.send, stats.receive].flatMap((transport) => transport ?? [])) {
      assert.is(route?.localType, 'relay');
      assert.is(route?.relayProtocol, relayProtocol);
      assert.is(route?.protocol, 'udp');
    }
  }
});

test.run();
