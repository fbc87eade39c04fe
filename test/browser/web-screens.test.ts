// time limit: 600 s
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launchChromium, openPages, type PageOptions } from '../support/chromium.ts';
import { serveWebGallery, type WebGallery } from '../support/web-gallery.ts';

/** Every screen of the web client: nothing for axe to find, nothing refused by the content security policy, nothing from elsewhere. */
const test = suite('web screens');

interface Screen {
  name: string;
  path: string;
  reach?: (page: Page) => Promise<void>;
}

const viewerToken = `x.${Buffer.from('{"role":"viewer"}').toString('base64url')}.y`;
const join = async (page: Page) => {
  await page.fill('input[name=name]', 'Erika Beispiel');
  await page.click('.lobby-form button[type=submit]');
  await page.waitForSelector('.meeting .tile, .meeting .alone, .end');
};
const joinAnd = (press: string) => async (page: Page) => {
  await join(page);
  await page.keyboard.press(press);
};
const openDataUse = async (page: Page) => {
  await join(page);
  await page.click('.bar [aria-haspopup]');
  await page.click('.popover .menu-item >> nth=-4');
  await page.waitForSelector('dialog .choice');
};
const screens: Screen[] = [
  { name: 'start', path: '/' },
  {
    name: 'start with mistakes and recent meetings',
    path: '/',
    reach: async (page) => {
      await page.evaluate(() =>
        localStorage.setItem(
          'plenum.recent',
          JSON.stringify([
            { roomId: 'r', name: 'Council', path: '/m/r#t', moderator: true, visitedAt: Date.now() },
          ]),
        ),
      );
      await page.reload();
      await page.click('form:nth-of-type(1) button[type=submit]');
      await page.fill('input[name=invitation]', 'nonsense');
      await page.press('input[name=invitation]', 'Enter');
      await page.waitForSelector('form:nth-of-type(2) [role=alert]');
    },
  },
  {
    name: 'meeting ready',
    path: '/',
    reach: async (page) => {
      await page.fill('input[name=meeting]', 'Council');
      await page.press('input[name=meeting]', 'Enter');
      await page.click('.ready summary');
    },
  },
  { name: 'language menu', path: '/', reach: (page) => page.click('.preferences button >> nth=0') },
  {
    name: 'lobby',
    path: '/m/r#t',
    reach: async (page) => void (await page.waitForSelector('[data-playing]')),
  },
  { name: 'lobby of a viewer', path: `/m/r#${viewerToken}` },
  {
    name: 'lobby of a device that saves data',
    path: '/m/r?save-data#t',
    reach: (page) => page.click('.lobby-devices:last-of-type summary'),
  },
  { name: 'alone', path: '/m/r?people=0#t', reach: join },
  { name: 'grid', path: '/m/r?people=8#t', reach: join },
  { name: 'shared screen and more people than fit', path: '/m/r?people=12&share#t', reach: join },
  { name: 'speaker view while reconnecting', path: '/m/r?people=4&reconnecting#t', reach: joinAnd('g') },
  { name: 'pages', path: '/m/r?people=60#t', reach: join },
  { name: 'paused videos', path: '/m/r?people=8&held&lines#t', reach: join },
  { name: 'paused screen and small tiles', path: '/m/r?people=8&share&held&lines#t', reach: join },
  { name: 'who is badly connected', path: '/m/r?people=6&lines&share#t', reach: joinAnd('p') },
  {
    name: 'advice',
    path: '/m/r?people=2&own=downlink-rate#t',
    reach: async (page) => {
      await join(page);
      await page.waitForSelector('.banner:has-text("250")');
    },
  },
  { name: 'data use', path: '/m/r?people=2&save-data#t', reach: openDataUse },
  {
    name: 'audio only',
    path: '/m/r?people=3&share#t',
    reach: async (page) => {
      await openDataUse(page);
      await page.click('.choice >> nth=-1');
      await page.keyboard.press('Escape');
      await page.keyboard.press('v');
      await page.waitForSelector('.toast-action');
    },
  },
  {
    name: 'statistics',
    path: '/m/r?people=3&held&lines#t',
    reach: async (page) => {
      await join(page);
      await page.keyboard.press('q');
      await page.waitForSelector('.statistics .chart canvas');
      await page.click('.person-details summary');
    },
  },
  { name: 'participants', path: '/m/r?people=12#t', reach: joinAnd('p') },
  { name: 'shortcuts', path: '/m/r?people=2#t', reach: joinAnd('?') },
  {
    name: 'settings',
    path: '/m/r?people=2#t',
    reach: async (page) => {
      await join(page);
      await page.click('.bar [aria-haspopup]');
      await page.click('.popover .menu-item >> nth=-2');
      await page.waitForSelector('dialog');
    },
  },
  {
    name: 'leaving',
    path: '/m/r?people=2#t',
    reach: async (page) => {
      await join(page);
      await page.click('.control[data-tone=danger]');
    },
  },
  { name: 'refused', path: '/m/r?refuse=token-expired#t', reach: join },
  { name: 'no connection', path: '/m/r?refuse=network#t', reach: join },
  { name: 'incomplete link', path: '/m/r' },
];

let gallery: WebGallery;
let browser: Browser;
let axe: string;
test.before(async () => {
  gallery = await serveWebGallery();
  browser = await launchChromium({ framesPerSecond: 5 });
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
});
test.after(async () => {
  await browser?.close();
  await gallery?.close();
});

const looks = [
  {
    name: 'light, desktop, English',
    colorScheme: 'light',
    size: { width: 1280, height: 800 },
    locale: 'en-GB',
  },
  { name: 'dark, phone, German', colorScheme: 'dark', size: { width: 390, height: 844 }, locale: 'de-DE' },
] as const;

