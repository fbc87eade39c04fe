// time limit: 300 s
import type { Browser, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launchChromium, openPages } from '../support/chromium.ts';
import { writeVoice } from '../support/fake-media.ts';
import { type Plenum, startPlenum } from '../support/plenum.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';
import { until as untilWithin } from '../support/until.ts';

/** The web client as people use it: real server, real media, clicks and keys. Needs the web build in dist/web. */
const test = suite('web meeting');

/** Only a test that has failed waits so long: two cores carry three browsers and whatever else runs. */
const patienceMs = 60_000;

let plenum: Plenum;
let browser: Browser;
let files: TempDir;
let pages: Page[] = [];
const complaints: string[] = [];
test.before(async () => {
  files = await tempDir();
  browser = await launchChromium({ framesPerSecond: 5, microphone: await writeVoice(files.path) });
});
test.before.each(async () => {
  plenum = await startPlenum();
});
test.after.each(async () => {
  for (const page of pages.splice(0)) await page.context().close();
  await plenum.close();
});
test.after(async () => {
  await browser?.close();
  await files?.remove();
});

async function open(count: number): Promise<Page[]> {
  pages = await openPages(browser, count, { size: { width: 900, height: 700 } });
  for (const page of pages) {
    page.setDefaultTimeout(patienceMs);
    page.on('pageerror', (error) => complaints.push(error.message));
    // A smaller picture, so that three pages fit on two cores.
    await page.addInitScript(() => {
      const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = (wanted) =>
        original(
          typeof wanted?.video === 'object' ? { ...wanted, video: { width: 320, height: 180 } } : wanted,
        );
    });
  }
  return pages;
}

async function enter(page: Page, path: string, name: string): Promise<void> {
  await page.goto(plenum.url + path);
  await page.fill('input[name=name]', name);
  await page.waitForSelector('.preview [data-playing]');
  await page.click('.lobby-form button[type=submit]');
  await page.waitForSelector('.meeting');
}

function until<T>(what: string, condition: () => T | Promise<T>): Promise<NonNullable<T>> {
  return untilWithin(what, condition, { timeoutMs: patienceMs });
}

/** Width of the picture on somebody's tile; 0 while there is none. */
function picture(page: Page, name: string): Promise<number> {
  return page.evaluate((wanted) => {
    const tile = [...document.querySelectorAll('.tile')].find(
      (item) => item.querySelector('.tile-label bdi')?.textContent === wanted,
    );
    const video = tile?.querySelector('video');
    return video && 'playing' in video.dataset ? video.videoWidth : 0;
  }, name);
}
const sees = (page: Page, name: string) => until(`${name} is seen`, () => picture(page, name));
/** Participants the server knows, whatever their role. */
const inside = () =>
  Object.values(plenum.server.rooms.stats().participants).reduce((sum, count) => sum + count, 0);
const text = (page: Page, selector: string, wanted: string | RegExp) =>
  until(`${selector} says ${wanted}`, async () => {
    const texts = await page.locator(selector).allInnerTexts();
    const says = (one: string) => (typeof wanted === 'string' ? one.includes(wanted) : wanted.test(one));
    if (texts.map((one) => one.replace(/\s+/g, ' ')).some(says)) return true;
    throw new Error(`it says ${JSON.stringify(texts)}`);
  });

