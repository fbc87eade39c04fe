/**
 * `visit.ts <page> <metrics>`: opens the page in a headless Chromium, makes a meeting and joins it with the fake camera and
 * microphone; done when the server counts a participant who sends both.
 */
import { launchChromium, openPages } from '../test/support/chromium.ts';
import { until } from '../test/support/until.ts';

const [page = '', metrics = ''] = process.argv.slice(2);
const started = performance.now();
const took = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;

/** The sum over all series of one metric. */
async function metric(name: string, labels = ''): Promise<number> {
  const text = await (await fetch(metrics)).text();
  const lines = text
    .split('\n')
    .filter((line) => new RegExp(`^${name}[{ ]`).test(line) && line.includes(labels));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

const browser = await launchChromium();
try {
  const [tab] = await openPages(browser, 1);
  if (tab === undefined) throw new Error('no page');
  tab.on('pageerror', (error) => console.error(`page: ${error.message}`));
  await tab.goto(page);
  await tab.locator('input[name="meeting"]').fill('Fresh clone');
  await tab.locator('input[name="meeting"]').press('Enter');
  console.log(`browser: page opened       ${took()}`);
  await tab.locator('section.ready button[data-look="primary"][data-size="large"]').click();
  console.log(`browser: meeting made      ${took()}`);
  await tab.locator('input[name="name"]').fill('Ada');
  await tab.locator('input[name="name"]').press('Enter');
  await until('the server counts one participant', async () => (await metric('plenum_participants')) === 1);
  console.log(`browser: joined            ${took()}`);
  await until('camera and microphone arrive', async () => (await metric('plenum_producers')) >= 2);
  console.log(`browser: sending           ${took()}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await browser.close();
}