// All at the same time: most of a screen's time is waiting for its pictures.
test('every screen: axe finds nothing, nothing sticks out, nothing is refused or comes from elsewhere', async () => {
  const [looked, loaded] = await Promise.all([Promise.all(looks.map(examine)), loadAll()]);
  assert.equal(looked.flat(), []);
  assert.equal(loaded, []);
});

async function examine(look: (typeof looks)[number]): Promise<string[]> {
  const found: string[] = [];
  const page = await openPage({ ...look, bypassCsp: true });
  for (const screen of screens) {
    await show(page, screen);
    await page.evaluate(axe);
    const results = await page.evaluate(() =>
      (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
    );
    for (const { id, help, nodes } of results.violations) {
      found.push(`${screen.name}: ${id} (${help}) ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
    }
    if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) {
      found.push(`${screen.name}: scrolls sideways`);
    }
    if (look.size.width < 600)
      found.push(...(await smallTargets(page)).map((target) => `${screen.name}: ${target}`));
  }
  await page.context().close();
  return found.map((one) => `${look.name}: ${one}`);
}

/** With the content security policy in force. */
async function loadAll(): Promise<string[]> {
  const complaints: string[] = [];
  const page = await openPage({});
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // Browsers ask for /favicon.ico by themselves; the gallery has none.
    const unwanted = message.type() === 'error' && !message.location().url.endsWith('favicon.ico');
    if (unwanted) complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(gallery.url)) complaints.push(request.url());
  });
  for (const screen of screens) await show(page, screen);
  await page.context().close();
  return complaints;
}

async function openPage(options: PageOptions): Promise<Page> {
  const [page] = await openPages(browser, 1, options);
  assert.ok(page);
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: options.colorScheme ?? 'light' });
  return page;
}

async function show(page: Page, screen: Screen): Promise<void> {
  // Else going to a page that differs only after the # would not load it anew.
  await page.goto('about:blank');
  await page.goto(gallery.url + screen.path);
  await screen.reach?.(page);
}

/** WCAG asks for 24 pixels, thumbs for 44. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [
      ...document.querySelectorAll<HTMLElement>(
        'button, a, input:not([type=checkbox]), select, summary, .switch',
      ),
    ]
      .filter((element) => element.checkVisibility() && element.getBoundingClientRect().width > 0)
      .map((element) => ({
        name: element.className || element.tagName,
        box: element.getBoundingClientRect(),
      }))
      .filter(({ box }) => box.width < 43.5 || box.height < 43.5)
      .map(({ name, box }) => `${name} is only ${Math.round(box.width)}x${Math.round(box.height)}`),
  );
}

test('by keyboard only: create a meeting, enter, mute, open and close, leave', async () => {
  const page = await openPage({});
  await show(page, { name: 'start', path: '/?people=2' });
  await page.keyboard.press('Tab');
  for (let step = 0; step < 8 && (await focused(page)) !== 'meeting'; step++)
    await page.keyboard.press('Tab');
  await page.keyboard.type('Council');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.ready');
  assert.is(await focused(page), 'Your meeting is ready', 'the focus goes to what is new');
  for (let step = 0; step < 12 && !(await focused(page)).startsWith('Enter the meeting'); step++)
    await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.lobby');
  assert.is(await focused(page), 'Ready to join?');
  for (let step = 0; step < 12 && (await focused(page)) !== 'name'; step++) await page.keyboard.press('Tab');
  await page.keyboard.type('Vera m v');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.meeting');
  await page.waitForSelector('.control:has-text("Mute")');
  await page.keyboard.press('m');
  await page.waitForSelector('.control:has-text("Unmute")');
  await page.keyboard.press('?');
  await page.waitForSelector('dialog[open]');
  await page.keyboard.press('m');
  assert.is(
    await page.locator('.control:has-text("Unmute")').count(),
    1,
    'no shortcuts while a dialog is open',
  );
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog', { state: 'detached' });
  await page.keyboard.press('p');
  await page.waitForSelector('.panel');
  assert.is(await focused(page), 'Participants (3)');
  await page.keyboard.press('Escape');
  await page.waitForSelector('.panel', { state: 'detached' });
  await page.keyboard.press('q');
  await page.waitForSelector('.statistics .numbers');
  assert.is(await focused(page), 'Connection statistics');
  await page.keyboard.press('Escape');
  await page.waitForSelector('.statistics', { state: 'detached' });
  await page.focus('.control[data-tone=danger]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog[open]');
  await page.locator('dialog .button[data-look=danger]').press('Enter');
  await page.waitForSelector('.end');
  assert.is(await focused(page), 'You have left the meeting');
  await page.context().close();
});

test('language and theme are switched, kept, and told to assistive technology', async () => {
  const page = await openPage({ locale: 'fr-FR' });
  await show(page, { name: 'start', path: '/' });
  assert.is(await page.getAttribute('html', 'lang'), 'en');
  await page.click('.preferences button >> nth=0');
  await page.click('[lang=de].menu-item');
  await page.waitForSelector('html[lang=de]');
  await page.click('.preferences > button >> nth=1');
  await page.click('.menu-item:has-text("Dunkel")');
  await page.waitForSelector('html[data-theme=dark]');
  await page.reload();
  assert.match((await page.textContent('h1')) ?? '', /eigenem Boden/);
  assert.is(await page.getAttribute('html', 'data-theme'), 'dark');
  await page.context().close();
});

function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLInputElement | null;
    return element?.name || element?.textContent?.trim() || '';
  });
}

test.run();