test('from the start page to a meeting of three: seen, heard, muted, moderated, ended', async () => {
  const [host, guest, third] = await open(3);
  assert.ok(host && guest && third);
  await host.goto(plenum.url);
  await host.fill('input[name=meeting]', 'Council & <b>friends</b>');
  await host.click('form:nth-of-type(1) button[type=submit]');
  await host.waitForSelector('.ready');
  const [invitation, code] = await host.evaluate(() =>
    [...document.querySelectorAll<HTMLInputElement>('.copy-field input')].map((field) => field.value),
  );
  assert.ok(invitation && code);
  await host.click('.ready > .button[data-look=primary]');
  await host.fill('input[name=name]', 'Ada');
  await host.waitForSelector('.preview [data-playing]');
  await host.click('.lobby-form button[type=submit]');
  await text(host, '.alone', 'only one');
  await enter(guest, invitation.slice(plenum.url.length), 'Emmy <i>');
  await third.goto(plenum.url);
  await third.fill('input[name=invitation]', code.toUpperCase().replaceAll('-', ' '));
  await third.press('input[name=invitation]', 'Enter');
  await third.waitForSelector('.lobby');
  await enter(third, new URL(third.url()).pathname + new URL(third.url()).hash, 'Grace');

  await Promise.all([
    ...['Emmy <i>', 'Grace', 'Ada (you)'].map((name) => sees(host, name)),
    ...['Ada', 'Grace'].map((name) => sees(guest, name)),
    ...['Ada', 'Emmy <i>'].map((name) => sees(third, name)),
  ]);
  await until('sound of both others plays', () =>
    host.evaluate(() => {
      const players = [...document.querySelectorAll('audio')];
      return players.length === 2 && players.every((player) => !player.paused && player.currentTime > 0);
    }),
  );
  await until('somebody is marked as speaking', () => host.locator('.tile[data-speaking]').count());

  await guest.keyboard.press('m');
  await host.waitForSelector('.tile:has-text("Emmy") .tile-label > svg');
  await guest.keyboard.press('v');
  await until('no picture of Emmy', async () => (await picture(host, 'Emmy <i>')) === 0);
  const live = await guest.evaluate(() => document.querySelectorAll('.tile[data-self] video').length);
  assert.is(live, 0, 'the own picture is gone too');
  await guest.keyboard.press('v');
  await sees(host, 'Emmy <i>');

  await host.keyboard.press('p');
  await host.click('.person:has-text("Grace") .icon-button');
  await host.click('.popover .menu-item:has-text("Mute")');
  await text(third, '.toast', 'Ada has muted you');
  await text(third, '.control', 'Unmute');
  await host.click('.person:has-text("Grace") .icon-button');
  await host.click('.popover .menu-item:has-text("Remove")');
  await host.click('dialog .button[data-look=danger]');
  await text(third, 'h1', 'removed');
  await until('Grace has left the list', async () => (await host.locator('.person').count()) === 2);

  await host.click('.control[data-tone=danger]');
  await host.click('dialog .button[data-look=outline]');
  await text(guest, 'h1', 'has ended');
  await text(host, 'h1', 'has ended');
  const lights = await host.evaluate(() => document.querySelectorAll('video, audio').length);
  assert.is(lights, 0, 'nothing is left playing');
  assert.equal(complaints, []);
  await until('nothing is left on the server', () => inside() === 0);
});

test('a shared screen is shown large, sharing stops, and a viewer needs no devices', async () => {
  const [host, viewer] = await open(2);
  assert.ok(host && viewer);
  const links = await plenum.createMeeting('Lecture');
  await enter(host, links.moderatorPath, 'Ada');
  await viewer.goto(plenum.url + links.viewerPath);
  assert.is(await viewer.locator('.preview').count(), 0);
  await viewer.fill('input[name=name]', 'Vera');
  await viewer.click('.lobby-form button[type=submit]');
  await sees(viewer, 'Ada');
  assert.is(await viewer.locator('.control:has-text("Mute")').count(), 0);
  await host.keyboard.press('s');
  await text(host, '.banner', 'You are sharing');
  await viewer.waitForSelector('.tile[data-place=main] [aria-label="Ada’s screen"][data-playing]');
  await host.click('.banner .button');
  await viewer.waitForSelector('[aria-label="Ada’s screen"]', { state: 'detached' });
  await host.keyboard.press('p');
  await text(host, '.person', 'Viewer');
  await host.click('.control[data-tone=danger]');
  await host.click('dialog .button[data-look=danger]');
  await text(host, 'h1', 'You have left');
  await text(viewer, '.alone', 'Nobody else');
  assert.equal(complaints, []);
});

