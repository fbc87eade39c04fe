// time limit: 240 s
// network: own
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launchChromium, openPages, type PageOptions } from '../support/chromium.ts';
import { readMetrics } from '../support/metrics-page.ts';
import { type Plenum, startPlenum } from '../support/plenum.ts';
import { until } from '../support/until.ts';

/** The page /check and the lobby's look at the network, in a real browser against a whole server. */
const test = suite('web check');

let plenum: Plenum;
let browser: Browser;
test.before(async () => {
  plenum = await startPlenum();
  // turns: wants a certificate that the browser trusts.
  browser = await launchChromium({ framesPerSecond: 5, switches: ['--ignore-certificate-errors'] });
});
test.after(async () => {
  await browser?.close();
  await plenum?.close();
});

async function openPage(options: PageOptions = {}): Promise<Page> {
  const [page] = await openPages(browser, 1, options);
  assert.ok(page);
  page.setDefaultTimeout(90_000);
  return page;
}

/** Name → state of every line. */
async function linesOf(page: Page): Promise<Record<string, string>> {
  const rows = await page
    .locator('.check-line')
    .evaluateAll((lines) =>
      lines.map((line) => [
        line.querySelector('.check-name')?.textContent ?? '',
        (line as HTMLElement).dataset.state ?? '',
      ]),
    );
  return Object.fromEntries(rows);
}

test('every way is tried; devices are asked for on a click only; the result can be copied', async () => {
  const page = await openPage({ bypassCsp: true });
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(`${plenum.url}/check`);
  await page.waitForSelector('.check-verdict[data-tone=good]');
  const lines = await linesOf(page);
  for (const name of [
    'Signalling (WebSocket)',
    'Media over UDP',
    'Media over TCP',
    'Relay (TURN) over UDP',
    'Relay (TURN) over TCP',
    'Relay (TURN) over TLS',
    'IPv4',
    'All media ports',
    'Browser',
    'Codecs',
  ])
    assert.is(lines[name], 'passed', `${name}: ${await page.innerText('main')}`);
  assert.equal([lines['IPv6'], lines['Camera'], lines['Microphone']], Array(3).fill('untested'));
  await page.click('text=Try the camera');
  await until('the camera was tried', async () => (await linesOf(page))['Camera'] === 'passed');

  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  assert.equal(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`),
    [],
  );

  await page.click('text=Copy as text');
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /^Meetings work from here\.$/m);
  assert.match(copied, /^Media over UDP: passed, connected in \d+ ms/m);
  assert.not.match(copied, /fake/i, 'no names of devices');
  await page.context().close();
});

/** As a firewall would do it: the server's UDP candidates lead nowhere. Runs in the page. */
function withoutUdp(): void {
  const Real = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Real {
    override setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
      const sdp = description.sdp?.replace(/^(a=candidate:\S+ \d udp \d+ \S+) \d+/gm, '$1 9');
      return super.setRemoteDescription({ ...description, ...(sdp ? { sdp } : {}) });
    }
  };
}

test('the lobby warns where UDP is blocked, and the join is counted by its way', async () => {
  const { invitationPath } = await plenum.createMeeting();
  const page = await openPage({ locale: 'de-DE' });
  await page.addInitScript(withoutUdp);
  await page.goto(plenum.url + invitationPath);
  await page.waitForSelector('.notice:has-text("Ihr Netz sperrt UDP")');
  await page.fill('input[name=name]', 'Ada');
  await page.click('.lobby-form button[type=submit]');
  await page.waitForSelector('.meeting');
  await until(
    'the join is counted',
    async () => {
      // host or prflx: that is the browser's to say.
      const names = [...(await readMetrics(plenum.metricsUrl)).keys()];
      return names.some((name) => /^plenum_join_paths_total\{.*protocol="tcp"\}$/.test(name));
    },
    { timeoutMs: 60_000 },
  );
  const metrics = await readMetrics(plenum.metricsUrl);
  assert.ok((metrics.get('plenum_checks_total{outcome="ok"}') ?? 0) >= 2);
  assert.is(metrics.get('plenum_checks'), 0, 'checks end with their pages');
  await page.context().close();
});

test.run();