test('audio only: no video in either direction, also right after joining, and back; statistics for support', async () => {
  const [host, guest] = await open(2);
  assert.ok(host && guest);
  const links = await plenum.createMeeting('Council');
  await enter(host, links.moderatorPath, 'Ada');
  await enter(guest, links.invitationPath, 'Emmy');
  await Promise.all([sees(host, 'Emmy'), sees(guest, 'Ada')]);
  await guest.click('.bar [aria-haspopup]');
  await guest.click('.popover .menu-item:has-text("Data use")');
  await guest.click('.choice:has-text("Audio only")');
  await guest.keyboard.press('Escape');
  await text(guest, '.banner', 'Audio only is on');
  await text(guest, '.tile-paused', 'audio only');
  await until('Emmy is not seen', async () => (await picture(host, 'Emmy')) === 0);
  assert.is(await guest.locator('video').count(), 0);

  await guest.reload();
  await guest.click('.lobby-form button[type=submit]');
  await text(guest, '.banner', 'Audio only is on');
  await text(guest, '.control', 'Camera paused');
  await text(guest, '.tile-paused', 'audio only');
  await until('sound plays', () =>
    guest.evaluate(() => [...document.querySelectorAll('audio')].some(({ currentTime }) => currentTime > 0)),
  );
  await guest.click('.banner .button');
  await Promise.all([sees(host, 'Emmy'), sees(guest, 'Ada')]);

  await guest.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await guest.keyboard.press('q');
  // Where UDP answers late, a browser takes TCP.
  await text(guest, '.statistics .numbers', /(UDP|TCP), direct/);
  await guest.click('.person-details summary');
  await text(guest, '.person-details .numbers', 'VP8');
  await until('a rate is measured', async () =>
    /[1-9]\d*\skbit/.test((await guest.textContent('.person-details .stream:last-child')) ?? ''),
  );
  await guest.click('.statistics-foot .button');
  await text(guest, '.toast', 'Copied');
  const copied = await guest.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /path: (udp|tcp), \w+ → \w+/);
  assert.match(copied, /camera: VP8, \d+ kbit\/s, 320x180/);
  assert.not.match(copied, /127\.0\.0\.1|Ada|Emmy|#/);
  assert.equal(complaints, []);
});

test('a reload comes back into the lobby; a changed link is refused with what to do', async () => {
  const [host] = await open(1);
  assert.ok(host);
  const links = await plenum.createMeeting('Council');
  await enter(host, links.invitationPath, 'Ada');
  await until('Ada is counted', () => inside() === 1);
  await host.reload();
  await host.waitForSelector('.lobby');
  assert.is(await host.inputValue('input[name=name]'), 'Ada');
  await until('the page said goodbye', () => inside() === 0);
  await host.goto(`${plenum.url + links.invitationPath.slice(0, -4)}AAAA`);
  await host.reload();
  await host.click('.lobby-form button[type=submit]');
  await text(host, 'h1', 'not valid');
});

test('a page whose parts did not all arrive says so and is whole again after a reload', async () => {
  const [host] = await open(1);
  assert.ok(host);
  const links = await plenum.createMeeting('Council');
  await host.route(/sfu-engine/, (route) => route.abort('connectionreset'), { times: 1 });
  await host.goto(plenum.url + links.invitationPath);
  await host.fill('input[name=name]', 'Ada');
  await host.click('.lobby-form button[type=submit]');
  await text(host, 'h1', 'not complete');
  await host.getByRole('button', { name: 'Reload the page' }).click();
  await host.waitForSelector('.preview [data-playing]');
  await host.click('.lobby-form button[type=submit]');
  await host.waitForSelector('.meeting');
});

test.run();
